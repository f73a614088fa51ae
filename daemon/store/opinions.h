#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// Second opinions: triage wants them, the carrier of daemon/second asks and writes down what was said.
///
/// A row is taken by writing `asked_at`, which is committed before anything is sent and is never taken back once
/// words may have left. So no two daemons ask about one text, and a daemon that dies costs an opinion, not a second
/// sending: there is nothing to lease.
namespace larum::store {

struct Opinion {
    bool complaint = false;
    bool repeat_contact = false;
};

/// How a row ends without an opinion; the local verdict stands.
enum class Unsaid {
    no_answer, ///< sent, and no answer came in time
    refused,   ///< the endpoint answered with an error
    nonsense,  ///< it answered something else than was asked
    withheld,  ///< the redacted text might still have named somebody, so it was not sent
};

/// Wants an opinion on the present text of each post that has one and was never asked about.
void want_opinions(Transaction& transaction, BrandId brand, const std::vector<Id>& posts, Time now);

/// What was said of the present texts of these posts; only those of which anything was.
std::map<Id, Opinion> opinions(Transaction& transaction, BrandId brand, const std::vector<Id>& posts);

struct TakenOpinion {
    Id post = 0;
    std::int64_t text_hash = 0;
    Post words;                      ///< the post whose words are asked about
    std::vector<std::string> known;  ///< what names the likeliest customer: name, city, phone, e-mail without its server, handles
    Time asked_at{};
};

/// What came of looking for work.
struct Taking {
    std::optional<TakenOpinion> taken;
    bool spent = false; ///< the day's budget is: what waited ends with the local verdict
};

/// Takes the oldest post that waits; it counts against the budget of `now`'s day (UTC). Commit before asking.
Taking take_opinion(Transaction& transaction, BrandId brand, int per_day, Time now);

/// Keeps what was said and has the post decided again, unless its text was erased meanwhile.
void write_opinion(Transaction& transaction, IdMaker& ids, BrandId brand, const TakenOpinion& taken, const Opinion& said, Time now);
void write_unsaid(Transaction& transaction, BrandId brand, const TakenOpinion& taken, Unsaid why, Time now);

/// Nothing was sent: the post waits again and the budget gets its share back.
void put_back(Transaction& transaction, BrandId brand, const TakenOpinion& taken);

/// Ends rows wanted before `before`: what nobody came to ask, and what a daemon that died left without an answer.
void end_stale_opinions(Transaction& transaction, BrandId brand, Time before, Time now);

} // namespace larum::store

namespace larum {
template <> struct Words<store::Unsaid> { static constexpr std::string_view list[] = {"no_answer", "refused", "nonsense", "withheld"}; };
} // namespace larum
