#pragma once

#include "core/model.h"

#include <optional>

namespace larum {

/// What another model said of the words of a post, and between which probabilities it may move ours.
struct SecondOpinion {
    bool complaint = false;
    bool repeat_contact = false;
    double from = 0;
    double to = 0;
};

/// Moves what is borderline in `verdict`, by so little that only what is borderline can change sides. The reason
/// says what was moved and whether the opinion agreed; nothing when nothing was borderline.
std::optional<Reason> heed(Verdict& verdict, const SecondOpinion& opinion);

} // namespace larum
