#include "connectors/shared/graph_post.h"
#include "connectors/shared/graph_probe.h"
#include "connectors/shared/graph_read.h"
#include "connectors/shared/graph_settings.h"
#include "connectors/shared/graph_webhook.h"
#include "connectors/shared/meta_words.h"

#include <algorithm>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace graph;

constexpr std::string_view comments_prefix = "comments:";
constexpr std::string_view advert_comments_prefix = "ad_comments:";
constexpr std::string_view adverts_stream = "ads_posts";
constexpr std::string_view on_adverts = "comments on adverts";
constexpr Span adverts_read_every = 15min;

config::Options<Settings> options() {
    auto all = common_options();
    all.push_back(config::option(
        "comments_for", &Settings::comments_for,
        "How long after it was written a post's comments are read. Later ones still come by webhook."));
    all.push_back(config::option(
        "adverts", &Settings::adverts,
        "Comments on posts that only adverts show are read, too: the token needs pages_manage_ads and ads_management."));
    return all;
}

/// What a stream lives on.
std::string_view permission_of(std::string_view stream) {
    if (stream == "feed") return "pages_read_engagement";
    if (stream == adverts_stream) return "pages_manage_ads and ads_management";
    return stream == subscription_stream ? "pages_manage_metadata" : "pages_read_user_content";
}

Needs needs(const Settings& settings) {
    Needs all{Needs::Whose::page, {"pages_read_engagement", "pages_read_user_content"}, {}};
    if (settings.webhooks) all.extras.push_back({"whether webhooks are still sent", {"pages_manage_metadata"}});
    all.extras.push_back({std::string(on_adverts), {"pages_manage_ads", "ads_management"}});
    return all;
}

class Facebook final : public Connector {
public:
    Facebook(Settings settings, Http& http)
        : settings_(std::move(settings)), access_(settings_.access("facebook")), http_(http) {}

    std::vector<StreamChange> streams() const override {
        std::vector<StreamChange> all = {{"feed"}, {"visitor_posts"}, {"tagged"}};
        if (settings_.adverts) all.push_back({std::string(adverts_stream), false, adverts_read_every});
        return with_subscription(std::move(all), settings_);
    }

    PollResult poll(const Stream& stream, Call& call) override {
        auto result = poll_stream(stream, call);
        result.outcome = name_permission(result.outcome, stream.name, permission_of(stream.name));
        return result;
    }

    std::size_t recheck_most() const override { return recheck_batch; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;

    Probe probe(Call& call) override {
        auto probe = graph::probe(http_, access_, needs(settings_), call.now);
        const bool told = std::any_of(probe.notes.begin(), probe.notes.end(),
                                      [](const std::string& note) { return note.starts_with(on_adverts); });
        if (probe.outcome.ok() && !settings_.adverts && !told)
            probe.notes.push_back(std::string(on_adverts) + ": read with adverts = true only");
        return probe;
    }

    std::string account() const override { return settings_.page; }

private:
    PollResult poll_stream(const Stream& stream, Call& call) {
        if (stream.name == "feed" || stream.name == "visitor_posts")
            return poll_posts(stream, PostKind::post, call.now);
        if (stream.name == "tagged") return poll_posts(stream, PostKind::mention, call.now);
        if (stream.name == adverts_stream) return poll_posts(stream, PostKind::post, call.now);
        for (const auto prefix : {comments_prefix, advert_comments_prefix})
            if (stream.name.starts_with(prefix))
                return poll_comments(stream, stream.name.substr(prefix.size()), call.now);
        if (stream.name == subscription_stream) return poll_subscription(http_, access_, settings_.page, call.now);
        return {{Ending::gone, "facebook: no stream \"" + stream.name + "\"", {}, false}, {}};
    }
    PollResult poll_posts(const Stream& stream, PostKind kind, Time now);
    PollResult poll_comments(const Stream& stream, const std::string& post_id, Time now);
    std::vector<StreamChange> comment_streams(const std::vector<Post>& posts, bool adverts, Time now) const;
    Walk::Bounds bounds(std::string_view stream) const;

    Settings settings_;
    Access access_;
    Http& http_;
};

/// Young posts of this page get a stream of comments. Those of others are not ours to read.
std::vector<StreamChange> Facebook::comment_streams(const std::vector<Post>& posts, bool adverts,
                                                    Time now) const {
    std::vector<StreamChange> streams;
    for (const auto& post : posts)
        if (post.id.starts_with(settings_.page + '_') && post.posted_at + settings_.comments_for > now)
            streams.push_back({adverts ? advert_comments_of(post.id) : comments_of(post.id), false,
                               rhythm(now - post.posted_at), post.posted_at + settings_.comments_for});
    return streams;
}

/// Where threads are opened from, the first walk goes back as far as comments are read at all.
Walk::Bounds Facebook::bounds(std::string_view stream) const {
    auto bounds = settings_.bounds();
    if (stream == "feed" || stream == adverts_stream)
        bounds.history = std::max(bounds.history, settings_.comments_for);
    return bounds;
}

PollResult Facebook::poll_posts(const Stream& stream, PostKind kind, Time now) {
    Walk walk(stream.cursor, bounds(stream.name), now);
    Query query = {{"fields", post_fields}, {"limit", std::to_string(walk.page_size(100))}};
    if (walk.position().empty()) {
        // The last day is read again each time: edits keep their place in the list.
        const auto since = std::chrono::floor<std::chrono::seconds>(std::min<Time>(walk.floor(), now - 24h));
        query.emplace_back("since", std::to_string(since.time_since_epoch().count()));
    }
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply =
        graph::call(http_, access_, get(access_, '/' + settings_.page + '/' + stream.name, query), now);
    PollResult result{standing(reply.outcome), {}};
    result.page.used = reply.used;
    if (reply.too_much && walk.ask_for_less(result.page)) result.outcome = {};
    if (!reply.document) return result;
    const bool adverts = stream.name == adverts_stream;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        auto post = read_post(item, settings_.page, kind);
        post.on_ad = post.on_ad || adverts;
        return post;
    });
    walk.advance(times, next_of(reply.document->root()), result.page);
    result.page.streams = comment_streams(result.page.posts, adverts, now);
    return result;
}

PollResult Facebook::poll_comments(const Stream& stream, const std::string& post_id, Time now) {
    Walk walk(stream.cursor, settings_.bounds(), now);
    // Without `filter=stream` there are no replies, and without `order` the list is ranked.
    Query query = {{"fields", comment_fields},
                   {"filter", "stream"},
                   {"order", "reverse_chronological"},
                   {"limit", std::to_string(walk.page_size(100))}};
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply = graph::call(http_, access_, get(access_, '/' + post_id + "/comments", query), now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (reply.too_much && walk.ask_for_less(result.page)) result.outcome = {};
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page, [&](Element item) {
        auto post = read_comment(item, settings_.page, post_id);
        post.on_ad = stream.name.starts_with(advert_comments_prefix);
        return post;
    });
    walk.advance(times, next_of(reply.document->root()), result.page);
    if (!result.page.more) {
        const Time alive = std::max(walk.born(), walk.mark().value_or(walk.born()));
        result.page.next_in = rhythm(now - alive);
    }
    return result;
}

RecheckResult Facebook::recheck(std::span<const Post> known, Call& call) {
    const auto read = [&](Element item, Post& post) {
        post.text = text(item, "message");
        const auto from = member(item, "from");
        if (!from || !post.author.id.empty()) return;
        post.author.id = text(*from, "id");
        post.author.name = text(*from, "name");
        post.own = post.author.id == settings_.page;
    };
    const auto path = [](const Post& post) { return encode(post.id) + "?fields=id,message,from"; };
    return graph::recheck(http_, access_, known, {path, read}, call.now);
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(options(), table, common_keys, problems);
    const auto credential = settings.credential("facebook");
    return {std::make_unique<Facebook>(std::move(settings), services.http), credential};
}

} // namespace

const Kind& facebook_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = made.platform = "facebook";
        made.gives = "Posts of a page and of its visitors, posts that tag it, and all comments and replies below them.";
        made.needs = "A page token with pages_read_engagement and pages_read_user_content, the app's secret; "
                     "for webhooks also pages_manage_metadata and the app's review.";
        made.options = config::describe(options());
        made.make = make;
        made.app_options = app_options();
        made.make_receiver = graph::make_receiver;
        made.webhook_family = "meta"; // one app serves pages, messages and Instagram
        say_facebook(made);
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
