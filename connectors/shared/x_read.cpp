#include "connectors/shared/x_read.h"

#include "connectors/shared/call.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace larum::connectors::x {

namespace {

using namespace std::chrono_literals;
using json::Json;

constexpr auto first_of_snowflakes = 1'288'834'974'657ms; ///< 4 November 2010: ids hold milliseconds since then above 22 bits

bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= 19 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

const Json& either(const Json& object, const char* old_name, const char* new_name) {
    const auto& old_list = json::list(object, old_name);
    return old_list.empty() ? json::list(object, new_name) : old_list;
}

const Json& history_of(const Json& post) { return either(post, "edit_history_tweet_ids", "edit_history_post_ids"); }

std::string reference(const Json& post, std::string_view type) {
    for (const auto& one : either(post, "referenced_tweets", "referenced_posts"))
        if (json::text(one, "type") == type) return json::text(one, "id");
    return {};
}

/// Long posts are cut in `text`; the whole stands in a note.
std::string text_of(const Json& post) {
    for (const char* name : {"note_tweet", "note_post"})
        if (auto whole = json::text(json::member(post, name), "text"); !whole.empty()) return whole;
    return json::text(post, "text");
}

void add_author(const Json& includes, Author& author) {
    for (const auto& one : json::list(includes, "users")) {
        const auto& user = json::member(one, "data").empty() ? one : json::member(one, "data");
        if (json::text(user, "id") != author.id) continue;
        author.handle = json::text(user, "username");
        author.name = json::text(user, "name");
        author.followers = json::count(json::member(user, "public_metrics"), "followers_count");
    }
    author.url = author.handle.empty() ? "https://x.com/i/user/" + author.id : "https://x.com/" + author.handle;
}

std::vector<Attachment> attachments_of(const Json& post) {
    std::vector<Attachment> all;
    for (const auto& url : json::list(json::member(post, "entities"), "urls")) {
        const bool media = !json::text(url, "media_key").empty();
        const auto whole = json::text(url, "expanded_url");
        all.push_back({media ? (whole.find("/video/") != whole.npos ? "video" : "photo") : "link", whole.empty() ? json::text(url, "url") : whole});
    }
    const auto media = json::list(json::member(post, "attachments"), "media_keys").size();
    const auto named = static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Attachment& one) { return one.kind != "link"; }));
    for (auto i = named; i < media; ++i) all.push_back({"photo", ""});
    return all;
}

struct Class {
    std::string_view problem;
    Ending ending;
    bool whole_credential;
    bool tell;
    std::string_view words;
};

/// Types of problems, by the last part of their address (docs.x.com, August 2026).
constexpr std::array classes = {
    Class{"usage-capped", Ending::later, true, true, "the month's posts or the prepaid money are used up"},
    Class{"credits-depleted", Ending::later, true, true, "the prepaid money is used up"},
    Class{"client-forbidden", Ending::reauth, false, false, "the app's plan does not give this call"},
    Class{"client-not-enrolled", Ending::reauth, true, false, "the app belongs to no project with a plan"},
    Class{"unsupported-authentication", Ending::reauth, false, false, "this call needs the other kind of token"},
    Class{"oauth1-permissions", Ending::reauth, false, false, "the app lacks a permission"},
    Class{"not-authorized-for-resource", Ending::reauth, false, false, "the token may not see this account"},
    Class{"resource-not-found", Ending::gone, false, false, "it does not exist"},
    Class{"streaming-connection", Ending::later, false, false, "a line of this app is open already"},
    Class{"operational-disconnect", Ending::later, false, false, "the line was closed by X"},
    Class{"rule-cap", Ending::broken, false, true, "the app has as many rules as its plan allows"},
    Class{"invalid-rules", Ending::broken, false, false, "a rule is not understood"},
    Class{"internal-error", Ending::later, false, false, "an error inside X"},
    Class{"invalid-request", Ending::broken, false, false, "the question was not understood"},
};

} // namespace

Time next_day(Time now) { return std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1}; }

bool is_repost(const Json& post) { return !reference(post, "retweeted").empty(); }

std::string newest_version(const Json& post) {
    const auto& history = history_of(post);
    return history.empty() || !history.back().is_string() ? json::text(post, "id") : history.back().get<std::string>();
}

Post read_post(const Json& item, const Json& includes, const std::string& own_id) {
    Post post;
    post.platform = "x";
    post.id = json::text(item, "id");
    const auto created = parse_time(json::text(item, "created_at"));
    if (!is_id(post.id)) throw Error(Error::Kind::input, "x: a post without id");
    if (!created) throw Error(Error::Kind::input, "x: a post without a time");
    post.posted_at = *created;
    post.url = "https://x.com/i/status/" + post.id;
    const auto& history = history_of(item);
    const auto first = !history.empty() && history.front().is_string() ? history.front().get<std::string>() : post.id;
    if (first != post.id && is_id(first)) { // an edit is written under a new id
        post.edited_at = *created;
        post.id = first;
        post.posted_at = Time{first_of_snowflakes} + std::chrono::milliseconds{std::stoll(first) >> 22};
        if (post.posted_at > *created) post.posted_at = *created;
    }
    post.author.id = json::text(item, "author_id");
    if (!post.author.id.empty()) add_author(includes, post.author);
    if (post.author.handle.empty()) post.author.handle = json::text(item, "username");
    post.text = text_of(item);
    if (const auto lang = json::text(item, "lang"); lang.size() == 2) post.lang = lang; // «und», «zxx», «qme» say nothing
    post.parent_id = reference(item, "replied_to");
    post.own = !own_id.empty() && post.author.id == own_id;
    post.kind = !post.parent_id.empty() ? PostKind::comment : post.own ? PostKind::post : PostKind::mention;
    post.attachments = attachments_of(item);
    const auto& metrics = json::member(item, "public_metrics");
    const auto reposts = metrics.contains("repost_count") ? json::count(metrics, "repost_count") : json::count(metrics, "retweet_count");
    const auto quotes = json::count(metrics, "quote_count");
    if (reposts || quotes) post.metrics.shares = reposts.value_or(0) + quotes.value_or(0);
    post.metrics.likes = json::count(metrics, "like_count");
    post.metrics.comments = json::count(metrics, "reply_count");
    post.metrics.views = json::count(metrics, "impression_count");
    return post;
}

std::string problem_of(const Json& problem) {
    const auto type = json::text(problem, "type");
    const auto word = type.substr(type.rfind('/') + 1);
    const bool plain = word.size() <= 40 && std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-'; });
    return type.find("/problems/") != type.npos && plain ? word : std::string();
}

std::vector<Deletion> deletions_of(const Json& body, Time now) {
    std::vector<Deletion> gone;
    for (const auto& error : json::list(body, "errors")) {
        const auto problem = problem_of(error), what = json::text(error, "resource_type");
        if ((problem != "resource-not-found" && problem != "not-authorized-for-resource") || (what != "tweet" && what != "post")) continue;
        const auto id = json::text(error, "resource_id").empty() ? json::text(error, "value") : json::text(error, "resource_id");
        if (is_id(id)) gone.push_back({"x", "", id, now});
    }
    return gone;
}

Outcome outcome_of(const HttpAnswer& answer, Time now) {
    auto outcome = outcome_of_status(answer, "x", now);
    if (outcome.ok()) return outcome;
    if (answer.status == 429 && !retry_after(answer.headers, now)) {
        const auto reset = std::strtoll(header(answer.headers, "x-rate-limit-reset").c_str(), nullptr, 10);
        const Time at{std::chrono::seconds{std::clamp<long long>(reset, 0, 100'000'000'000)}};
        if (at > now) outcome.not_before = std::min<Time>(at, now + 24h);
    }
    const auto problem = problem_of(json::parse(answer.body));
    for (const auto& one : classes) {
        if (one.problem != problem) continue;
        outcome = {one.ending, "x: " + problem + ": " + std::string(one.words), outcome.not_before, one.whole_credential, one.tell};
        if (one.ending == Ending::later && one.tell) outcome.not_before = next_day(now);
        return outcome;
    }
    if (answer.status == 402) // nothing is answered until somebody pays; a look an hour costs nothing
        return {Ending::later, "x: status 402: the prepaid money is used up", now + 1h, true, true};
    return outcome;
}

std::optional<double> used_share(const Headers& headers) {
    const auto limit = std::strtod(header(headers, "x-rate-limit-limit").c_str(), nullptr);
    const auto left = header(headers, "x-rate-limit-remaining");
    if (limit <= 0 || left.empty()) return {};
    return std::clamp(1 - std::strtod(left.c_str(), nullptr) / limit, 0.0, 1.0);
}

} // namespace larum::connectors::x
