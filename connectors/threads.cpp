#include "connectors/shared/graph_probe.h"
#include "connectors/shared/graph_read.h"
#include "connectors/shared/graph_settings.h"
#include "connectors/shared/graph_threads.h"
#include "connectors/shared/graph_webhook.h"
#include "connectors/shared/long_token.h"
#include "connectors/shared/meta_words.h"
#include "connectors/shared/oauth.h"
#include "connectors/shared/rolling_quota.h"

#include <algorithm>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace graph;
using namespace graph::threads;

constexpr std::string_view search_prefix = "search:";
constexpr Span replies_read_every = 5min;
constexpr Span sight_trusted_for = 24h * 7; ///< that posts of a kind may be read one by one
constexpr Span sight_kept_for = 24h;        ///< before it is written down anew

config::Options<Settings> options() {
    using config::option, config::required;
    return {
        required("account", &Settings::page, "Native id of the account, digits only (GET /me names it)."),
        required("token", &Settings::token,
                 "The account's long-lived token (60 days). larum exchanges it every week and keeps the newest."),
        option("searches", &Settings::searches,
               "Words to search all of Threads for; \"#word\" is a topic tag. Needs threads_keyword_search."),
        option("searches_per_day", &Settings::searches_per_day,
               "Searches in any 24 hours, shared by all words; Meta stops the account at 2,200 over all its apps."),
        option("host", &Settings::host, "Where the API lives. Another host is for tests."),
        option("history", &Settings::history, "How far back the first read goes."),
        option("comments_for", &Settings::comments_for,
               "How long after it was written the conversation below a post of yours is read. Later replies still "
               "come by webhook."),
        option("pages_max", &Settings::pages_max,
               "Pages that one read may walk back. What lies beyond is recorded as a gap."),
    };
}

class Threads final : public Connector {
public:
    Threads(Settings settings, Http& http)
        : settings_(std::move(settings)), token_(access_of(settings_), "th_refresh_token"),
          quota_("searches", settings_.searches_per_day), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"mentions"}, {"posts"}, {"replies", false, replies_read_every}};
        for (const auto& words : settings_.searches)
            all.push_back({std::string(search_prefix) + words, false, search_every()});
        return all;
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (auto opened = token_.open(http_, call)) return {*opened, {}};
        auto result = poll_open(stream, call);
        result.outcome = name_permission(result.outcome, stream.name, permission_of(stream.name));
        return result;
    }

    Probe probe(Call& call) override {
        if (auto opened = token_.open(http_, call)) {
            Probe probe{};
            return probe.outcome = *opened, probe;
        }
        Needs needs{Needs::Whose::self, {"threads_basic", "threads_read_replies", "threads_manage_mentions"}, {}};
        if (!settings_.searches.empty())
            needs.extras.push_back({"searches among other people's posts", {"threads_keyword_search"}});
        auto probe = graph::probe(http_, token_.access(call.session), needs, call.now);
        if (!probe.expires_at) probe.expires_at = token_.ends(call.session);
        return probe;
    }

    std::size_t recheck_most() const override { return 1; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;

    std::string account() const override { return settings_.page; }

private:
    static Access access_of(const Settings& settings) {
        auto access = settings.access("threads");
        access.api_version = "v1.0";
        return access;
    }
    static std::string_view permission_of(std::string_view stream) {
        if (stream == "mentions") return "threads_manage_mentions";
        if (stream == "posts") return "threads_basic";
        return stream.starts_with(search_prefix) ? "threads_keyword_search" : "threads_read_replies";
    }
    /// All words together stay below the day's searches, with a tenth left for walks of several pages.
    std::optional<Span> search_every() const {
        const auto count = static_cast<std::int64_t>(settings_.searches.size());
        const Span every = Span(24h) * count * 10 / (9 * settings_.searches_per_day);
        return every > Span(1min) ? std::optional(every) : std::nullopt;
    }
    PollResult poll_open(const Stream& stream, Call& call);
    PollResult poll_replies(const Stream& stream, Call& call);
    PollResult poll_posts(const Stream& stream, Call& call);
    PollResult poll_conversation(const Stream& stream, Call& call);
    PollResult poll_search(const Stream& stream, Call& call);
    template <class Walker, class Read>
    PollResult list(Walker& walker, const std::string& path, Query query, Call& call, Read read);

    Settings settings_;
    LongToken token_;
    RollingQuota quota_;
    Http& http_;
};

const Walk& walk_of(const Walk& walk) { return walk; }
const Walk& walk_of(const Sweep& sweep) { return sweep.walk(); }

template <class Walker, class Read>
PollResult Threads::list(Walker& walker, const std::string& path, Query query, Call& with, Read read) {
    const auto& position = walk_of(walker).position();
    query.insert(query.end(), position.begin(), position.end());
    const auto access = token_.access(with.session);
    const auto reply = call(http_, access, get(access, path, query), with.now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page, read);
    walker.advance(times, next_by_cursor(reply.document->root()), result.page);
    return result;
}

PollResult Threads::poll_open(const Stream& stream, Call& call) {
    if (stream.name.starts_with(conversation_prefix)) return poll_conversation(stream, call);
    const bool search = stream.name.starts_with(search_prefix), own = stream.name == "posts";
    if (!search && !own && stream.name != "mentions" && stream.name != "replies")
        return {{Ending::gone, "threads: no stream \"" + stream.name + "\"", {}}, {}};
    auto result = own ? poll_posts(stream, call) : search ? poll_search(stream, call) : poll_replies(stream, call);
    result.outcome = standing(result.outcome);
    return result;
}

/// What names the account, or «replies»: those that it wrote itself, wherever they stand.
PollResult Threads::poll_replies(const Stream& stream, Call& call) {
    const bool mentions = stream.name == "mentions";
    Walk walk(stream.cursor, settings_.bounds(), call.now);
    return list(walk, "/me/" + stream.name, {{"fields", reply_fields}, {"limit", "50"}}, call, [&](Element item) {
        auto post = read_thread(item, settings_.page, mentions ? PostKind::mention : PostKind::comment);
        post.own = post.own || !mentions;
        return post;
    });
}

PollResult Threads::poll_posts(const Stream& stream, Call& call) {
    auto bounds = settings_.bounds();
    bounds.history = std::max(bounds.history, settings_.comments_for);
    Walk walk(stream.cursor, bounds, call.now);
    auto result = list(walk, "/me/threads", {{"fields", fields}, {"limit", "50"}}, call, [&](Element item) {
        auto post = read_thread(item, settings_.page, PostKind::post);
        post.own = true;
        return post;
    });
    for (const auto& post : result.page.posts)
        if (const auto until = post.posted_at + settings_.comments_for; until > call.now)
            result.page.streams.push_back({std::string(conversation_prefix) + post.id, false,
                                           rhythm(call.now - post.posted_at), until});
    return result;
}

PollResult Threads::poll_conversation(const Stream& stream, Call& call) {
    const auto root = stream.name.substr(conversation_prefix.size());
    // Where replies to replies are put among the newest is not said: now and then all of it is gone over.
    Sweep sweep(stream.cursor, {settings_.bounds(), 6h, settings_.comments_for}, call.now);
    const Query query = {{"fields", reply_fields}, {"reverse", "true"}}; // newest first
    auto result = list(sweep, '/' + root + "/conversation", query, call, [&](Element item) {
        auto post = read_thread(item, settings_.page, PostKind::comment);
        if (post.parent_id.empty()) post.parent_id = root;
        return post;
    });
    if (!result.outcome.ok()) return result;
    const auto& walk = sweep.walk();
    if (!result.page.more)
        result.page.next_in = rhythm(call.now - std::max(walk.born(), walk.mark().value_or(walk.born())));
    return result;
}

PollResult Threads::poll_search(const Stream& stream, Call& call) {
    if (const auto until = quota_.full_until(call.session, call.now)) {
        Outcome outcome{Ending::later, "threads: the day's " + std::to_string(settings_.searches_per_day) +
                                           " searches are used up", until};
        outcome.tell = true; // mentions and replies go on
        return {outcome, {}};
    }
    Walk walk(stream.cursor, settings_.bounds(), call.now);
    const auto words = stream.name.substr(search_prefix.size());
    const bool tag = words.starts_with('#');
    Query query = {{"q", tag ? words.substr(1) : words},
                   {"search_type", "RECENT"},
                   {"search_mode", tag ? "TAG" : "KEYWORD"},
                   {"fields", fields},
                   {"limit", "50"}};
    const auto since = std::chrono::floor<std::chrono::seconds>(walk.floor()).time_since_epoch().count();
    if (walk.position().empty()) query.emplace_back("since", std::to_string(since));
    auto result = list(walk, "/keyword_search", query, call, [&](Element item) {
        return read_thread(item, settings_.page, PostKind::mention);
    });
    // Meta does not count a search that finds nothing.
    if (result.outcome.ok() && !result.page.posts.empty()) quota_.count(call.session, call.now);
    return result;
}

/// Meta says the same of what is gone and of what we may not see. It is believed of a kind of post when another of that
/// kind was read lately in the same way.
RecheckResult Threads::recheck(std::span<const Post> known, Call& with) {
    if (known.empty()) return {};
    if (auto opened = token_.open(http_, with)) return {*opened, {}, {}};
    Post post = known.front();
    const auto sight = "sees_" + std::string(word(post.own ? PostKind::post : post.kind));
    const auto seen_at = parse_time(OAuth::remembered(with.session, sight.c_str()));
    const auto access = token_.access(with.session);
    const auto reply = call(http_, access, get(access, '/' + post.id, {{"fields", "id,text"}}), with.now);
    const bool barred = reply.outcome.ending == Ending::reauth && !reply.outcome.whole_credential;
    if (barred) return {}; // the polls name the permission that is missing
    if (reply.outcome.ending == Ending::gone) {
        if (!seen_at || with.now - *seen_at > sight_trusted_for) return {};
        return {{}, {}, {{post.platform, post.realm, post.id, with.now}}};
    }
    if (!reply.document) return {reply.outcome, {}, {}};
    const auto root = reply.document->root();
    if (text(root, "id") != post.id) return {{Ending::later, "threads: the answer is not the post that was asked for", {}}, {}, {}};
    if (!seen_at || with.now - *seen_at > sight_kept_for) OAuth::remember(with.session, sight.c_str(), format_time(with.now));
    post.text = text(root, "text");
    if (post.text != known.front().text) post.edited_at = with.now;
    return {{}, {std::move(post)}, {}};
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(options(), table, common_keys, problems);
    if (!table.find("host")) settings.host = "https://graph.threads.net";
    if (settings.searches_per_day < 1 || settings.searches_per_day > 2200)
        problems.add(table.at, "searches_per_day must be 1 to 2200"), settings.searches_per_day = 1;
    for (const auto& words : settings.searches)
        if (words.empty() || words == "#" || words.size() > 200)
            problems.add(table.at, "searches: each must be 1 to 200 bytes long");
    if (settings.searches.size() > 50) problems.add(table.at, "searches may be 50 at most");
    const auto credential = settings.credential("threads");
    return {std::make_unique<Threads>(std::move(settings), services.http), credential};
}

std::unique_ptr<Receiver> make_threads_receiver(const config::Value& table, const std::vector<std::string>& common_keys,
                                                config::Problems& problems) {
    return make_receiver_of(table, common_keys, problems, threads::read_entries);
}

} // namespace

const Kind& threads_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = made.platform = "threads";
        made.gives = "Mentions, the conversations below an account's own posts, and searches by word or topic tag.";
        made.needs = "The account's token with threads_basic, threads_read_replies, threads_manage_mentions; for "
                     "searches and webhooks the app's review.";
        made.options = config::describe(options());
        made.make = make;
        made.app_options = app_options();
        made.make_receiver = make_threads_receiver;
        say_threads(made);
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
