#include "connectors/shared/graph_instagram.h"

#include "core/error.h"

#include <algorithm>

namespace larum::connectors::graph::instagram {

const std::string media_fields = "id,caption,timestamp,permalink,username,media_type,media_product_type,"
                                 "is_comment_enabled,comments_count,like_count";

// Of what others published, the public fields alone are given.
const std::string tagged_fields = "id,caption,timestamp,permalink,username,media_type,comments_count,like_count";

const std::string media_of_comment = "media{id,permalink,username}";

const std::string reply_fields = "id,text,timestamp,from{id,username},username,like_count,parent_id";

const std::string comment_fields =
    reply_fields + ",hidden," + media_of_comment + ",replies.limit(50){" + reply_fields + "}";

namespace {

[[noreturn]] void wrong(const std::string& what) { throw Error(Error::Kind::input, what); }

bool is_number(const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

Post begin(Element item, const std::string& account, PostKind kind, std::string_view words) {
    if (const auto text_of = member(item, words); text_of && !text_of->is_string())
        wrong("field \"" + std::string(words) + "\" is not text");
    Post post;
    post.platform = "instagram";
    post.id = text(item, "id");
    if (post.id.empty()) wrong("has no id");
    post.kind = kind;
    post.author_scope = account;
    post.author.handle = text(item, "username");
    if (const auto from = member(item, "from")) {
        post.author.id = text(*from, "id");
        if (post.author.handle.empty()) post.author.handle = text(*from, "username");
    }
    // Instagram says of nobody but the account itself what its scoped id is.
    const auto from = member(item, "from");
    post.own = !account.empty() && (post.author.id == account || (from && !text(*from, "self_ig_scoped_id").empty()));
    post.text = text(item, words);
    return post;
}

Time written_at(Element item) {
    const auto at = time(item, "timestamp");
    if (!at) wrong("field \"timestamp\" is not a time like 2026-03-20T00:05:29+0000");
    return *at;
}

WebhookEntry read_comment_event(Element value, const std::string& account, Time at, bool live) {
    WebhookEntry entry{account, {}, {}};
    const auto media = member(value, "media");
    const auto media_id = media ? text(*media, "id") : std::string();
    auto post = begin(value, account, PostKind::comment, "text");
    post.parent_id = text(value, "parent_id").empty() ? media_id : text(value, "parent_id");
    post.posted_at = at;
    post.on_ad = media && !text(*media, "ad_id").empty();
    const auto id = post.id;
    entry.page.posts.push_back(std::move(post));
    // A live video's comments are had while it lasts and never listed again.
    if (live || media_id.empty()) return entry;
    // Only a feed's media may be an album, and then the id is that of one of its pictures: the comment knows the album.
    const bool perhaps_album = text(*media, "media_product_type") == "FEED";
    const auto stream = perhaps_album ? lookup_of(id) : comments_of(media_id);
    entry.page.streams.push_back({stream, false, {}, at + (perhaps_album ? looked_up_within : reopened_for)});
    entry.poll.push_back(stream);
    return entry;
}

WebhookEntry read_mention_event(Element value, const std::string& account, Time at) {
    WebhookEntry entry{account, {}, {}};
    const auto media = text(value, "media_id"), comment = text(value, "comment_id");
    // They go into a list of fields, where other characters would mean something.
    if (!is_number(media) || !(comment.empty() || is_number(comment))) wrong("a mention without numbers of what it is in");
    // It says where, not what: the words are looked up, and nowhere listed again.
    entry.page.streams.push_back({mention_of(media, comment), false, {}, at + looked_up_within});
    entry.poll.push_back(mention_of(media, comment));
    return entry;
}

bool is_known_and_not_needed(const std::string& field) {
    static const std::string_view fields[] = {"story_insights", "message_reactions", "messaging_seen",
                                              "messaging_postbacks", "story_reactions", "follow"};
    return std::find(std::begin(fields), std::end(fields), field) != std::end(fields);
}

} // namespace

std::string comments_of(const std::string& media_id) { return "comments:" + media_id; }
std::string lookup_of(const std::string& comment_id) { return "comment:" + comment_id; }
std::string mention_of(const std::string& media_id, const std::string& comment_id) {
    return "mention:" + media_id + (comment_id.empty() ? "" : ":" + comment_id);
}

void mark_own(Post& comment, const std::string& owner) {
    comment.own = comment.own || (!owner.empty() && comment.author.handle == owner);
}

Post read_media(Element item, const std::string& account, PostKind kind) {
    auto post = begin(item, account, kind, "caption");
    post.posted_at = written_at(item);
    post.url = text(item, "permalink");
    if (const auto type = text(item, "media_type"); !type.empty()) {
        std::string kind_of_media = type == "CAROUSEL_ALBUM" ? "album" : type;
        std::transform(kind_of_media.begin(), kind_of_media.end(), kind_of_media.begin(), ::tolower);
        post.attachments.push_back({kind_of_media, post.url});
    }
    post.metrics.likes = number(item, "like_count");
    post.metrics.comments = number(item, "comments_count");
    return post;
}

Post read_comment(Element item, const std::string& account, PostKind kind, const std::string& media_id) {
    auto post = begin(item, account, kind, "text");
    post.posted_at = written_at(item);
    const auto media = member(item, "media");
    post.parent_id = text(item, "parent_id");
    if (post.parent_id.empty()) post.parent_id = media ? text(*media, "id") : media_id;
    if (media) post.url = text(*media, "permalink"); // a comment has no address of its own
    if (media && kind == PostKind::comment) mark_own(post, text(*media, "username"));
    post.metrics.likes = number(item, "like_count");
    return post;
}

std::optional<WebhookEntry> read_change(const std::string& field, Element value, const std::string& account, Time at) {
    const bool comment = field == "comments" || field == "live_comments";
    if (!comment && field != "mentions") {
        if (is_known_and_not_needed(field)) return WebhookEntry{account, {}, {}};
        return std::nullopt;
    }
    try {
        return comment ? read_comment_event(value, account, at, field == "live_comments")
                       : read_mention_event(value, account, at);
    } catch (const Error& error) {
        WebhookEntry entry{account, {}, {}};
        entry.page.rejected.push_back(std::string(error.what()) + '\t' + raw(value));
        return entry;
    }
}

} // namespace larum::connectors::graph::instagram
