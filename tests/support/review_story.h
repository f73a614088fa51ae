#pragma once

#include "core/id.h"
#include "daemon/store/pq.h"

#include <map>
#include <string>

/// An invented Polish e-shop as it stands on one afternoon, for tests of the review page and its screenshots.
namespace larum::test {

struct ReviewStory {
    BrandId brand = 0;
    BrandId other_brand = 0;
    std::map<std::string, Id> posts;       ///< anna (urgent), piotr (uncertain), marek (watch), ...
    std::map<std::string, Id> escalations; ///< by the same names
    std::map<std::string, Id> customers;
    std::map<std::string, Id> accounts; ///< ewa (admin), jan (reviewer), ola (viewer), obcy (admin of the other brand)
};

inline constexpr const char* story_password = "spokojne popoludnie";

/// Writes the story as of `now`, without asking triage: what it would have decided stands in the rows.
ReviewStory tell_review_story(store::Pool& pool, IdMaker& ids, Time now);

/// A further urgent post, as if triage had just raised it.
Id raise_another(store::Pool& pool, IdMaker& ids, BrandId brand, Time now);

/// A long post full of marks that overlap, by somebody who may be one of ten namesakes: seven are likely enough to be
/// shown, one was ruled out by Jan, two are not likely enough.
Id raise_crowd(store::Pool& pool, IdMaker& ids, const ReviewStory& story, Time now);

} // namespace larum::test
