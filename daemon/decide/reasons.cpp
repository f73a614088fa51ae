#include "daemon/decide/reasons.h"

namespace larum::decide {

namespace {

constexpr double said = 0.5;
constexpr double sure_enough = 0.9;

std::string count_of(int count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

void add_words(const Verdict& verdict, std::vector<Reason>& out) {
    for (const auto hazard : verdict.hazard)
        out.push_back({"hazard." + std::string(word(hazard)), "The post may tell of a danger (" + std::string(word(hazard)) + ")."});
    if (verdict.complaint < said) return;
    if (verdict.repeat_contact >= said) {
        std::string text = "The author says that they already asked for help";
        if (verdict.stated_contacts) text += " (" + count_of(*verdict.stated_contacts, "time") + ")";
        out.push_back({"repeat_contact", text + "."});
    }
}

void add_records(const Situation& situation, std::vector<Reason>& out) {
    if (!situation.matter || !situation.matter->unsolved || !situation.customer) return;
    const bool sure = situation.customer->probability >= sure_enough;
    const auto& story = situation.matter->story;
    out.push_back({"unsolved_case", std::string(sure ? "The customer" : "Probably the customer") + " has an unsolved case (" + situation.matter->record.ref + ")."});
    if (story.attempts > 0)
        out.push_back({"attempts_recorded", count_of(story.attempts, "attempt") + " to get help " +
                                                (story.attempts == 1 ? "is" : "are") + " on record."});
    if (story.promise_broken_at) out.push_back({"promise_broken", "A promised day passed without the case being closed."});
}

void add_thread(const Situation& situation, std::vector<Reason>& out) {
    if (situation.thread_unanswered && situation.verdict->repeat_contact >= said)
        out.push_back({"thread_unanswered", "An earlier complaint of the author in this thread has no answer."});
}

void add_threats(const Verdict& verdict, std::vector<Reason>& out) {
    if (verdict.broken_promise >= said)
        out.push_back({"broken_promise", "The author says that a promise was broken" + (verdict.promised_on.empty() ? "." : " (due " + verdict.promised_on + ").")});
    for (const auto threat : verdict.threat)
        out.push_back({"threat." + std::string(word(threat)), "The author threatens: " + std::string(word(threat)) + "."});
    if (verdict.not_solved >= said)
        out.push_back({"not_solved", "The author says that a closed matter is not solved."});
    if (verdict.on_behalf >= said) out.push_back({"on_behalf", "The author speaks for somebody else."});
}

} // namespace

std::vector<Reason> reasons(const config::Rule& rule, const Situation& situation, const config::Brand& brand) {
    std::vector<Reason> out;
    if (situation.post->own) return {{"own", "The brand itself wrote this."}};
    if (rule.contest.value_or(false)) out.push_back({"contest", "The post stands under a contest."});
    if (rule.urgency == Urgency::none) return out;
    const Verdict& verdict = *situation.verdict;
    add_words(verdict, out);
    add_thread(situation, out);
    add_records(situation, out);
    add_threats(verdict, out);
    if (reach_is_great(*situation.post, brand)) out.push_back({"reach", "Many people see this."});
    if (rule.rating_max) out.push_back({"low_rating", "The rating is " + std::to_string(situation.post->rating.value_or(0)) + " of 5."});
    if (rule.few_words.value_or(false)) out.push_back({"few_words", "A picture with hardly any words."});
    if (situation.answer_due && situation.post->answer_by)
        out.push_back({"answer_due", "The platform or the law wants an answer by " + format_time(*situation.post->answer_by) + ", and none was given."});
    if (situation.late) out.push_back({"late", "It was first seen long after it was written."});
    if (verdict.complaint >= said) out.push_back({"complaint", "The post is a complaint."});
    return out;
}

} // namespace larum::decide
