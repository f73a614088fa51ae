#include "connectors/shared/graph_read.h"

#include <algorithm>

namespace larum::connectors::graph {

using namespace std::chrono_literals;

std::optional<Span> rhythm(Span age) {
    if (age < 2h) return std::nullopt;
    return age < 48h ? Span(10min) : Span(1h);
}

void oldest_first(std::vector<Post>& posts) {
    std::stable_sort(posts.begin(), posts.end(),
                     [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
}

Outcome name_permission(Outcome outcome, std::string_view stream, std::string_view permission) {
    if (outcome.ending == Ending::reauth && !outcome.whole_credential && !permission.empty())
        outcome.reason += " («" + std::string(stream) + "» needs " + std::string(permission) + ")";
    return outcome;
}

Outcome standing(Outcome outcome) {
    if (outcome.ending != Ending::gone) return outcome;
    outcome.ending = Ending::reauth;
    outcome.reason += "; is it the right account, and may this token see it?";
    return outcome;
}

namespace {

/// One item of a batch's answer, for the post it was asked for.
void read_item(Element item, const Access& access, const Post& known, const Recheck& how, Time now,
               RecheckResult& result) {
    if (item.is_null()) return; // timed out at the platform; the next recheck asks again
    const auto code = number(item, "code").value_or(0);
    const auto document = Document::parse(text(item, "body"));
    if (const auto error = member(document->root(), "error")) {
        const auto outcome = outcome_of(access.platform, static_cast<int>(number(*error, "code").value_or(0)),
                                        static_cast<int>(number(*error, "error_subcode").value_or(0)), now);
        if (outcome.ending == Ending::gone)
            result.deletions.push_back({known.platform, known.realm, known.id, now});
        else if (result.outcome.ok())
            result.outcome = outcome;
        return;
    }
    if (code != 200) return;
    Post post = known;
    how.read(document->root(), post);
    if (post.text != known.text) post.edited_at = now;
    result.posts.push_back(std::move(post));
}

} // namespace

RecheckResult recheck(Http& http, const Access& access, std::span<const Post> known, const Recheck& how, Time now) {
    std::vector<const Post*> asked;
    std::vector<std::string> paths;
    for (const auto& post : known.first(std::min(known.size(), recheck_batch)))
        if (auto path = how.path(post); !path.empty()) asked.push_back(&post), paths.push_back(std::move(path));
    if (asked.empty()) return {};
    const auto reply = call(http, access, batch(access, paths), now);
    RecheckResult result{reply.outcome, {}, {}};
    if (!reply.document) return result;
    const auto& items = reply.document->items();
    if (items.size() != asked.size()) {
        result.outcome = {Ending::broken,
                          access.platform + ": a batch of " + std::to_string(asked.size()) + " was answered by " +
                              std::to_string(items.size()) + " items",
                          {}};
        return result;
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        try {
            read_item(items[i], access, *asked[i], how, now, result);
        } catch (const Error&) {
            // An unreadable item says nothing about its post; the next recheck asks again.
        }
    }
    return result;
}

} // namespace larum::connectors::graph
