#include "daemon/store/corrections.h"

namespace larum::store {

namespace {

std::optional<bool> maybe_yes(const Field& field) { return field.null() ? std::nullopt : std::optional<bool>(field.yes()); }

} // namespace

std::map<Id, Correction> corrections(Transaction& transaction, BrandId brand_id, const std::vector<Id>& posts) {
    if (posts.empty()) return {};
    const auto rows = transaction.run(R"(
        SELECT l.post_id, (l.value->>'complaint')::boolean, (l.value->>'repeat_contact')::boolean,
            (l.value->>'broken_promise')::boolean, (l.value->>'not_solved')::boolean, l.value->>'topic'
        FROM unnest($2::bigint[]) AS q(post_id)
        CROSS JOIN LATERAL (SELECT * FROM label WHERE brand_id = $1 AND post_id = q.post_id AND kind = 'verdict'
            ORDER BY label_id DESC LIMIT 100) l
        CROSS JOIN LATERAL (SELECT edited_at FROM post WHERE brand_id = $1 AND post_id = q.post_id LIMIT 1) p
        WHERE p.edited_at IS NULL OR p.edited_at <= l.at
        ORDER BY l.label_id)",
                                      {brand_id, array_of(posts)});
    std::map<Id, Correction> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& one = all[rows.at(i, 0).integer()];
        const auto take = [](auto& member, auto said) {
            if (said) member = said;
        };
        take(one.complaint, maybe_yes(rows.at(i, 1)));
        take(one.repeat_contact, maybe_yes(rows.at(i, 2)));
        take(one.broken_promise, maybe_yes(rows.at(i, 3)));
        take(one.not_solved, maybe_yes(rows.at(i, 4)));
        take(one.topic, from_word<Topic>(rows.at(i, 5).view()));
    }
    return all;
}

} // namespace larum::store
