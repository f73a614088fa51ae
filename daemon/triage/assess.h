#pragma once

#include "config/config.h"
#include "daemon/decide/decide.h"
#include "daemon/judge/correction.h"
#include "daemon/judge/judge.h"
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
    std::optional<Correction> correction; ///< what a person said about its words
    /// Whether to look for the customer also where nobody could make the post more urgent.
    bool always_match = false;
};

struct Assessment {
    Verdict verdict;
    MatchResult match;
    Decision decision;
    std::optional<decide::Matter> matter; ///< the case of the likeliest customer
};

/// One brand's eyes. Holds references to what it was made with.
class Assessor {
public:
    Assessor(const Judge& judge, const config::Brand& brand, BrandId brand_id)
        : judge_(judge), brand_(brand), brand_id_(brand_id), words_(brand_words(brand)) {}

    /// Assesses a batch with a handful of statements. Reads only.
    std::vector<Assessment> assess(store::Transaction& transaction, const std::vector<Asked>& batch);

    const config::Brand& brand() const { return brand_; }
    BrandId brand_id() const { return brand_id_; }

private:
    double customers(store::Transaction& transaction);

    const Judge& judge_;
    const config::Brand& brand_;
    BrandId brand_id_;
    BrandWords words_;
    double customers_ = -1;
    int batches_ = 0;
};

/// Like `Assessor::assess` once the candidates are there: pure.
Assessment finish(const Asked& asked, Verdict verdict, const match::Clues& clues, const match::Known& known,
                  const config::Brand& brand);

} // namespace larum::triage
