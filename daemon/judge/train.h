#pragma once

#include "daemon/judge/agreement.h"
#include "daemon/judge/anonymous.h"
#include "daemon/judge/training_post.h"

#include <optional>
#include <string>
#include <vector>

/// A brand's own judgement, learned from its own labels and taken only where it is better than what is in use. Pure:
/// the same posts in the same order give the same answer.
namespace larum::judging {

struct Training {
    std::string from;        ///< content of the model to start from; empty: the one in use when it was learned from posts
                             ///< that are not given now, else the built-in one
    std::string in_use;      ///< content of the model that must be beaten; empty: the built-in one
    FirstNames first_names;  ///< so that people's names are cut
};

/// A signal is measured when so many posts are labelled, and so many of them yes and no. Posts that belong together
/// count as one, a yes where any is.
constexpr std::size_t labels_min = 40;
constexpr std::size_t each_min = 10;

enum class Finding { better, could_be_chance, no_better, too_few };

struct Measured {
    Signal signal = Signal::complaint;
    Finding finding = Finding::too_few;
    int posts = 0, yes = 0; ///< labelled, and not known to the model in use
    int kin = 0;            ///< of them, without those that belong to another: copies, one author's, one thread's
    Difference score;
    std::optional<double> calibration_before, calibration_after; ///< complaint only
};

struct Trained {
    int posts = 0;     ///< learned from
    int known = 0;     ///< of them, the model in use had learned from: no fair measure of it
    int sensitive = 0; ///< left out: they touch on what must never count
    int hazards = 0;   ///< left out: they tell of a hazard
    bool continued = false;         ///< started from the model in use
    std::vector<Measured> measured; ///< a line per signal that has any label
    std::string model;              ///< content of the better model; empty: there is none
};

/// Each quarter of the posts is judged by what was learned from the other three; posts of one author, one thread or
/// nearly one text stay in one quarter. Signals in which that is better than the model in use, and more than chance
/// would have it, are then learned from all posts; the others stay as they are in the model in use. Throws
/// Error::Kind::input when a model cannot be read.
Trained train(std::vector<TrainingPost> posts, const Training& training);

} // namespace larum::judging

namespace larum {
template <> struct Words<judging::Finding> {
    static constexpr std::string_view list[] = {"better", "could be chance", "no better", "too few labels"};
};
} // namespace larum
