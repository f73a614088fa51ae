#pragma once

#include "core/model.h"

#include <optional>

namespace larum {

/// What a person said about the words of a post, against larum's reading. Unset: nothing was said of it.
struct Correction {
    std::optional<bool> complaint;
    std::optional<bool> repeat_contact;
    std::optional<bool> broken_promise;
    std::optional<bool> not_solved;
    std::optional<Topic> topic;
};

/// The verdict with the person's word in the place of larum's.
void correct(Verdict& verdict, const Correction& correction);

} // namespace larum
