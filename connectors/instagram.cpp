#include "connectors/shared/graph_instagram.h"
#include "connectors/shared/instagram_lookup.h"
#include "connectors/shared/graph_probe.h"
#include "connectors/shared/graph_read.h"
#include "connectors/shared/graph_settings.h"
#include "connectors/shared/graph_webhook.h"
#include "connectors/shared/long_token.h"
#include "connectors/shared/meta_words.h"

#include <algorithm>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace graph;
namespace ig = graph::instagram;

constexpr std::string_view comments_prefix = "comments:";
constexpr std::string_view replies_prefix = "replies:";

/// Where in a list replies stand is not documented: a long thread is read whole.
constexpr Span whole = 24h * 365;
constexpr Span replies_read_every = 1h;

config::Options<Settings> options() {
    using config::option, config::required;
    return {
        required("account", &Settings::page, "Native id of the professional account, digits only (17841...)."),
        required("token", &Settings::token,
                 "Access token: of the linked page or a system user (login = \"facebook\"), or of the account itself "
                 "(login = \"instagram\"; larum exchanges it every week)."),
        option("login", &Settings::login,
               "How the account lets larum in: \"facebook\" by the page it is linked with, \"instagram\" by itself. "
               "Mentions are read with \"facebook\" only."),
        option("app_secret", &Settings::app_secret,
               "Secret of the app that the token belongs to; with login = \"facebook\" every call proves it."),
        option("app_id", &Settings::app_id,
               "Id of that app. With it `larum check --online` sees permissions and expiry (login = \"facebook\")."),
        option("page", &Settings::linked_page,
               "Id of the linked page, with login = \"facebook\" and webhooks = true: its subscription carries them."),
        option("host", &Settings::host, "Where the API lives; empty: what `login` says. Another host is for tests."),
        option("history", &Settings::history, "How far back the first read goes."),
        option("comments_for", &Settings::comments_for,
               "How long after it was published a media's comments are read. Later ones still come by webhook."),
        option("pages_max", &Settings::pages_max,
               "Pages of 50 that one read may walk back. What lies beyond is recorded as a gap."),
        option("webhooks", &Settings::webhooks,
               "Meta sends webhooks to an [app.NAME] of larum: say so when it drops the subscription."),
    };
}

std::vector<std::string> scopes(Login login) {
    if (login == Login::instagram) return {"instagram_business_basic", "instagram_business_manage_comments"};
    return {"instagram_basic", "instagram_manage_comments", "pages_read_engagement"};
}

class Instagram final : public Connector {
public:
    Instagram(Settings settings, Http& http)
        : settings_(std::move(settings)),
          token_(settings_.access("instagram"), "ig_refresh_token"), http_(http) {}

    std::vector<StreamChange> streams() const override {
        return with_subscription({{"media"}, {"tags"}}, settings_);
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (auto opened = open(call)) return {*opened, {}};
        const auto access = token_.access(call.session);
        auto result = poll_open(stream, access, call.now);
        const auto& needed = stream.name == subscription_stream && login() == Login::facebook
                                 ? "pages_manage_metadata"
                                 : scopes(login())[stream.name == "media" ? 0 : 1];
        result.outcome = name_permission(result.outcome, stream.name, needed);
        return result;
    }

    // Batches are documented for graph.facebook.com alone.
    std::size_t recheck_most() const override { return login() == Login::facebook ? recheck_batch : 1; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;
    Probe probe(Call& call) override;
    std::string account() const override { return settings_.page; }

private:
    Login login() const { return settings_.login; }
    std::optional<Outcome> open(Call& call) const {
        if (login() == Login::facebook) return {};
        return token_.open(http_, call);
    }
    PollResult poll_open(const Stream& stream, const Access& access, Time now) const;
    PollResult poll_media(const Stream& stream, const Access& access, Time now) const;
    PollResult poll_tags(const Stream& stream, const Access& access, Time now) const;
    PollResult poll_comments(const Stream& stream, const Access& access, Time now) const;
    PollResult poll_replies(const Stream& stream, const Access& access, Time now) const;
    Reply ask(const Access& access, const std::string& path, Query query, const Walk& walk, Time now) const;
    void read_replies(Element comment, const std::string& media, Time now, Page& page) const;
    Sweep::Bounds sweeping(Span every, Span back) const { return {settings_.bounds(), every, back}; }

    Settings settings_;
    LongToken token_;
    Http& http_;
};

PollResult Instagram::poll_open(const Stream& stream, const Access& access, Time now) const {
    if (stream.name == "media") return poll_media(stream, access, now);
    if (stream.name == "tags") return poll_tags(stream, access, now);
    if (stream.name.starts_with(comments_prefix)) return poll_comments(stream, access, now);
    if (stream.name.starts_with(replies_prefix)) return poll_replies(stream, access, now);
    if (stream.name.starts_with(ig::lookup_prefix)) return ig::look_up(http_, access, stream.name, now);
    if (stream.name.starts_with(ig::mention_prefix))
        return login() == Login::facebook ? ig::look_up_mention(http_, access, stream.name, now)
                                          : ig::unreadable_mention(stream.name);
    if (stream.name == subscription_stream)
        return poll_subscription(http_, access,
                                 login() == Login::facebook ? settings_.linked_page : settings_.page, now);
    return {{Ending::gone, "instagram: no stream \"" + stream.name + "\"", {}}, {}};
}

Reply Instagram::ask(const Access& access, const std::string& path, Query query, const Walk& walk, Time now) const {
    query.emplace_back("limit", std::to_string(walk.page_size(50)));
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    return call(http_, access, get(access, path, query), now);
}

/// The account's own media: who comments, comments there. As far back as comments are read at all.
PollResult Instagram::poll_media(const Stream& stream, const Access& access, Time now) const {
    auto bounds = settings_.bounds();
    bounds.history = std::max(bounds.history, settings_.comments_for);
    Walk walk(stream.cursor, bounds, now);
    const auto reply = ask(access, '/' + settings_.page + "/media", {{"fields", ig::media_fields}}, walk, now);
    auto result = ig::begin(reply);
    result.outcome = standing(result.outcome);
    if (!reply.document) return result;
    std::vector<StreamChange>& streams = result.page.streams;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        auto post = ig::read_media(item, settings_.page, PostKind::post);
        post.own = true;
        const auto enabled = member(item, "is_comment_enabled");
        const bool closed = enabled && !flag(item, "is_comment_enabled");
        const auto until = post.posted_at + settings_.comments_for;
        if (!closed && until > now)
            streams.push_back({ig::comments_of(post.id), false, rhythm(now - post.posted_at), until});
        return post;
    });
    walk.advance(times, next_of(reply.document->root()), result.page);
    return result;
}

PollResult Instagram::poll_tags(const Stream& stream, const Access& access, Time now) const {
    Sweep sweep(stream.cursor, sweeping(24h, settings_.history), now); // an old media may be tagged today
    const auto reply =
        ask(access, '/' + settings_.page + "/tags", {{"fields", ig::tagged_fields}}, sweep.walk(), now);
    auto result = ig::begin(reply);
    result.outcome = standing(result.outcome);
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        return ig::read_media(item, settings_.page, PostKind::mention);
    });
    sweep.advance(times, next_by_cursor(reply.document->root()), result.page);
    return result;
}

/// Replies come along with their comment; a longer thread gets a stream of its own.
void Instagram::read_replies(Element comment, const std::string& media, Time now, Page& page) const {
    const auto edge = member(comment, "replies");
    simdjson::dom::array list;
    if (!edge || (*edge)["data"].get(list) != simdjson::SUCCESS) return;
    const auto above = member(comment, "media");
    for (const auto item : list) {
        try {
            auto reply = ig::read_comment(item, settings_.page, PostKind::comment, media);
            if (text(item, "parent_id").empty()) reply.parent_id = text(comment, "id");
            if (above) reply.url = text(*above, "permalink"), ig::mark_own(reply, text(*above, "username"));
            page.posts.push_back(std::move(reply));
        } catch (const Error& error) {
            page.rejected.push_back(std::string(error.what()) + '\t' + raw(item));
        }
    }
    if (next_of(*edge))
        page.streams.push_back({std::string(replies_prefix) + text(comment, "id"), false, replies_read_every,
                                now + ig::reopened_for});
}

PollResult Instagram::poll_comments(const Stream& stream, const Access& access, Time now) const {
    const auto media = stream.name.substr(comments_prefix.size());
    // The list is newest first by comments alone: a reply to an old comment is seen by going over all of it.
    Sweep sweep(stream.cursor, sweeping(6h, settings_.comments_for), now);
    const auto reply = ask(access, '/' + media + "/comments", {{"fields", ig::comment_fields}}, sweep.walk(), now);
    auto result = ig::begin(reply);
    if (reply.too_much && sweep.ask_for_less(result.page)) result.outcome = {};
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        return ig::read_comment(item, settings_.page, PostKind::comment, media);
    });
    for (const auto item : reply.document->items()) read_replies(item, media, now, result.page);
    oldest_first(result.page.posts);
    sweep.advance(times, next_of(reply.document->root()), result.page);
    if (!result.page.more) {
        const auto& walk = sweep.walk();
        result.page.next_in = rhythm(now - std::max(walk.born(), walk.mark().value_or(walk.born())));
    }
    return result;
}

PollResult Instagram::poll_replies(const Stream& stream, const Access& access, Time now) const {
    auto bounds = settings_.bounds();
    bounds.overlap = bounds.history = whole; // a first page of old replies says nothing of the pages after it
    Walk walk(stream.cursor, bounds, now);
    const auto comment = stream.name.substr(replies_prefix.size());
    const auto reply = ask(access, '/' + comment + "/replies",
                           {{"fields", ig::reply_fields + ',' + ig::media_of_comment}}, walk, now);
    auto result = ig::begin(reply);
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        auto post = ig::read_comment(item, settings_.page, PostKind::comment);
        if (text(item, "parent_id").empty()) post.parent_id = comment;
        return post;
    });
    walk.advance(times, next_of(reply.document->root()), result.page);
    return result;
}

/// What others published is not ours to ask for by id.
std::string path_of(const Post& post) {
    if (post.kind == PostKind::mention) return {};
    return encode(post.id) + (post.kind == PostKind::comment ? "?fields=id,text,like_count" : "?fields=id,caption");
}

RecheckResult Instagram::recheck(std::span<const Post> known, Call& call) {
    if (auto opened = open(call)) return {*opened, {}, {}};
    const auto access = token_.access(call.session);
    const auto read = [](Element item, Post& post) {
        post.text = text(item, post.kind == PostKind::comment ? "text" : "caption");
    };
    if (login() == Login::facebook) return graph::recheck(http_, access, known, {path_of, read}, call.now);
    if (known.empty() || path_of(known.front()).empty()) return {};
    Post post = known.front();
    const auto words = post.kind == PostKind::comment ? "id,text" : "id,caption";
    const auto reply = graph::call(http_, access, get(access, '/' + post.id, {{"fields", words}}), call.now);
    if (reply.outcome.ending == Ending::gone) return {{}, {}, {{post.platform, post.realm, post.id, call.now}}};
    if (!reply.document) return {reply.outcome, {}, {}};
    read(reply.document->root(), post);
    if (post.text != known.front().text) post.edited_at = call.now;
    return {{}, {std::move(post)}, {}};
}

Probe Instagram::probe(Call& with) {
    if (auto opened = open(with)) {
        Probe probe{};
        return probe.outcome = *opened, probe;
    }
    const auto access = token_.access(with.session);
    if (login() == Login::instagram) return ig::probe_itself(http_, access, token_, scopes(login()), with);
    Needs needs{Needs::Whose::account, scopes(login()), {}};
    if (settings_.webhooks) needs.extras.push_back({"whether webhooks are still sent", {"pages_manage_metadata"}});
    return graph::probe(http_, access, needs, with.now);
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(options(), table, common_keys, problems);
    const bool by_page = settings.login == Login::facebook;
    if (!table.find("host")) settings.host = by_page ? "https://graph.facebook.com" : "https://graph.instagram.com";
    if (by_page && settings.app_secret.empty())
        problems.add(table.at, "app_secret is missing: login = \"facebook\" proves it with every call");
    if (by_page && settings.webhooks && settings.linked_page.empty())
        problems.add(table.at, "page is missing: with webhooks = true the linked page's subscription is looked at");
    if (!by_page) settings.app_secret = {}, settings.app_id.clear(); // only the app of the page's login is meant by them
    const auto credential = settings.credential("instagram");
    return {std::make_unique<Instagram>(std::move(settings), services.http), credential};
}

} // namespace

const Kind& instagram_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = made.platform = "instagram";
        made.gives = "Comments and replies below an account's own media, media that tag it, and mentions (by webhook).";
        made.needs = "A token of the linked page (instagram_basic, instagram_manage_comments) or of the account itself "
                     "(instagram_business_basic, instagram_business_manage_comments); for webhooks the app's review.";
        made.options = config::describe(options());
        made.make = make;
        made.app_options = app_options();
        made.make_receiver = graph::make_receiver;
        made.webhook_family = "meta"; // one app serves pages, messages and Instagram
        say_instagram(made);
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
