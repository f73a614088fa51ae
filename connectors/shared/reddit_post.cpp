#include "connectors/shared/reddit_post.h"

#include "core/error.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::reddit {

namespace {

using json::Json;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_stub(const std::string& text) { return text == "[deleted]" || text == "[removed]" || text == "[ Removed by Reddit ]"; }

/// Float seconds; `edited` is false where there was no edit.
std::optional<Time> time_in(const Json& thing, const char* name) {
    const auto seconds = json::number(thing, name);
    if (!seconds || !(*seconds > 0 && *seconds < 1e11)) return {};
    return Time{std::chrono::duration_cast<Span>(std::chrono::duration<double>(*seconds))};
}

std::vector<Attachment> attachments_of(const Json& thing) {
    const auto pictures = json::list(json::member(thing, "gallery_data"), "items").size();
    if (pictures > 0) return std::vector<Attachment>(std::min<std::size_t>(pictures, 20), {"photo", ""});
    const auto url = json::text(thing, "url");
    if (json::flag(thing, "is_self") || url.empty()) return {};
    const auto hint = json::text(thing, "post_hint");
    return {{json::flag(thing, "is_video") || hint == "hosted:video" ? "video" : hint == "image" ? "photo" : "link", url}};
}

std::string text_of(const Json& thing, bool comment) {
    if (comment) return json::text(thing, "body");
    const auto title = json::text(thing, "title"), text = json::text(thing, "selftext");
    return text.empty() ? title : title + "\n\n" + text;
}

/// `context` is what the inbox calls it, with a wish for parents behind a question mark.
std::string link_to(const Json& thing) {
    auto path = json::text(thing, "permalink");
    if (path.empty()) path = json::text(thing, "context");
    path = path.substr(0, path.find('?'));
    return path.starts_with('/') ? "https://www.reddit.com" + path : path;
}

} // namespace

bool is_gone(const Json& child) {
    const auto& thing = json::member(child, "data");
    return json::text(thing, "author") == "[deleted]" || is_stub(json::text(thing, "body")) || is_stub(json::text(thing, "selftext")) ||
           !json::text(thing, "removed_by_category").empty();
}

Post read_thing(const Json& child, const std::string& user) {
    const auto& thing = json::member(child, "data");
    const bool comment = json::text(child, "kind") == "t1";
    Post post;
    post.platform = "reddit";
    post.id = json::text(thing, "name");
    const auto created = time_in(thing, "created_utc");
    if (post.id.size() < 4 || post.id.compare(0, 3, comment ? "t1_" : "t3_") != 0) throw Error(Error::Kind::input, "reddit: a thing without a name");
    if (!created) throw Error(Error::Kind::input, "reddit: a thing without a time");
    post.posted_at = *created;
    post.edited_at = time_in(thing, "edited");
    post.author.id = json::text(thing, "author_fullname");
    post.author.handle = json::text(thing, "author");
    if (!post.author.handle.empty()) post.author.url = "https://www.reddit.com/user/" + post.author.handle;
    post.text = text_of(thing, comment);
    post.parent_id = comment ? json::text(thing, "parent_id") : std::string();
    post.own = !user.empty() && lower(post.author.handle) == lower(user);
    post.kind = comment ? PostKind::comment : post.own ? PostKind::post : PostKind::mention;
    if (!comment) post.attachments = attachments_of(thing);
    post.url = link_to(thing);
    post.metrics.likes = json::count(thing, "score");
    if (!comment) post.metrics.comments = json::count(thing, "num_comments");
    return post;
}

} // namespace larum::connectors::reddit
