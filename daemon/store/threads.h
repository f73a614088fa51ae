#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <cstddef>
#include <string>
#include <vector>

namespace larum::store {

/// A comment that stands above a post in its thread, by the same author, which the brand has not answered since.
struct Unanswered {
    std::size_t place = 0; ///< of the later post in the list that was asked about
    std::string text, lang;
    Time at;
};

/// The latest such comment for each post that has one: under the same parent, or the one that is replied to. A reply of
/// the brand's own to it, or to the same parent after it, is an answer.
std::vector<Unanswered> unanswered_before(Transaction& transaction, BrandId brand, const std::vector<const Post*>& posts);

} // namespace larum::store
