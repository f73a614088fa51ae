#include "connectors/shared/graph_post.h"
#include "connectors/shared/graph_settings.h"
#include "connectors/shared/graph_webhook.h"
#include "core/error.h"

#include <algorithm>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace graph;

constexpr std::size_t batch_most = 50;
constexpr std::string_view comments_prefix = "comments:";

config::Options<Settings> options() {
    auto all = common_options();
    all.push_back(config::option(
        "comments_for", &Settings::comments_for,
        "How long after it was written a post's comments are read. Later ones still come by webhook."));
    return all;
}

/// How often the comments of something this old are worth a call; nothing: as often as the source.
std::optional<Span> rhythm(Span age) {
    if (age < 2h) return std::nullopt;
    return age < 48h ? Span(10min) : Span(1h);
}

void oldest_first(std::vector<Post>& posts) {
    std::stable_sort(posts.begin(), posts.end(),
                     [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
}

/// Reads the items of a page with `read`; one that makes no sense is rejected, the others are kept.
template <class Read> std::vector<Time> read_items(const Document& document, Page& page, Read read) {
    page.rejected = document.rejected();
    std::vector<Time> times;
    for (const auto item : document.items()) {
        try {
            page.posts.push_back(read(item));
            times.push_back(page.posts.back().posted_at);
        } catch (const Error& error) {
            page.rejected.push_back(std::string(error.what()) + '\t' + raw(item));
        }
    }
    oldest_first(page.posts);
    return times;
}

class Facebook final : public Connector {
public:
    Facebook(Settings settings, Http& http)
        : settings_(std::move(settings)), access_(settings_.access("facebook")), http_(http) {}

    std::vector<StreamChange> streams() const override {
        return with_subscription(
            {{"feed", false, {}, {}}, {"visitor_posts", false, {}, {}}, {"tagged", false, {}, {}}},
            settings_);
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "feed" || stream.name == "visitor_posts")
            return poll_posts(stream, PostKind::post, call.now);
        if (stream.name == "tagged") return poll_posts(stream, PostKind::mention, call.now);
        if (stream.name.starts_with(comments_prefix))
            return poll_comments(stream, stream.name.substr(comments_prefix.size()), call.now);
        if (stream.name == subscription_stream) return poll_subscription(http_, access_, call.now);
        return {{Ending::gone, "facebook: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    std::size_t recheck_most() const override { return batch_most; }
    RecheckResult recheck(std::span<const Post> known, Call& call) override;

    Probe probe(Call& call) override {
        return graph::probe(http_, access_, {"pages_read_engagement", "pages_read_user_content"}, call.now);
    }

    std::string account() const override { return settings_.page; }

private:
    PollResult poll_posts(const Stream& stream, PostKind kind, Time now);
    PollResult poll_comments(const Stream& stream, const std::string& post_id, Time now);
    std::vector<StreamChange> comment_streams(const std::vector<Post>& posts, Time now) const;

    Settings settings_;
    Access access_;
    Http& http_;
};

/// Young posts of this page get a stream of comments. Those of others are not ours to read.
std::vector<StreamChange> Facebook::comment_streams(const std::vector<Post>& posts, Time now) const {
    std::vector<StreamChange> streams;
    for (const auto& post : posts)
        if (post.id.starts_with(settings_.page + '_') && post.posted_at + settings_.comments_for > now)
            streams.push_back({comments_of(post.id), false, rhythm(now - post.posted_at),
                               post.posted_at + settings_.comments_for});
    return streams;
}

PollResult Facebook::poll_posts(const Stream& stream, PostKind kind, Time now) {
    Walk walk(stream.cursor, settings_.bounds(), now);
    Query query = {{"fields", post_fields}, {"limit", "100"}};
    if (walk.position().empty()) {
        // The last day is read again each time: edits keep their place in the list.
        const auto since = std::chrono::floor<std::chrono::seconds>(std::min<Time>(walk.floor(), now - 24h));
        query.emplace_back("since", std::to_string(since.time_since_epoch().count()));
    }
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply =
        graph::call(http_, access_, get(access_, '/' + settings_.page + '/' + stream.name, query), now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page,
                                  [&](Element item) { return read_post(item, settings_.page, kind); });
    walk.advance(times, next_of(reply.document->root()), result.page);
    result.page.streams = comment_streams(result.page.posts, now);
    return result;
}

PollResult Facebook::poll_comments(const Stream& stream, const std::string& post_id, Time now) {
    Walk walk(stream.cursor, settings_.bounds(), now);
    // Without `filter=stream` there are no replies, and without `order` the list is ranked.
    Query query = {{"fields", comment_fields},
                   {"filter", "stream"},
                   {"order", "reverse_chronological"},
                   {"limit", "100"}};
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply = graph::call(http_, access_, get(access_, '/' + post_id + "/comments", query), now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    const auto times = read_items(*reply.document, result.page,
                                  [&](Element item) { return read_comment(item, settings_.page, post_id); });
    walk.advance(times, next_of(reply.document->root()), result.page);
    if (!result.page.more) {
        const Time alive = std::max(walk.born(), walk.mark().value_or(walk.born()));
        result.page.next_in = rhythm(now - alive);
    }
    return result;
}

/// One item of a batch's answer, for the post it was asked for.
void read_recheck(Element item, const Post& known, Time now, const std::string& page, RecheckResult& result) {
    if (item.is_null()) return; // timed out at the platform; the next recheck asks again
    const auto code = number(item, "code").value_or(0);
    const auto document = Document::parse(text(item, "body"));
    if (const auto error = member(document->root(), "error")) {
        const auto outcome = outcome_of("facebook", static_cast<int>(number(*error, "code").value_or(0)),
                                        static_cast<int>(number(*error, "error_subcode").value_or(0)), now);
        if (outcome.ending == Ending::gone)
            result.deletions.push_back({"facebook", known.realm, known.id, now});
        else if (result.outcome.ok())
            result.outcome = outcome;
        return;
    }
    if (code != 200) return;
    Post post = known;
    post.text = text(document->root(), "message");
    if (post.text != known.text) post.edited_at = now;
    if (const auto from = member(document->root(), "from"); from && post.author.id.empty()) {
        post.author.id = text(*from, "id");
        post.author.name = text(*from, "name");
        post.own = post.author.id == page;
    }
    result.posts.push_back(std::move(post));
}

RecheckResult Facebook::recheck(std::span<const Post> known, Call& call) {
    known = known.first(std::min(known.size(), batch_most));
    std::vector<std::string> ids;
    for (const auto& post : known) ids.push_back(post.id);
    const auto reply = graph::call(http_, access_, batch(access_, ids, "id,message,from"), call.now);
    RecheckResult result{reply.outcome, {}, {}};
    if (!reply.document) return result;
    if (reply.document->items().size() != known.size()) {
        result.outcome = {Ending::broken,
                          "facebook: a batch of " + std::to_string(known.size()) + " was answered by " +
                              std::to_string(reply.document->items().size()) + " items",
                          {},
                          false};
        return result;
    }
    for (std::size_t i = 0; i < known.size(); ++i) {
        try {
            read_recheck(reply.document->items()[i], known[i], call.now, settings_.page, result);
        } catch (const Error&) {
            // An unreadable item says nothing about its post; the next recheck asks again.
        }
    }
    return result;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(options(), table, common_keys, problems);
    const auto credential = settings.credential("facebook");
    return {std::make_unique<Facebook>(std::move(settings), services.http), credential};
}

} // namespace

const Kind& facebook_kind() {
    static const Kind kind = {
        "facebook",
        "facebook",
        "Posts of a page and of its visitors, posts that tag it, and all comments and replies below them.",
        "A page token with pages_read_engagement and pages_read_user_content, the app's secret; "
        "for webhooks also pages_manage_metadata and the app's review.",
        "Meta Platform Terms, section 3 (Prohibited Practices), and section 4: data from Meta serves the "
        "page's own "
        "users, is not used to build or augment profiles of people, and is not combined with other data to "
        "find out who "
        "someone is. What people gave the brand themselves (a number, an address, a chat with the page) may "
        "be recognised.",
        config::describe(options()),
        60s,
        Matching::own_data,
        1,
        5,
        make,
        app_options(),
        graph::make_receiver,
    };
    return kind;
}

} // namespace larum::connectors
