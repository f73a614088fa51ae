#include "daemon/store/raising.h"

#include "core/crypto.h"
#include "core/post_json.h"
#include "core/text.h"

#include <algorithm>
#include <map>

namespace larum::store {

namespace {

// Below this many words people say the same thing by chance: «where is my parcel».
constexpr std::size_t fold_words_min = 6;
constexpr std::string_view hazard_prefix = "hazard.";

bool is_hazard(const Reason& reason) { return reason.code.rfind(hazard_prefix, 0) == 0; }

std::string author_and_thread(const Raised& post) {
    // Somebody whose id is hidden has an identity of their own with every post.
    if (post.author_key.empty()) return "post:" + to_text(post.post_id);
    return "thread:" + std::to_string(hash64(post.platform + '\n' + post.author_key + '\n' + post.thread));
}

/// `text` without links, mentions and tags, which are what copies differ in.
std::string plain_words(std::string_view text) {
    std::string kept;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find_first_of(" \t\r\n", at), text.size());
        const auto word = text.substr(at, end - at);
        const bool marked = !word.empty() && (word[0] == '@' || word[0] == '#');
        if (!marked && word.find("://") == std::string_view::npos) kept.append(word).append(1, ' ');
        at = end + 1;
    }
    return kept;
}

} // namespace

Raised raised(Id post_id, const Post& post, const Decision& decision, Time at) {
    return {post_id, post.platform, author_key(post), post.parent_id.empty() ? post.id : post.parent_id,
            post.text, at, decision};
}

bool names_hazard(const Decision& decision) {
    return std::any_of(decision.reasons.begin(), decision.reasons.end(), is_hazard);
}

bool for_the_desk(const Decision& decision) {
    static constexpr std::string_view desk[] = {"repeat_contact", "unsolved_case", "answer_due"};
    return !names_hazard(decision) || std::any_of(decision.reasons.begin(), decision.reasons.end(), [](const auto& r) {
        return std::find(std::begin(desk), std::end(desk), r.code) != std::end(desk);
    });
}

std::string subject_of(const Raised& post) {
    const auto& decision = post.decision;
    const std::string who = decision.customer && decision.matter != 0 ? "case:" + to_text(decision.matter)
                                                                      : author_and_thread(post);
    return names_hazard(decision) ? "hazard:" + who : who;
}

std::optional<std::int64_t> fold_hash(std::string_view text) {
    const std::string folded = text::fold(plain_words(text));
    std::string kept;
    std::size_t count = 0;
    for (const auto word : text::folded_words(folded)) {
        if (std::any_of(word.begin(), word.end(), [](unsigned char c) { return c >= '0' && c <= '9'; })) continue;
        kept.append(word).append(1, ' ');
        ++count;
    }
    if (count < fold_words_min) return std::nullopt;
    return hash64(kept);
}

std::vector<Opening> group_by_subject(const std::vector<std::pair<std::string, const Raised*>>& posts) {
    std::map<std::string, Opening> by_subject;
    for (const auto& [subject, post] : posts) {
        auto& opening = by_subject[subject];
        opening.subject = subject;
        opening.posts.push_back(post);
        opening.urgency = std::max(opening.urgency, post->decision.urgency);
        opening.hazard |= names_hazard(post->decision);
        opening.desk |= for_the_desk(post->decision);
    }
    std::vector<Opening> openings;
    for (auto& [subject, opening] : by_subject) {
        std::stable_sort(opening.posts.begin(), opening.posts.end(),
                         [](const auto* a, const auto* b) { return a->at < b->at; });
        if (!opening.hazard) opening.fold = fold_hash(opening.first().text);
        openings.push_back(std::move(opening));
    }
    return openings;
}

std::vector<NewAlert> first_alerts(Opening& opening, const config::Brand& brand, Time now) {
    std::vector<NewAlert> alerts;
    Standing standing;
    standing.urgency = opening.urgency;
    standing.hazard = opening.hazard;
    standing.for_the_desk = opening.desk;
    const bool flag = opening.urgency == Urgency::flag;
    // The first alert is written with its decision even when its step comes later.
    standing.next_at = flag ? now : now + rest_before(brand.playbook, Urgency::urgent, 0);
    const auto calls = escalate(standing, brand.playbook, *standing.next_at);
    const Time at = opening.last().at;
    // An entry of the digest has no step, so that the steps of urgent are free when the flag turns urgent.
    for (const auto& call : calls.due)
        alerts.push_back({opening.id, flag ? "digest" : "alert", flag ? -1 : call.step, call.to,
                          flag ? digest_at(at, brand.working_time, brand.zone) : *standing.next_at, at});
    opening.step = calls.step;
    opening.next_at = calls.next_at;
    return alerts;
}

} // namespace larum::store
