#include "daemon/decide/decide.h"

#include "daemon/decide/reasons.h"

#include <algorithm>
#include <cctype>

namespace larum::decide {

namespace {

constexpr int few = 5; ///< fewer words than this say nothing by themselves

int words_up_to(const std::string& text, int most) {
    int words = 0;
    bool inside = false;
    for (const unsigned char c : text) {
        const bool space = std::isspace(c);
        if (!space && !inside && ++words == most) return words;
        inside = !space;
    }
    return words;
}

bool under_contest(const Post& post, const config::Brand& brand) {
    const auto& marked = brand.contest_posts;
    return !post.parent_id.empty() && std::find(marked.begin(), marked.end(), post.parent_id) != marked.end();
}

bool any_threat(const Verdict& verdict, const std::vector<std::string>& asked) {
    return std::any_of(verdict.threat.begin(), verdict.threat.end(), [&](Threat threat) {
        return std::find(asked.begin(), asked.end(), word(threat)) != asked.end();
    });
}

bool one_of(std::string_view value, const std::vector<std::string>& asked) {
    return std::find(asked.begin(), asked.end(), value) != asked.end();
}

/// The first condition of those that the post and its words answer alone which does not hold; null: all do.
const char* words_fail(const config::Rule& rule, const Situation& situation, const config::Brand& brand) {
    const Post& post = *situation.post;
    const Verdict& verdict = *situation.verdict;
    if (rule.complaint_min && verdict.complaint < *rule.complaint_min) return "complaint_min";
    if (rule.repeat_contact_min && verdict.repeat_contact < *rule.repeat_contact_min) return "repeat_contact_min";
    if (rule.threats && !any_threat(verdict, *rule.threats)) return "threats";
    if (rule.hazard && verdict.hazard.empty() == *rule.hazard) return "hazard";
    if (rule.rating_max && !(post.rating && *post.rating <= *rule.rating_max)) return "rating_max";
    if (rule.reach_great && reach_is_great(post, brand) != *rule.reach_great) return "reach_great";
    const bool picture = !post.attachments.empty() && words_up_to(post.text, few) < few;
    if (rule.few_words && picture != *rule.few_words) return "few_words";
    if (rule.late && situation.late != *rule.late) return "late";
    if (rule.answer_due && situation.answer_due != *rule.answer_due) return "answer_due";
    if (rule.own && post.own != *rule.own) return "own";
    if (rule.contest && under_contest(post, brand) != *rule.contest) return "contest";
    if (rule.topics && !one_of(word(verdict.topic), *rule.topics)) return "topics";
    if (rule.sources && !one_of(post.source, *rule.sources)) return "sources";
    return nullptr;
}

/// The same for the conditions that need a customer.
const char* records_fail(const config::Rule& rule, const Situation& situation) {
    const auto& customer = situation.customer;
    if (rule.customer_min && !(customer && customer->probability >= *rule.customer_min)) return "customer_min";
    const auto& matter = situation.matter;
    const bool unsolved = matter && matter->unsolved;
    if (rule.case_min && !(unsolved && matter->probability >= *rule.case_min)) return "case_min";
    if (rule.attempts_min && !(unsolved && matter->story.attempts >= *rule.attempts_min)) return "attempts_min";
    const bool broken = unsolved && matter->story.promise_broken_at;
    if (rule.promise_broken && broken != *rule.promise_broken) return "promise_broken";
    return nullptr;
}

void tell_matter(const Situation& situation, Decision& decision) {
    decision.customer = situation.customer;
    if (!situation.matter) return;
    const auto& matter = *situation.matter;
    decision.matter = matter.record.id;
    decision.case_ref = matter.record.ref;
    decision.case_probability = matter.probability;
    decision.recorded_contacts = matter.story.contacts;
    decision.recorded_attempts = matter.story.attempts;
    decision.recorded_channels = matter.story.channels;
    decision.promise_broken_at = matter.story.promise_broken_at;
}

} // namespace

Decision decide(const Situation& situation, const config::Brand& brand) {
    Decision decision;
    tell_matter(situation, decision);
    for (const auto& rule : brand.rules) {
        if (failing_condition(rule, situation, brand)) continue;
        decision.urgency = rule.urgency;
        decision.rule = rule.name;
        decision.reasons = reasons(rule, situation, brand);
        break;
    }
    // What is still to be answered is no old story.
    if (situation.backfilled && !situation.answer_due && decision.urgency > Urgency::watch) {
        decision.urgency = Urgency::watch;
        decision.reasons.push_back({"backfill", "It was written before its source was connected: no alert."});
    }
    return decision;
}

bool customer_matters(const Situation& situation, const config::Brand& brand) {
    Situation nobody = situation;
    nobody.customer.reset();
    nobody.matter.reset();
    for (const auto& rule : brand.rules) {
        if (words_fail(rule, nobody, brand)) continue;
        if (rule.urgency != Urgency::none) return true;
        if (!records_fail(rule, nobody)) return false; // decides, whoever it is
    }
    return false;
}

const char* failing_condition(const config::Rule& rule, const Situation& situation, const config::Brand& brand) {
    const char* words = words_fail(rule, situation, brand);
    return words ? words : records_fail(rule, situation);
}

bool is_late(Time posted_at, Time first_seen_at, bool excused, const config::Brand& brand) {
    return !excused && first_seen_at - posted_at > brand.late_after;
}

bool answer_is_due(const Post& post, Time at, Time first_seen_at, bool backfilled, const config::Brand& brand) {
    if (!post.answer_by || post.own || at < *post.answer_by - brand.answer_due_before) return false;
    return !backfilled || *post.answer_by > first_seen_at;
}

bool reach_is_great(const Post& post, const config::Brand& brand) {
    if (post.author.followers && *post.author.followers >= brand.reach_followers) return true;
    const auto& metrics = post.metrics;
    return metrics.likes.value_or(0) + metrics.shares.value_or(0) + metrics.comments.value_or(0) >= brand.reach_reactions;
}

} // namespace larum::decide
