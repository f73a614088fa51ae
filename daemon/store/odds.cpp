#include "daemon/store/odds.h"

namespace larum::store {

std::optional<match::Odds> latest_odds(Transaction& transaction, BrandId brand) {
    const auto rows = transaction.run("SELECT odds FROM decision"
                                      " WHERE brand_id = $1 AND odds IS NOT NULL"
                                      " ORDER BY post_id DESC, revision DESC LIMIT 1",
                                      {brand});
    return rows.empty() ? std::nullopt : match::unpacked(rows.at(0, 0).integer());
}

std::string odds_name(const Post& post) { return post.platform + '\n' + post.realm + '\n' + post.id; }

std::map<std::string, match::Odds> odds_of(Transaction& transaction, BrandId brand, const std::vector<Post>& posts) {
    std::vector<std::string> platforms, realms, ids;
    for (const auto& post : posts) {
        platforms.push_back(post.platform);
        realms.push_back(post.realm);
        ids.push_back(post.id);
    }
    const auto rows = transaction.run("SELECT q.at, d.odds"
                                      " FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS q(platform, realm, id, at)"
                                      " JOIN post p ON p.brand_id = $1 AND p.platform = q.platform AND p.realm = q.realm AND p.native_id = q.id"
                                      " CROSS JOIN LATERAL (SELECT odds FROM decision"
                                      "  WHERE brand_id = $1 AND post_id = p.post_id ORDER BY revision DESC LIMIT 1) AS d"
                                      " WHERE d.odds IS NOT NULL",
                                      {brand, array_of(platforms), array_of(realms), array_of(ids)});
    std::map<std::string, match::Odds> odds;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (const auto one = match::unpacked(rows.at(i, 1).integer()))
            odds[odds_name(posts[static_cast<std::size_t>(rows.at(i, 0).integer()) - 1])] = *one;
    return odds;
}

} // namespace larum::store
