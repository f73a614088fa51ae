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

/// The conditions that the post and its words answer alone.
bool words_hold(const config::Rule& rule, const Situation& situation, const config::Brand& brand) {
    const Post& post = *situation.post;
    const Verdict& verdict = *situation.verdict;
    if (rule.complaint_min && verdict.complaint < *rule.complaint_min) return false;
    if (rule.repeat_contact_min && verdict.repeat_contact < *rule.repeat_contact_min) return false;
    if (rule.threats && !any_threat(verdict, *rule.threats)) return false;
    if (rule.hazard && verdict.hazard.empty() == *rule.hazard) return false;
    if (rule.rating_max && !(post.rating && *post.rating <= *rule.rating_max)) return false;
    if (rule.reach_great && reach_is_great(post, brand) != *rule.reach_great) return false;
    if (rule.few_words && (!post.attachments.empty() && words_up_to(post.text, few) < few) != *rule.few_words)
        return false;
    if (rule.late && situation.late != *rule.late) return false;
    if (rule.own && post.own != *rule.own) return false;
    if (rule.contest && under_contest(post, brand) != *rule.contest) return false;
    if (rule.topics && !one_of(word(verdict.topic), *rule.topics)) return false;
    if (rule.sources && !one_of(post.source, *rule.sources)) return false;
    return true;
}

/// The conditions that need a customer.
bool records_hold(const config::Rule& rule, const Situation& situation) {
    if (rule.customer_min && !(situation.customer && situation.customer->probability >= *rule.customer_min))
        return false;
    const auto& matter = situation.matter;
    const bool unsolved = matter && matter->unsolved;
    if (rule.case_min && !(unsolved && matter->probability >= *rule.case_min)) return false;
    if (rule.attempts_min && !(unsolved && matter->story.attempts >= *rule.attempts_min)) return false;
    if (rule.promise_broken && (unsolved && matter->story.promise_broken_at.has_value()) != *rule.promise_broken)
        return false;
    return true;
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
        if (!words_hold(rule, situation, brand) || !records_hold(rule, situation)) continue;
        decision.urgency = rule.urgency;
        decision.rule = rule.name;
        decision.reasons = reasons(rule, situation, brand);
        break;
    }
    return decision;
}

bool customer_matters(const Post& post, const Verdict& verdict, bool late, const config::Brand& brand) {
    const Situation situation{&post, &verdict, {}, {}, late};
    for (const auto& rule : brand.rules) {
        if (!words_hold(rule, situation, brand)) continue;
        if (rule.urgency != Urgency::none) return true;
        if (records_hold(rule, situation)) return false; // decides, whoever it is
    }
    return false;
}

bool is_late(Time posted_at, Time first_seen_at, bool excused, const config::Brand& brand) {
    return !excused && first_seen_at - posted_at > brand.late_after;
}

bool reach_is_great(const Post& post, const config::Brand& brand) {
    if (post.author.followers && *post.author.followers >= brand.reach_followers) return true;
    const auto& metrics = post.metrics;
    return metrics.likes.value_or(0) + metrics.shares.value_or(0) + metrics.comments.value_or(0) >= brand.reach_reactions;
}

} // namespace larum::decide
