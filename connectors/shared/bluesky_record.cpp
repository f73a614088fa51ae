#include "connectors/shared/bluesky_record.h"

#include "core/error.h"

#include <algorithm>

namespace larum::connectors::bluesky {

namespace {

using json::Json;

/// Links stand in facets, since the text shows them shortened; pictures and cards in the embed.
std::vector<Attachment> attachments_of(const Json& record) {
    std::vector<Attachment> all;
    for (const auto& facet : json::list(record, "facets"))
        for (const auto& feature : json::list(facet, "features"))
            if (auto uri = json::text(feature, "uri"); !uri.empty()) all.push_back({"link", std::move(uri)});
    const auto& embed = json::member(record, "embed");
    const auto& media = embed.contains("media") ? json::member(embed, "media") : embed;
    for (std::size_t i = 0; i < json::list(media, "images").size(); ++i) all.push_back({"photo", ""});
    if (media.contains("video")) all.push_back({"video", ""});
    if (auto uri = json::text(json::member(media, "external"), "uri"); !uri.empty()) all.push_back({"link", std::move(uri)});
    return all;
}

std::string page_of(const std::string& handle_or_did, const std::string& uri) {
    return "https://bsky.app/profile/" + handle_or_did + "/post/" + uri.substr(uri.rfind('/') + 1);
}

/// What the author wrote, whoever shows it. `post` has its id and author already.
void fill(Post& post, const Json& record, std::optional<Time> seen, const std::string& own_did) {
    const auto created = parse_time(json::text(record, "createdAt"));
    if (!seen && !created) throw Error(Error::Kind::input, "bluesky: a post without a time");
    // What the author claims, but not later than it was seen: a date in the future is a claim like any other.
    post.posted_at = std::min(created.value_or(*seen), seen.value_or(*created));
    post.platform = "bluesky";
    post.author.url = "https://bsky.app/profile/" + post.author.id;
    post.text = json::text(record, "text");
    if (const auto& langs = json::list(record, "langs"); !langs.empty() && langs[0].is_string()) post.lang = langs[0].get<std::string>();
    post.parent_id = json::text(json::member(json::member(record, "reply"), "parent"), "uri");
    post.own = !own_did.empty() && post.author.id == own_did;
    post.kind = !post.parent_id.empty() ? PostKind::comment : post.own ? PostKind::post : PostKind::mention;
    post.attachments = attachments_of(record);
    const auto& handle = post.author.handle;
    post.url = page_of(handle.empty() || handle == "handle.invalid" ? post.author.id : handle, post.id);
}

bool is_of(const std::string& uri, const std::string& did) { return uri.starts_with("at://" + did + "/"); }

} // namespace

Post read_view(const Json& view, const std::string& own_did) {
    const auto& author = json::member(view, "author");
    Post post;
    post.id = json::text(view, "uri");
    post.author.id = json::text(author, "did");
    if (!post.id.starts_with("at://") || post.author.id.empty()) throw Error(Error::Kind::input, "bluesky: a post without uri or author");
    post.author.handle = json::text(author, "handle");
    post.author.name = json::text(author, "displayName");
    post.author.followers = json::count(author, "followersCount");
    fill(post, json::member(view, "record"), parse_time(json::text(view, "indexedAt")), own_did);
    const auto reposts = json::count(view, "repostCount"), quotes = json::count(view, "quoteCount");
    post.metrics.likes = json::count(view, "likeCount");
    if (reposts || quotes) post.metrics.shares = reposts.value_or(0) + quotes.value_or(0);
    post.metrics.comments = json::count(view, "replyCount");
    return post;
}

std::string uri_of(const std::string& did, const std::string& rkey) { return "at://" + did + "/app.bsky.feed.post/" + rkey; }

Post read_record(const std::string& did, const std::string& rkey, const Json& record, Time seen, const std::string& own_did) {
    if (!did.starts_with("did:") || rkey.empty()) throw Error(Error::Kind::input, "bluesky: a post without uri or author");
    Post post;
    post.id = uri_of(did, rkey);
    post.author.id = did;
    fill(post, record, seen, own_did);
    return post;
}

bool concerns(const Json& record, const std::string& did) {
    const auto& reply = json::member(record, "reply");
    if (is_of(json::text(json::member(reply, "parent"), "uri"), did)) return true;
    const auto& embed = json::member(record, "embed");
    const auto& quoted = json::member(embed, "record"); // with pictures beside it, one deeper
    if (is_of(json::text(quoted, "uri"), did) || is_of(json::text(json::member(quoted, "record"), "uri"), did)) return true;
    for (const auto& facet : json::list(record, "facets"))
        for (const auto& feature : json::list(facet, "features"))
            if (json::text(feature, "did") == did) return true;
    return false;
}

} // namespace larum::connectors::bluesky
