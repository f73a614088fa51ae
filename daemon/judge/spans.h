#pragma once

#include "core/model.h"
#include "daemon/judge/days.h"
#include "daemon/judge/model.h"
#include "daemon/judge/reading.h"

#include <optional>
#include <vector>

namespace larum::judging {

/// The words that the verdict's signals rest on, as code point offsets into the original text, ordered by start;
/// at most `spans_max`. A complaint that no known phrase carries is shown by the sentence that weighs most.
std::vector<WordSpan> spans_of(const Reading& reading, const Lexicon& lexicon, const Model& model,
                               const Verdict& verdict, const std::optional<SaidDay>& due, const std::optional<SaidDay>& since);

constexpr std::size_t spans_max = 32;

} // namespace larum::judging
