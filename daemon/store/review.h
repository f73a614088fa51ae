#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// What the review page reads, as JSON in the page's own words: ids are text, times RFC 3339, enums words.
/// Nothing here decides who may see what: `daemon/review` does.
namespace larum::store {

enum class QueueView { open, watch, done };

/// At most `queue_most` rows over all `brands`, the most urgent and oldest first (done: the last ended first).
constexpr int queue_most = 200;
nlohmann::json read_queue(Transaction&, const std::vector<BrandId>& brands, QueueView view, Time now);

/// Post, decisions (newest first), its identity rows and case; null when the brand has no such post.
nlohmann::json read_post(Transaction&, BrandId brand, Id post);

/// Name, tier, city and language of customers, by id; never address or number.
nlohmann::json read_customers(Transaction&, BrandId brand, const std::vector<Id>& customers);

/// Contacts, cases and posts of the customer's records and of the author, newest first, at most 200. No customers:
/// the author's only. An empty author key: the customers' only.
nlohmann::json read_timeline(Transaction&, BrandId brand, const std::vector<std::int64_t>& customers, const std::string& author_key, Time now);

/// Escalations that hold the post, with their alerts and deliveries.
nlohmann::json read_escalations(Transaction&, BrandId brand, Id post);

/// The brand's own public replies under the post, oldest first.
nlohmann::json read_replies(Transaction&, BrandId brand, Id post);

nlohmann::json read_labels(Transaction&, BrandId brand, Id post);
nlohmann::json read_dead_letters(Transaction&, const std::vector<BrandId>& brands);

/// People who may act for the brand: id and name.
nlohmann::json read_people(Transaction&, BrandId brand);

/// One line per open or just changed escalation and new watched post: whoever compares two answers knows what is
/// new. `since` bounds what has ended.
struct Pulse {
    BrandId brand = 0;
    Id escalation = 0; ///< 0: a watched post
    Id post = 0;
    std::string state; ///< all that the page shows of it, folded into one text
};
std::vector<Pulse> read_pulses(Transaction&, const std::vector<BrandId>& brands, Time since, Time now);

} // namespace larum::store

namespace larum {
template <> struct Words<store::QueueView> {
    static constexpr std::string_view list[] = {"open", "watch", "done"};
};
} // namespace larum
