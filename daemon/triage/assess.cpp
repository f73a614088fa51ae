#include "daemon/triage/assess.h"

#include "core/post_json.h"
#include "daemon/store/sizes.h"

#include <algorithm>

namespace larum::triage {

namespace {

constexpr double likely_not_solved = 0.5;
constexpr int batches_between_counts = 1000; ///< the numbers of customers and cases change slowly
constexpr Span days_between_counts = std::chrono::hours{24 * 7}; ///< of the posts, which may be old ones

/// What the post itself says, before anybody is looked up.
struct Read {
    Verdict verdict;
    match::Clues clues;
    store::Question question;
    std::optional<Reason> opinion; ///< what a second opinion did to the verdict
};

/// The case with the greatest share; an unsolved one goes before when the shares are equal.
std::optional<decide::Matter> matter_of(const match::Matched& matched, const Asked& asked, const Verdict& verdict,
                                        const std::string& zone) {
    if (!matched.person || matched.cases.empty()) return std::nullopt;
    const auto& share = matched.cases.front();
    for (const auto& record : matched.person->cases) {
        if (record.id != share.matter) continue;
        const Time at = asked.post.posted_at;
        return decide::Matter{record, share.probability,
                              decide::unsolved(record, *matched.person, at, verdict.not_solved >= likely_not_solved),
                              decide::tell_story(record, *matched.person, at, zone)};
    }
    return std::nullopt;
}

/// Who complained in this thread before and complains again without an answer turns to the brand once more, whatever
/// words they find.
void heed_thread(Verdict& verdict) {
    constexpr double surely = 0.9;
    if (verdict.complaint < 0.5) return;
    verdict.repeat_contact = std::max(verdict.repeat_contact, surely);
    if (std::find(verdict.channels.begin(), verdict.channels.end(), ContactChannel::social) == verdict.channels.end())
        verdict.channels.push_back(ContactChannel::social);
}

decide::Situation situation_of(const Asked& asked, const Verdict& verdict) {
    return {&asked.post, &verdict, {}, {}, asked.late, asked.backfilled, asked.answer_due, asked.unanswered_since.has_value()};
}

Read read(const Asked& asked, Verdict verdict, const config::Brand& brand) {
    Read made;
    const bool look_up = asked.always_match || decide::customer_matters(situation_of(asked, verdict), brand);
    made.verdict = std::move(verdict);
    made.clues = match::read_clues(asked.post, brand, look_up ? asked.matching : Matching::off);
    made.question.customers = match::customer_questions(made.clues);
    made.question.cases = match::case_questions(made.clues);
    made.question.subject = made.clues.subject;
    if (made.clues.matching != Matching::off) made.question.author_key = author_key(asked.post);
    return made;
}

} // namespace

Assessment finish(const Asked& asked, Verdict verdict, const match::Clues& clues, const match::Known& known,
                  const match::Odds& odds, const config::Brand& brand) {
    const auto matched = match::match(asked.post, verdict, clues, known, odds);
    auto situation = situation_of(asked, verdict);
    const auto& candidates = matched.result.candidates;
    if (!candidates.empty() && candidates.front().probability > matched.result.nobody) {
        situation.customer = candidates.front();
        situation.matter = matter_of(matched, asked, verdict, brand.zone);
    }
    Assessment made;
    made.decision = decide::decide(situation, brand);
    made.match = matched.result;
    made.thought = matched.thought;
    made.odds = odds;
    made.looked_for = clues.matching != Matching::off;
    made.matter = std::move(situation.matter);
    made.verdict = std::move(verdict);
    return made;
}

bool Assessor::complains(const std::string& text, const std::string& lang, Time posted_at) const {
    return judge_.judge(text, lang, posted_at, brand_.zone, words_).complaint >= 0.5;
}

bool tells_of_authors(const Asked& asked, const match::Clues& clues) {
    return clues.matching == Matching::full && !asked.post.own && !asked.again && !asked.odds;
}

void Assessor::count(store::Transaction& transaction, Time at) {
    const bool other_time = at > counted_at_ + days_between_counts || at < counted_at_ - days_between_counts;
    if (batches_++ % batches_between_counts != 0 && !other_time) return;
    customers_ = store::count_customers(transaction, brand_id_);
    cases_ = store::count_cases(transaction, brand_id_, at);
    counted_at_ = at;
    if (earlier_) mixture_ = match::Mixture(match::shares_of(*std::exchange(earlier_, std::nullopt), customers_, cases_));
}

std::vector<Assessment> Assessor::assess(store::Transaction& transaction, const std::vector<Asked>& batch) {
    std::vector<Read> reads;
    std::vector<store::Question> questions;
    for (const auto& asked : batch) {
        const auto& post = asked.post;
        auto verdict = judge_.judge(post.text, post.lang, post.posted_at, brand_.zone, words_);
        const auto opinion = asked.opinion ? heed(verdict, *asked.opinion) : std::nullopt;
        if (asked.unanswered_since) heed_thread(verdict);
        if (asked.correction) correct(verdict, *asked.correction);
        reads.push_back(read(asked, std::move(verdict), brand_));
        reads.back().opinion = opinion;
        questions.push_back(reads.back().question);
    }
    if (!batch.empty()) count(transaction, batch.front().post.posted_at);
    const auto found = store::find_candidates(transaction, brand_id_, questions, customers_);
    std::vector<Assessment> assessments;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto known = found.known(questions[i]);
        const auto odds = batch[i].odds.value_or(match::odds_of(mixture_.shares(), customers_, cases_));
        assessments.push_back(finish(batch[i], std::move(reads[i].verdict), reads[i].clues, known, odds, brand_));
        if (reads[i].opinion) assessments.back().decision.reasons.push_back(*reads[i].opinion);
        if (tells_of_authors(batch[i], reads[i].clues)) mixture_.learn(assessments.back().thought);
    }
    return assessments;
}

} // namespace larum::triage
