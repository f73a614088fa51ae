#include "daemon/store/page_posts.h"

#include "core/crypto.h"
#include "core/reported.h"
#include "daemon/store/answers.h"
#include "daemon/store/reported.h"

#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <tuple>

namespace larum::store {

std::optional<std::string> attachments_of(const Post& post) {
    if (post.attachments.empty()) return std::nullopt;
    auto list = nlohmann::json::array();
    for (const auto& one : post.attachments) list.push_back({{"kind", one.kind}, {"url", one.url}});
    return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Arriving> arriving_of(const connectors::Page& page) {
    std::vector<Arriving> arriving;
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> places;
    for (const auto& post : page.posts) {
        if (post.deleted_at) continue;
        const Arriving one{&post, hash64(post.text), {}, 0, {}};
        const auto [place, first] = places.emplace(std::tuple{std::string_view(post.platform), std::string_view(post.realm),
                                                              std::string_view(post.id)}, arriving.size());
        if (first)
            arriving.push_back(one);
        else
            arriving[place->second] = one;
    }
    return arriving;
}

void look_up(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving) {
    std::vector<std::string> platforms, realms, native_ids;
    Texts orders;
    for (const auto& one : arriving) {
        platforms.push_back(one.post->platform);
        realms.push_back(one.post->realm);
        native_ids.push_back(one.post->id);
        orders.push_back(order_refs_of(*one.post));
    }
    const auto rows = transaction.run_prepared(
        // LIMIT makes it a look-up a row, whatever the planner believes of a table that was never analyzed: it would
        // read all posts of the brand.
        "SELECT w.place, p.post_id, p.text_hash, p.edited_at, p.deleted_at IS NOT NULL, p.likes, p.shares, p.comments, p.views,"
        " s.seen IS NOT NULL, p.rating, p.author_key IS NOT NULL AND p.author_handle IS NULL AND p.author_name IS NULL, p.earlier_hash,"
        " p.answer_by, w.orders IS NOT NULL AND p.order_refs IS DISTINCT FROM w.orders"
        " FROM unnest($2::text[], $3::text[], $4::text[], $6::jsonb[]) WITH ORDINALITY AS w(platform, realm, native_id, orders, place)"
        " CROSS JOIN LATERAL (SELECT * FROM post WHERE brand_id = $1 AND platform = w.platform AND realm = w.realm"
        " AND native_id = w.native_id LIMIT 1) AS p"
        " LEFT JOIN LATERAL (SELECT true AS seen FROM post_seen WHERE brand_id = $1 AND post_id = p.post_id AND source_id = $5 LIMIT 1) AS s ON true",
        {reading.brand, array_of(platforms), array_of(realms), array_of(native_ids), reading.source, array_of(orders)});
    for (std::size_t row = 0; row < rows.size(); ++row) {
        Known known;
        known.id = rows.at(row, 1).integer();
        known.text_hash = rows.at(row, 2).maybe_integer();
        known.edited_at = rows.at(row, 3).maybe_time();
        known.deleted = rows.at(row, 4).yes();
        known.metrics = {rows.at(row, 5).maybe_integer(), rows.at(row, 6).maybe_integer(), rows.at(row, 7).maybe_integer(),
                         rows.at(row, 8).maybe_integer()};
        known.seen_here = rows.at(row, 9).yes();
        known.rating = rows.at(row, 10).maybe_integer();
        known.nameless = rows.at(row, 11).yes();
        known.earlier_hash = rows.at(row, 12).maybe_integer();
        known.answer_by = rows.at(row, 13).maybe_time();
        known.other_orders = rows.at(row, 14).yes();
        arriving[static_cast<std::size_t>(rows.at(row, 0).integer() - 1)].known = known;
    }
}

// ---- posts that people handed in -------------------------------------------------------------------------

namespace {

/// What the store knows of a post that has just become this one.
Known known_as(Id id, const Post& post, std::int64_t text_hash) {
    Known known;
    known.id = id;
    known.text_hash = text_hash;
    known.edited_at = post.edited_at;
    known.rating = post.rating;
    known.other_orders = !post.order_refs.empty();
    return known;
}

} // namespace

std::vector<Id> join_reported(Transaction& transaction, const Reading& reading, std::vector<Arriving>& arriving) {
    std::vector<Arriving*> unknown;
    std::vector<Linked> posts;
    bool handed_in = false;
    for (auto& one : arriving) {
        if (one.known) continue;
        unknown.push_back(&one);
        one.link_hash = link_hash(*one.post);
        posts.push_back({one.link_hash, is_reported(*one.post)});
        handed_in = handed_in || posts.back().handed_in;
    }
    if (posts.empty()) return {};
    take_turns(transaction, reading.brand, handed_in ? Bringing::people : Bringing::sources);
    std::set<Id> taken;
    for (const auto& [place, id] : same_by_link(transaction, reading.brand, posts)) {
        auto& one = *unknown[place];
        const bool by_hand = is_reported(*one.post);
        if (!by_hand && !taken.insert(id).second) continue; // two posts of this page stand under one link
        if (by_hand && note_reported(transaction, reading.brand, id, *one.post)) taken.insert(id);
        if (!by_hand) take_over(transaction, reading.brand, id, reading.source, *one.post);
        one.known = known_as(id, *one.post, one.text_hash);
    }
    return {taken.begin(), taken.end()};
}

} // namespace larum::store
