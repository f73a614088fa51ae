#include "config/config.h"

namespace larum::config {

namespace {

constexpr double said = 0.5;     ///< a signal of the words counts as said
constexpr double matched = 0.7;  ///< a customer counts as the author
constexpr double about = 0.5;    ///< a case counts as what the post is about
constexpr int low_rating = 2;
constexpr int tries_enough = 2;

Rule rule(std::string name, Urgency urgency) {
    Rule made;
    made.name = std::move(name);
    made.urgency = urgency;
    return made;
}

Rule complaint(std::string name, Urgency urgency) {
    Rule made = rule(std::move(name), urgency);
    made.complaint_min = said;
    return made;
}

/// By, or on behalf of, a matched customer about an unsolved case.
Rule about_case(Rule made) {
    made.customer_min = matched;
    made.case_min = about;
    return made;
}

std::vector<Rule> urgent_rules() {
    Rule hazard = rule("hazard", Urgency::urgent);
    hazard.hazard = true;
    Rule repeat = complaint("repeat-contact", Urgency::urgent);
    repeat.repeat_contact_min = said;
    Rule tries = about_case(complaint("tries-recorded", Urgency::urgent));
    tries.attempts_min = tries_enough;
    Rule promise = about_case(complaint("promise-broken", Urgency::urgent));
    promise.promise_broken = true;
    return {hazard, repeat, tries, promise};
}

/// What would be urgent but was first seen too late, without a known gap to explain it.
Rule late_flag(Rule urgent) {
    urgent.name += "-late";
    urgent.urgency = Urgency::flag;
    urgent.late = true;
    return urgent;
}

std::vector<Rule> flag_rules() {
    Rule threat = complaint("threat", Urgency::flag);
    threat.threats = {"legal", "regulator", "media"};
    Rule reach = complaint("great-reach", Urgency::flag);
    reach.reach_great = true;
    Rule rating = about_case(rule("low-rating", Urgency::flag));
    rating.rating_max = low_rating;
    Rule picture = about_case(rule("picture-without-words", Urgency::flag));
    picture.few_words = true;
    return {about_case(complaint("unsolved-case", Urgency::flag)), threat, reach, rating, picture};
}

} // namespace

std::vector<Rule> default_rules() {
    std::vector<Rule> rules;
    Rule own = rule("own-post", Urgency::none);
    own.own = true;
    rules.push_back(own);
    const auto urgent = urgent_rules();
    // A hazard counts even under a contest; everything else there does not.
    rules.push_back(urgent.front());
    rules.back().late = false;
    rules.push_back(late_flag(urgent.front()));
    Rule contest = rule("contest", Urgency::none);
    contest.contest = true;
    rules.push_back(contest);
    for (std::size_t i = 1; i < urgent.size(); ++i) {
        rules.push_back(urgent[i]);
        rules.back().late = false;
    }
    // A deadline does not ask when the post was seen.
    Rule answer = rule("answer-due", Urgency::urgent);
    answer.answer_due = true;
    rules.push_back(answer);
    for (std::size_t i = 1; i < urgent.size(); ++i) rules.push_back(late_flag(urgent[i]));
    for (auto& one : flag_rules()) rules.push_back(std::move(one));
    rules.push_back(complaint("complaint", Urgency::watch));
    rules.push_back(rule("rest", Urgency::none));
    return rules;
}

} // namespace larum::config
