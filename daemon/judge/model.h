#pragma once

#include "daemon/judge/reading.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace larum::judging {

/// What is learned: a probability each. Topics share one (their probabilities sum to one).
enum class Head {
    complaint, repeat_contact, broken_promise, not_solved, on_behalf,
    service, ///< the post is about dealings with a firm at all, and no ordinary talk
    topic,   ///< the first of nine, in the order of Topic
    threat = topic + 9,  ///< the first of six, in the order of Threat
    hazard = threat + 6, ///< the first of six, in the order of Hazard
    end = hazard + 6
};
constexpr std::size_t head_count = static_cast<std::size_t>(Head::end);
constexpr std::size_t at(Head head) { return static_cast<std::size_t>(head); }

/// «complaint», «topic.delivery», «hazard.press»: as model files name them.
std::string head_name(std::size_t head);

using Weights = std::array<float, head_count>;

/// Logistic models over features, one weight per feature and head. A text file carries it: the first line names the
/// heads; a line per feature follows, its name and then «HEAD:WEIGHT» (the head's place in the first line, hundredths)
/// for each head it has a weight for, separated by tabs. The lines «=scale» and «=shift» turn sums of weights into
/// log-odds that are honest about posts the model has not seen; «=learned» lists hashes of the posts it was learned from.
class Model {
public:
    Model() = default;

    /// Throws Error::Kind::input naming the line that is wrong. `name` is for that text.
    static Model parse(std::string_view content, const std::string& name);

    /// Log-odds of every head; for topics, logs of what is proportional to their probabilities.
    Weights weigh(const std::vector<Feature>& features) const;

    const Weights* weights(std::uint32_t key) const; ///< nullptr: this feature says nothing
    std::size_t size() const { return rows_.size(); }

private:
    struct Slot {
        std::uint32_t key = 0;
        std::uint32_t row = 0; ///< one more than the index in rows_; 0: free
    };
    void place(std::uint32_t key, std::uint32_t row);
    std::vector<Slot> slots_; ///< open addressing, power of two
    std::vector<Weights> rows_;
    Weights scale_{}, shift_{};
};

/// The model that is built in; made by the build from daemon/judge/model/*.tsv.
std::vector<std::pair<std::string, std::string>> built_in_model();

inline double probability(double log_odds) { return 1 / (1 + __builtin_exp(-log_odds)); }

} // namespace larum::judging
