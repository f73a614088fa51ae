#pragma once

#include "core/model.h"
#include "daemon/match/mixture.h"
#include "daemon/store/pq.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Decisions keep the odds they were made under (decision.odds), so that they can be made again as they were.
namespace larum::store {

/// Those of the brand's newest post that was matched; nothing when there is none.
std::optional<match::Odds> latest_odds(Transaction& transaction, BrandId brand);

/// Those of the last decisions on these posts, by platform, realm and native id; posts that were never decided are
/// not in it.
std::map<std::string, match::Odds> odds_of(Transaction& transaction, BrandId brand, const std::vector<Post>& posts);

/// What a post is called in `odds_of`.
std::string odds_name(const Post& post);

} // namespace larum::store
