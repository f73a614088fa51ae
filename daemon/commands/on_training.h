#pragma once

#include "daemon/judge/train.h"

#include <iosfwd>
#include <string>

namespace larum::commands {

/// What a training came to, for people and for scripts.
struct TrainingReport {
    const judging::Trained& made;
    std::string file;         ///< where the model stands, or would
    bool file_in_use = false; ///< the file was there before, and was what had to be beaten
};

/// A table, and what was decided.
void print(const TrainingReport& report, std::ostream& out);

/// One object: what was left out, a record per signal, whether it was written.
void print_json(const TrainingReport& report, std::ostream& out);

/// Why nothing was written, in one line.
std::string why_not(const TrainingReport& report);

} // namespace larum::commands
