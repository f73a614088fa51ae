#pragma once

#include "core/model.h"
#include "daemon/judge/training_post.h"

#include <cstdint>
#include <string_view>
#include <vector>

/// How well two ways to judge agree with people, and whether the difference is more than chance.
namespace larum::judging {

/// What people label and training can learn. Channels and counts are read by rules, hazards stay out.
enum class Signal { complaint, repeat_contact, broken_promise, not_solved, on_behalf, threat, topic };
constexpr Signal all_signals[] = {Signal::complaint,      Signal::repeat_contact, Signal::broken_promise, Signal::not_solved,
                                  Signal::on_behalf, Signal::threat,         Signal::topic};

/// What larum and a person say of one post about one signal.
struct Tally {
    int right_yes = 0, wrong_yes = 0, wrong_no = 0, right_no = 0;
    Tally& operator+=(const Tally& other);
};

bool is_labelled(const LabelledPost& post, Signal signal);
bool says_yes(const LabelledPost& post, Signal signal); ///< for topics: any but other
Tally tally(const Verdict& verdict, const LabelledPost& post, Signal signal);

/// complaint: macro-F1; topic: share of right ones; others: F1 of yes.
double score(const Tally& tally, Signal signal);
std::string_view score_name(Signal signal);

/// One post as both judged it.
struct Judged {
    std::uint32_t kin = 0; ///< posts of one kin are one observation
    Tally before, after;
};

struct Difference {
    double before = 0, after = 0;
    double low = 0, high = 0; ///< nine of ten draws of as many posts differ by something between
    /// Not chance: in 19 of 20 draws the score is higher, and so is the correlation of what is said with what is true.
    /// Saying yes by lot raises F1 where no was said always, and correlates with nothing.
    bool surely_better = false;
};

/// Resamples kin, always the same way. Few posts give a wide range, and a difference that could be chance has a range
/// that reaches zero.
Difference compare(const std::vector<Judged>& posts, Signal signal);

/// Ten bins of probability: how far what was said of posts in a bin lies from how often it was true.
double calibration_error(const std::vector<std::pair<double, bool>>& said);

} // namespace larum::judging

namespace larum {
template <> struct Words<judging::Signal> {
    static constexpr std::string_view list[] = {"complaint", "repeat_contact", "broken_promise", "not_solved", "on_behalf", "threat", "topic"};
};
} // namespace larum
