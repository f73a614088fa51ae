#include "daemon/triage/opinions.h"

#include "daemon/store/opinions.h"

#include <algorithm>

namespace larum::triage {

namespace {

constexpr double said = 0.5;

/// A repeated contact decides only in a complaint.
bool is_borderline(const Verdict& verdict, const config::SecondOpinionSettings& settings) {
    return settings.borderline(verdict.complaint) || (verdict.complaint >= said && settings.borderline(verdict.repeat_contact));
}

/// Far below where a hazard is named: what only may be one stays here too.
constexpr double may_be_hazard = 0.3;

/// What must not leave, however little of it would.
bool is_private(const Verdict& verdict) {
    return verdict.sensitive || !verdict.hazard.empty() || std::any_of(verdict.hazard_scores.begin(), verdict.hazard_scores.end(),
                                                  [](double score) { return score >= may_be_hazard; });
}

} // namespace

const config::SecondOpinionSettings* opinions_of(const config::Config& config, const config::Brand& brand) {
    return config.second_opinion && config.second_opinion->covers(brand.name) ? &*config.second_opinion : nullptr;
}

void heed_opinions(store::Transaction& transaction, BrandId brand, const std::vector<Id>& ids,
                   const config::SecondOpinionSettings& settings, std::vector<Asked>& batch) {
    const auto said_of = store::opinions(transaction, brand, ids);
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (const auto found = said_of.find(ids[i]); found != said_of.end())
            batch[i].opinion = SecondOpinion{found->second.complaint, found->second.repeat_contact, settings.from, settings.to};
}

std::vector<Id> worth_asking(const std::vector<Id>& ids, const std::vector<Asked>& batch, const std::vector<Assessment>& made,
                             const config::SecondOpinionSettings& settings) {
    std::vector<Id> worth;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto& asked = batch[i];
        if (asked.post.own || asked.opinion || asked.correction || asked.matching == Matching::off) continue;
        if (is_borderline(made[i].verdict, settings) && !is_private(made[i].verdict)) worth.push_back(ids[i]);
    }
    return worth;
}

} // namespace larum::triage
