#pragma once

#include "daemon/judge/reading.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace larum::judging {

/// What is learned: a probability each.
enum class Head {
    complaint, repeat_contact, broken_promise,
    topic_delivery, topic_return_refund, topic_warranty, topic_payment, topic_product, topic_account_app,
    topic_staff, topic_price_promo, topic_other,
    service ///< the post is about dealings with a firm at all, and no ordinary talk
};
constexpr std::size_t head_count = 13;
constexpr std::array<std::string_view, head_count> head_names = {
    "complaint", "repeat_contact", "broken_promise", "topic.delivery", "topic.return_refund", "topic.warranty",
    "topic.payment", "topic.product", "topic.account_app", "topic.staff", "topic.price_promo", "topic.other", "service"};

using Weights = std::array<float, head_count>;

/// Logistic models over features, one weight per feature and head. A text file carries it: a line per feature,
/// name and weights in the order of `head_names`, separated by tabs; the first line names the heads.
class Model {
public:
    Model() = default;

    /// Throws Error::Kind::input naming the line that is wrong. `name` is for that text.
    static Model parse(std::string_view content, const std::string& name);

    /// Log-odds of every head.
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
};

/// The model that is built in; made by the build from daemon/judge/model/*.txt.
std::vector<std::pair<std::string, std::string>> built_in_model();

inline double probability(double log_odds) { return 1 / (1 + __builtin_exp(-log_odds)); }

} // namespace larum::judging
