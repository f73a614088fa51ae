#pragma once

#include "daemon/judge/training_post.h"

#include <cstdint>
#include <vector>

namespace larum::judging {

/// A number for each post, the same for posts that a fair split keeps together: near-identical texts (but for numbers,
/// handles and links), posts of one author, posts of one thread. It comes from the texts alone, so that the same posts
/// get the same numbers in any order and any company.
std::vector<std::uint32_t> kin_of(const std::vector<TrainingPost>& posts);

} // namespace larum::judging
