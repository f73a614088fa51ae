#include "connectors/shared/call.h"
#include "connectors/shared/discourse_post.h"
#include "connectors/shared/discourse_receiver.h"
#include "connectors/shared/host.h"
#include "connectors/shared/id_walk.h"
#include "connectors/shared/items.h"
#include "connectors/shared/newest_first.h"
#include "core/crypto.h"

#include <algorithm>
#include <cstdlib>

/// Discourse forums: all public posts, or those that a search finds, by poll; posts by webhook.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;

constexpr std::size_t seen_most = 200; ///< found posts that are remembered, so that each is fetched once
constexpr std::int64_t ids_a_page = 50;
constexpr std::string_view search_prefix = "search:", post_prefix = "post:", topic_prefix = "topic:";

struct Settings {
    std::string host;
    config::Secret api_key;
    std::string api_user = "system";
    bool posts = true;
    std::vector<std::string> search;
    std::vector<std::string> own;
    Span history = 24h;
    int pages_max = 50;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("host", &Settings::host, "Address of the forum, such as https://forum.example."),
        config::option("api_key", &Settings::api_key, "API key of the forum, made by an administrator; scope posts:list and posts:read are enough. Without it only what anybody sees is read."),
        config::option("api_user", &Settings::api_user, "User that the key speaks for; \"system\" for a key of all users."),
        config::option("posts", &Settings::posts, "All posts of the forum are read. Switch it off in a forum of others, and search."),
        config::option("search", &Settings::search, "Words or phrases to search for, in the forum's search language."),
        config::option("own", &Settings::own, "Names of users that write for the brand."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
        config::option("pages_max", &Settings::pages_max, "Pages of 50 that one walk back may read. What lies beyond is recorded as a gap."),
    };
    return all;
}

// ---- answers -----------------------------------------------------------------------------------------

Outcome outcome_of(const HttpAnswer& answer, Time now) {
    auto outcome = outcome_of_status(answer, "discourse", now);
    if (outcome.ok()) return outcome;
    const auto body = json::parse(answer.body);
    if (answer.status == 429 && !retry_after(answer.headers, now))
        if (const auto wait = json::number(json::member(body, "extras"), "wait_seconds"); wait && *wait > 0)
            outcome.not_before = now + std::chrono::seconds{static_cast<std::int64_t>(std::clamp(*wait, 1.0, 86'400.0))};
    const auto type = json::text(body, "error_type");
    if (answer.status == 403) outcome.reason += type == "not_logged_in" ? ": the forum is for members; api_key is needed" : ": the API key is not taken, or may not do this";
    if (answer.status / 100 == 3) outcome.reason += ": sent on to another address; is the forum for members, or did it move?";
    return outcome;
}

class Discourse final : public Connector {
public:
    Discourse(Settings settings, Http& http) : settings_(std::move(settings)), ground_{settings_.host, host_name(settings_.host), settings_.own}, http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all;
        if (settings_.posts) all.push_back({"posts", false, {}, {}});
        for (const auto& words : settings_.search) all.push_back({std::string(search_prefix) + words, false, {}, {}});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "posts") return poll_posts(stream, call.now);
        if (stream.name.starts_with(search_prefix)) return poll_search(stream, call.now);
        if (stream.name.starts_with(post_prefix)) return poll_found(stream, "/posts/" + percent_encoded(stream.name.substr(post_prefix.size())) + ".json", call.now);
        if (stream.name.starts_with(topic_prefix)) return poll_found(stream, "/t/" + percent_encoded(stream.name.substr(topic_prefix.size())) + ".json", call.now);
        return {{Ending::gone, "discourse: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return 1; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return ground_.realm; }

private:
    Answered ask(const std::string& target, Time now) const {
        HttpRequest request;
        request.url = settings_.host + target;
        request.headers = {{"Accept", "application/json"}};
        if (!settings_.api_key.empty()) {
            request.headers.emplace_back("Api-Key", settings_.api_key.reveal());
            request.headers.emplace_back("Api-Username", settings_.api_user);
        }
        auto answered = send(http_, request, "discourse");
        if (answered.outcome.ok()) answered.outcome = outcome_of(answered.answer, now);
        return answered;
    }

    PollResult poll_posts(const Stream& stream, Time now) const;
    PollResult poll_search(const Stream& stream, Time now) const;
    PollResult poll_found(const Stream& stream, const std::string& target, Time now) const;

    Settings settings_;
    discourse::Ground ground_;
    Http& http_;
};

/// Where a walk back goes on. A page is made of fifty ids, or of fifty posts, depending on the forum's version: an empty
/// one may hold nothing but private messages, so it ends no walk that has not come to the known id.
std::string next_below(const std::vector<IdWalk::Item>& items, const IdWalk& walk) {
    std::string lowest;
    for (const auto& item : items)
        if (lowest.empty() || earlier_id(item.id, lowest)) lowest = item.id;
    if (!lowest.empty() && (walk.below().empty() || earlier_id(lowest, walk.below()))) return lowest;
    if (walk.after().empty() || walk.below().empty()) return {};
    const auto below = std::strtoll(walk.below().c_str(), nullptr, 10) - ids_a_page;
    return below > 0 ? std::to_string(below) : std::string();
}

PollResult Discourse::poll_posts(const Stream& stream, Time now) const {
    IdWalk walk(stream.cursor, {30min, settings_.history, settings_.pages_max}, now);
    const auto answered = ask("/posts.json" + (walk.below().empty() ? std::string() : "?before=" + percent_encoded(walk.below())), now);
    PollResult result{answered.outcome, {}};
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || !body.contains("latest_posts") || !body["latest_posts"].is_array())
        return {{Ending::later, "discourse: the answer is no list", {}, false}, {}};
    std::vector<IdWalk::Item> seen;
    read_items(body["latest_posts"], result.page, [&](const Json& item) {
        const auto id = json::count(item, "id");
        if (id && *id > 0) seen.push_back({std::to_string(*id), parse_time(json::text(item, "created_at")).value_or(now)});
        discourse::read_post(item, ground_, "", now, result.page);
    });
    walk.back(seen, next_below(seen, walk), result.page);
    return result;
}

/// A search gives the beginning of each post only, so what it finds becomes a stream that fetches the whole once.
PollResult Discourse::poll_search(const Stream& stream, Time now) const {
    auto kept = json::parse(stream.cursor);
    if (!kept.is_object()) kept = Json::object();
    NewestFirst walk(json::text(kept, "walk"), {10min, settings_.history, 10}, now);
    const auto page_number = walk.position().empty() ? std::string("1") : walk.position();
    const auto words = stream.name.substr(search_prefix.size()) + " order:latest";
    const auto answered = ask("/search.json?q=" + percent_encoded(words) + "&page=" + percent_encoded(page_number), now);
    PollResult result{answered.outcome, {}};
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    if (!body.is_object() || !body.contains("grouped_search_result")) return {{Ending::later, "discourse: the answer is no search result", {}, false}, {}};
    auto seen = json::list(kept, "seen");
    std::vector<Time> times;
    read_items(json::list(body, "posts"), result.page, [&](const Json& item) {
        const auto id = json::text(item, "id"), topic = json::text(item, "topic_id");
        const auto at = parse_time(json::text(item, "created_at"));
        if (id.empty() || topic.empty() || !at) throw Error(Error::Kind::input, "discourse: a found post without id, topic or time");
        times.push_back(*at);
        if (*at < now - settings_.history - 1h || std::find(seen.begin(), seen.end(), id) != seen.end()) return;
        seen.push_back(id);
        const bool first = json::count(item, "post_number") == 1; // its title stands in the topic alone
        result.page.streams.push_back({first ? std::string(topic_prefix) + topic : std::string(post_prefix) + id, false, {}, now + 24h});
    });
    while (seen.size() > seen_most) seen.erase(seen.begin());
    const auto& summary = json::member(body, "grouped_search_result");
    const bool more = json::flag(summary, "more_full_page_results") || !json::text(summary, "more_full_page_results").empty();
    walk.advance(times, more ? std::to_string(std::atoi(page_number.c_str()) + 1) : std::string(), result.page);
    result.page.cursor = json::raw({{"walk", *result.page.cursor}, {"seen", seen}});
    return result;
}

/// The whole of a found post, or the first post of a found topic; then the stream has done its work.
PollResult Discourse::poll_found(const Stream& stream, const std::string& target, Time now) const {
    const auto answered = ask(target, now);
    PollResult result{answered.outcome, {}};
    if (answered.answer.status == 403) result.outcome = {Ending::gone, "discourse: status 403: the post is not public any more", {}, false};
    if (!result.outcome.ok()) return result;
    const auto body = json::parse(answered.answer.body);
    const bool topic = stream.name.starts_with(topic_prefix);
    const auto& posts = json::list(json::member(body, "post_stream"), "posts");
    if (!body.is_object() || (topic && posts.empty())) return {{Ending::later, "discourse: the answer is no post", {}, false}, {}};
    read_items(Json::array({topic ? posts.front() : body}), result.page, [&](const Json& item) { discourse::read_post(item, ground_, json::text(body, "title"), now, result.page); });
    result.page.streams.push_back({stream.name, true, {}, {}});
    return result;
}

RecheckResult Discourse::recheck(std::span<const Post> known, Call& call) {
    if (known.empty()) return {};
    const auto& post = known.front();
    const auto answered = ask("/posts/" + percent_encoded(post.id) + ".json", call.now);
    RecheckResult result{answered.outcome, {}, {}};
    if (result.outcome.ending == Ending::gone) return {{}, {}, {{"discourse", ground_.realm, post.id, call.now}}};
    if (answered.answer.status == 403) return {}; // moved to where we may not look; a dead key shows when posts are read
    if (!result.outcome.ok()) return result;
    // A post alone comes without its topic's title, which is the beginning of the text that we know.
    const auto title = post.text.substr(0, std::min(post.text.find("\n\n"), post.text.size()));
    Page page;
    read_items(Json::array({json::parse(answered.answer.body)}), page, [&](const Json& item) { discourse::read_post(item, ground_, title, call.now, page); });
    if (!page.rejected.empty()) return {{Ending::later, "discourse: the answer is no post", {}, false}, {}, {}};
    result.posts = std::move(page.posts);
    result.deletions = std::move(page.deletions);
    return result;
}

Probe Discourse::probe(Call& call) {
    const auto answered = ask(settings_.posts ? "/posts.json" : "/search.json?q=larum&page=1", call.now);
    Probe probe{answered.outcome, {}, {}, {}};
    if (!probe.outcome.ok()) return probe;
    if (!json::parse(answered.answer.body).is_object()) return probe.outcome = {Ending::later, "discourse: the answer is no list", {}, false}, probe;
    probe.account = ground_.realm;
    probe.type = settings_.api_key.empty() ? "nobody" : "API key";
    if (settings_.api_key.empty()) probe.notes = {"without api_key only categories that anybody sees are read"};
    return probe;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.host.ends_with('/')) settings.host.pop_back();
    if (table.find("host")) check_host(table, "host", settings.host, problems);
    if (!settings.posts && settings.search.empty()) problems.add(table.at, "posts is off and search is empty: what is to be read?");
    if (settings.pages_max < 1 || settings.pages_max > 1000) problems.add(table.find("pages_max")->at, "pages_max must be 1 to 1000");
    auto credential = sha256_hex("discourse\n" + settings.host + '\n' + settings.api_key.reveal());
    return {std::make_unique<Discourse>(std::move(settings), services.http), std::move(credential)};
}

} // namespace

const Kind& discourse_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "discourse";
        made.platform = "discourse";
        made.gives = "All public posts of a Discourse forum, or those a search finds; edits and deletions by webhook.";
        made.needs = "The forum's address; for forums of members an API key, for webhooks an administrator of the forum.";
        made.terms = "Discourse is software without terms for readers; each forum has its own (https://FORUM/tos and https://FORUM/privacy, with their dates "
                     "there). Read those before you set matching = \"full\".";
        made.options = config::describe(options());
        made.interval = 60s;
        made.matching_most = Matching::full;
        made.calls_per_second = 0.8; // 60 a minute for keys
        made.burst = 10;
        made.make = make;
        made.app_options = discourse::app_options();
        made.make_receiver = discourse::make_receiver;
        made.cannot = {
            "Private messages, whispers of staff and categories that the key may not see are not read.",
            "Edits and deletions of older posts come by webhook, or when a known post is looked at again, one a call.",
            "A reply names the number of the post it answers, not its id: larum shows it in its topic, without a parent.",
        };
        made.setup = {
            "In your own forum: Admin, API, New API key; scope granular, posts: list and read, search: show, topics: read; user system or a user of its own.",
            "Webhooks: Admin, API, Webhooks, New. Payload URL https://YOUR-HOST/hooks/APP, content type application/json, a secret of your own, the post events.",
            "In a forum of others: ask whether it may be read by a program, set posts = false and search.",
        };
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
