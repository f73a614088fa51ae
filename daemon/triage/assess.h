#pragma once

#include "config/config.h"
#include "daemon/decide/decide.h"
#include "daemon/judge/correction.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/second_opinion.h"
#include "daemon/match/match.h"
#include "daemon/store/candidates.h"

#include <optional>
#include <vector>

/// What larum thinks of posts: judge, match and decide put together, the same for live posts and for replay.
namespace larum::triage {

struct Asked {
    Post post;
    Matching matching = Matching::full;
    bool late = false;
    bool backfilled = false;
    bool answer_due = false;              ///< a platform's deadline nears or has passed without an answer of the brand
    std::optional<Time> unanswered_since; ///< the author complained in this thread then, and the brand has not answered
    std::optional<SecondOpinion> opinion; ///< what another model said about them
    std::optional<Correction> correction; ///< what a person said about its words
    /// Whether to look for the customer also where nobody could make the post more urgent.
    bool always_match = false;
    bool again = false;                   ///< was decided before: tells nothing new of the brand's authors
    std::optional<match::Odds> odds; ///< those it was decided under before; else what was learned since
};

struct Assessment {
    Verdict verdict;
    MatchResult match;
    Decision decision;
    std::optional<decide::Matter> matter; ///< the case of the likeliest customer
    match::Standings thought{};           ///< what the author may be to the brand
    match::Odds odds{};                   ///< under which it was matched
    bool looked_for = false;              ///< whether anybody was looked for
};

/// One brand's eyes. Holds references to what it was made with.
class Assessor {
public:
    Assessor(const Judge& judge, const config::Brand& brand, BrandId brand_id)
        : judge_(judge), brand_(brand), brand_id_(brand_id), words_(brand_words(brand)) {}

    /// Assesses a batch with a handful of statements. Reads only, and learns of whom the brand's posts are.
    std::vector<Assessment> assess(store::Transaction& transaction, const std::vector<Asked>& batch);

    /// Whether these words are a complaint to this brand.
    bool complains(const std::string& text, const std::string& lang, Time posted_at) const;

    /// Goes on learning from where another one was.
    void go_on_from(const match::Odds& odds) { earlier_ = odds; }

    const config::Brand& brand() const { return brand_; }
    BrandId brand_id() const { return brand_id_; }

private:
    void count(store::Transaction& transaction, Time at);

    const Judge& judge_;
    const config::Brand& brand_;
    BrandId brand_id_;
    BrandWords words_;
    double customers_ = 0;
    match::Standings cases_{};
    Time counted_at_{};
    int batches_ = 0;
    match::Mixture mixture_;
    std::optional<match::Odds> earlier_; ///< where another one was, until this one has counted
};

/// Like `Assessor::assess` once the candidates are there: pure.
Assessment finish(const Asked& asked, Verdict verdict, const match::Clues& clues, const match::Known& known,
                  const match::Odds& odds, const config::Brand& brand);

/// Whether the post tells of whom the brand's posts are: where only own data may be looked at, that stays open.
bool tells_of_authors(const Asked& asked, const match::Clues& clues);

} // namespace larum::triage
