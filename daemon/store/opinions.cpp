#include "daemon/store/opinions.h"

#include "daemon/store/decisions.h"
#include "daemon/store/triage_queue.h"

namespace larum::store {

namespace {

constexpr int ended_at_once_max = 500;

/// False when the day's budget is spent.
bool spend(Transaction& transaction, BrandId brand, int per_day, Time now) {
    const auto rows = transaction.run("INSERT INTO day_count (brand_id, day, opinions_asked)"
                                      " VALUES ($1, ($2::timestamptz AT TIME ZONE 'UTC')::date, 1)"
                                      " ON CONFLICT (brand_id, day) DO UPDATE SET opinions_asked = day_count.opinions_asked + 1"
                                      " WHERE day_count.opinions_asked < $3::bigint RETURNING 1",
                                      {brand, now, per_day});
    return !rows.empty();
}

void end_row(Transaction& transaction, BrandId brand, Id post, std::int64_t text_hash, std::string_view ending, Time now) {
    transaction.run("UPDATE second_opinion SET ended_at = $4, ending = $5"
                    " WHERE brand_id = $1 AND post_id = $2 AND text_hash = $3 AND ended_at IS NULL",
                    {brand, static_cast<long long>(post), static_cast<long long>(text_hash), now, ending});
}

void end_waiting(Transaction& transaction, BrandId brand, std::string_view ending, Time now) {
    transaction.run("UPDATE second_opinion o SET ended_at = $2, ending = $3 FROM ("
                    "  SELECT post_id, text_hash FROM second_opinion"
                    "  WHERE brand_id = $1 AND ended_at IS NULL AND asked_at IS NULL"
                    "  ORDER BY wanted_at LIMIT $4 FOR UPDATE SKIP LOCKED) w"
                    " WHERE o.brand_id = $1 AND o.post_id = w.post_id AND o.text_hash = w.text_hash",
                    {brand, now, ending, ended_at_once_max});
}

/// What the brand's records call the customer whom the last decision named.
std::vector<std::string> known_of(Transaction& transaction, BrandId brand, Id post) {
    const auto rows = transaction.run("SELECT c.name, c.city, c.email, c.phone, c.handles FROM ("
                                      "  SELECT customer_id FROM decision WHERE brand_id = $1 AND post_id = $2"
                                      "  ORDER BY revision DESC LIMIT 1) d"
                                      " JOIN customer c ON c.brand_id = $1 AND c.customer_id = d.customer_id",
                                      {brand, static_cast<long long>(post)});
    if (rows.empty()) return {};
    std::vector<std::string> known;
    for (const int column : {0, 1, 3}) known.push_back(rows.at(0, column).text());
    // Mail servers and platforms are nobody's name.
    const auto email = rows.at(0, 2).text();
    known.push_back(email.substr(0, email.find('@')));
    for (const auto& handle : rows.at(0, 4).texts()) known.push_back(handle.substr(handle.find(':') + 1));
    return known;
}

} // namespace

void want_opinions(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Time now) {
    if (posts.empty()) return;
    transaction.run_prepared("INSERT INTO second_opinion (brand_id, post_id, text_hash, wanted_at)"
                             " SELECT $1, p.post_id, p.text_hash, $3 FROM unnest($2::bigint[]) AS q(post_id)"
                             " CROSS JOIN LATERAL (SELECT post_id, text, text_hash FROM post"
                             "  WHERE brand_id = $1 AND post_id = q.post_id LIMIT 1) AS p"
                             " WHERE p.text IS NOT NULL AND p.text_hash IS NOT NULL"
                             " ON CONFLICT DO NOTHING",
                             {brand, array_of(posts), now});
}

std::map<Id, Opinion> opinions(Transaction& transaction, BrandId brand, const std::vector<Id>& posts) {
    if (posts.empty()) return {};
    const auto rows = transaction.run_prepared("SELECT o.post_id, o.complaint, o.repeat_contact FROM unnest($2::bigint[]) AS q(post_id)"
                                               " CROSS JOIN LATERAL (SELECT text_hash FROM post"
                                               "  WHERE brand_id = $1 AND post_id = q.post_id LIMIT 1) AS p"
                                               " CROSS JOIN LATERAL (SELECT post_id, complaint, repeat_contact FROM second_opinion"
                                               "  WHERE brand_id = $1 AND post_id = q.post_id AND text_hash = p.text_hash"
                                               "  AND ending = 'said' LIMIT 1) AS o",
                                               {brand, array_of(posts)});
    std::map<Id, Opinion> all;
    for (std::size_t i = 0; i < rows.size(); ++i) all[rows.at(i, 0).integer()] = {rows.at(i, 1).yes(), rows.at(i, 2).yes()};
    return all;
}

Taking take_opinion(Transaction& transaction, BrandId brand, int per_day, Time now) {
    const auto rows = transaction.run("SELECT post_id, text_hash FROM second_opinion"
                                      " WHERE brand_id = $1 AND ended_at IS NULL AND asked_at IS NULL"
                                      " ORDER BY wanted_at, post_id LIMIT 1 FOR UPDATE SKIP LOCKED",
                                      {brand});
    if (rows.empty()) return {};
    TakenOpinion taken{rows.at(0, 0).integer(), rows.at(0, 1).integer(), {}, {}, now};
    auto posts = waiting_posts(transaction, brand, {taken.post});
    const auto same = transaction.run("SELECT 1 FROM post WHERE brand_id = $1 AND post_id = $2 AND text_hash = $3",
                                      {brand, static_cast<long long>(taken.post), static_cast<long long>(taken.text_hash)});
    if (posts.empty() || same.empty()) {
        end_row(transaction, brand, taken.post, taken.text_hash, "gone", now);
        return {};
    }
    if (!spend(transaction, brand, per_day, now)) {
        end_waiting(transaction, brand, "budget", now);
        return {std::nullopt, true};
    }
    transaction.run("UPDATE second_opinion SET asked_at = $4 WHERE brand_id = $1 AND post_id = $2 AND text_hash = $3",
                    {brand, static_cast<long long>(taken.post), static_cast<long long>(taken.text_hash), now});
    taken.words = std::move(posts.front().post);
    taken.known = known_of(transaction, brand, taken.post);
    return {std::move(taken), false};
}

void write_opinion(Transaction& transaction, IdMaker& ids, BrandId brand, const TakenOpinion& taken, const Opinion& said, Time now) {
    const auto done = transaction.run("UPDATE second_opinion SET ended_at = $4, ending = 'said', complaint = $5, repeat_contact = $6"
                                      " WHERE brand_id = $1 AND post_id = $2 AND text_hash = $3 AND ended_at IS NULL",
                                      {brand, static_cast<long long>(taken.post), static_cast<long long>(taken.text_hash), now,
                                       said.complaint, said.repeat_contact});
    if (done.affected() == 1) enqueue_again(transaction, ids, brand, {taken.post}, "opinion");
}

void write_unsaid(Transaction& transaction, BrandId brand, const TakenOpinion& taken, Unsaid why, Time now) {
    end_row(transaction, brand, taken.post, taken.text_hash, word(why), now);
}

void put_back(Transaction& transaction, BrandId brand, const TakenOpinion& taken) {
    transaction.run("UPDATE second_opinion SET asked_at = NULL"
                    " WHERE brand_id = $1 AND post_id = $2 AND text_hash = $3 AND ended_at IS NULL",
                    {brand, static_cast<long long>(taken.post), static_cast<long long>(taken.text_hash)});
    transaction.run("UPDATE day_count SET opinions_asked = opinions_asked - 1"
                    " WHERE brand_id = $1 AND day = ($2::timestamptz AT TIME ZONE 'UTC')::date AND opinions_asked > 0",
                    {brand, taken.asked_at});
}

void end_stale_opinions(Transaction& transaction, BrandId brand, Time before, Time now) {
    transaction.run("UPDATE second_opinion o SET ended_at = $3, ending = CASE WHEN o.asked_at IS NULL THEN 'late' ELSE 'lost' END FROM ("
                    "  SELECT post_id, text_hash FROM second_opinion WHERE brand_id = $1 AND ended_at IS NULL AND wanted_at < $2"
                    "  LIMIT $4 FOR UPDATE SKIP LOCKED) w"
                    " WHERE o.brand_id = $1 AND o.post_id = w.post_id AND o.text_hash = w.text_hash",
                    {brand, before, now, ended_at_once_max});
}

} // namespace larum::store
