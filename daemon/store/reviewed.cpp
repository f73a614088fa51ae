#include "daemon/store/reviewed.h"

#include "daemon/store/corrections.h"
#include "daemon/store/suppression.h"

#include <algorithm>

namespace larum::store {

namespace {

struct Found {
    ReviewedPost post;
    Id id = 0;
};

std::vector<Found> find_labelled(Transaction& transaction, BrandId brand, int most) {
    const auto rows = transaction.run(R"(
        SELECT p.post_id, p.text, coalesce(p.lang, ''), coalesce(p.author_key, ''), coalesce(p.author_name, ''),
            coalesce(p.author_handle, ''), coalesce(p.platform || ':' || p.realm || ':' || p.parent_native_id, ''),
            bool_or(l.kind = 'settlement'),
            bool_or(l.kind = 'dismissal')
        FROM label l
        JOIN post p ON p.brand_id = l.brand_id AND p.post_id = l.post_id
        WHERE l.brand_id = $1
            AND (l.kind = 'verdict'
                OR l.kind = 'settlement' AND l.value->>'outcome' IN ('solved', 'compensated', 'handed_over', 'unreachable')
                OR l.kind = 'dismissal' AND l.value->>'reason' = 'not_complaint')
            AND (p.edited_at IS NULL OR p.edited_at <= l.at)
            AND p.text IS NOT NULL
            AND p.deleted_at IS NULL
            AND NOT p.own
            AND NOT EXISTS (
                SELECT FROM identity i
                JOIN customer c ON c.brand_id = i.brand_id AND c.customer_id = i.customer_id
                WHERE i.brand_id = $1
                    AND i.subject IN ('author:' || p.author_key, 'post:' || p.post_id)
                    AND i.state <> 'rejected'
                    AND (c.do_not_match OR c.objected_at IS NOT NULL))
        GROUP BY p.brand_id, p.post_id
        ORDER BY p.post_id DESC
        LIMIT $2)",
                                      {brand, most});
    std::vector<Found> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& found = all.emplace_back();
        found.id = rows.at(i, 0).integer();
        found.post = {rows.at(i, 1).text(), rows.at(i, 2).text(), rows.at(i, 3).text(), rows.at(i, 4).text(),
                      rows.at(i, 5).text(), rows.at(i, 6).text(), {}};
        // Nobody settles what was no complaint; what was dismissed for another reason says nothing about the words.
        if (rows.at(i, 7).yes()) found.post.said.complaint = true;
        if (rows.at(i, 8).yes()) found.post.said.complaint = false;
    }
    return all;
}

void leave_out_suppressed(Transaction& transaction, BrandId brand, const InstallationKey& key, std::vector<Found>& all) {
    if (!anyone_suppressed(transaction, brand)) return;
    const Suppressor suppressor(key, brand);
    std::vector<std::string> hashes;
    for (const auto& found : all)
        for (const auto& one : suppressor.of_author(found.post.author_key))
            if (!one.hash.empty()) hashes.push_back(one.hash);
    const auto listed = suppressed(transaction, brand, hashes);
    std::erase_if(all, [&](const Found& found) {
        const auto own = suppressor.of_author(found.post.author_key);
        return std::any_of(own.begin(), own.end(), [&](const auto& one) { return listed.contains(one.hash); });
    });
}

/// What was said in so many words goes before what follows from an act.
void overrule(Correction& said, const Correction& words) {
    if (words.complaint) said.complaint = words.complaint;
    said.repeat_contact = words.repeat_contact;
    said.broken_promise = words.broken_promise;
    said.not_solved = words.not_solved;
    said.topic = words.topic;
}

bool says_anything(const Correction& said) {
    return said.complaint || said.repeat_contact || said.broken_promise || said.not_solved || said.topic;
}

} // namespace

std::vector<ReviewedPost> reviewed_posts(Transaction& transaction, BrandId brand, const InstallationKey& key, int most) {
    auto all = find_labelled(transaction, brand, most);
    leave_out_suppressed(transaction, brand, key, all);
    std::vector<Id> ids;
    for (const auto& found : all) ids.push_back(found.id);
    const auto said = corrections(transaction, brand, ids);
    std::vector<ReviewedPost> posts;
    for (auto& found : all) {
        if (const auto words = said.find(found.id); words != said.end()) overrule(found.post.said, words->second);
        if (says_anything(found.post.said)) posts.push_back(std::move(found.post));
    }
    return posts;
}

} // namespace larum::store
