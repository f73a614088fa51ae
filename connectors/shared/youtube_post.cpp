#include "connectors/shared/youtube_post.h"

#include "connectors/shared/markup.h"
#include "core/error.h"

namespace larum::connectors::youtube {

namespace {

Time time_of(const json::Json& snippet) {
    const auto time = parse_time(json::text(snippet, "publishedAt"));
    if (!time) throw Error(Error::Kind::input, "youtube: an item without publishedAt");
    return *time;
}

} // namespace

Post read_comment(const json::Json& comment, const std::string& video, const std::string& own_channel) {
    const auto& snippet = json::member(comment, "snippet");
    Post post;
    post.platform = "youtube";
    post.kind = PostKind::comment;
    post.id = json::text(comment, "id");
    if (post.id.empty()) throw Error(Error::Kind::input, "youtube: a comment without id");
    post.posted_at = time_of(snippet);
    if (const auto updated = parse_time(json::text(snippet, "updatedAt")); updated && *updated > post.posted_at) post.edited_at = updated;
    const auto parent = json::text(snippet, "parentId");
    post.parent_id = parent.empty() ? video : parent;
    post.author.id = json::text(json::member(snippet, "authorChannelId"), "value");
    post.author.name = json::text(snippet, "authorDisplayName");
    if (post.author.name.starts_with('@')) post.author.handle = post.author.name.substr(1); // nowadays the handle is shown as the name
    post.author.url = json::text(snippet, "authorChannelUrl");
    post.text = json::text(snippet, "textDisplay");
    if (post.text.empty()) post.text = json::text(snippet, "textOriginal");
    if (!video.empty()) post.url = "https://www.youtube.com/watch?v=" + video + "&lc=" + post.id;
    post.own = !own_channel.empty() && post.author.id == own_channel;
    post.metrics.likes = json::count(snippet, "likeCount");
    return post;
}

Post read_found_video(const json::Json& result, const std::string& own_channel) {
    const auto& snippet = json::member(result, "snippet");
    Post post;
    post.platform = "youtube";
    post.id = json::text(json::member(result, "id"), "videoId");
    if (post.id.empty()) throw Error(Error::Kind::input, "youtube: a search result without videoId");
    post.posted_at = time_of(snippet);
    post.author.id = json::text(snippet, "channelId");
    post.author.name = html_to_text(json::text(snippet, "channelTitle"));
    if (!post.author.id.empty()) post.author.url = "https://www.youtube.com/channel/" + post.author.id;
    const auto title = html_to_text(json::text(snippet, "title")), about = html_to_text(json::text(snippet, "description"));
    post.text = about.empty() ? title : title + "\n\n" + about; // a search escapes both as HTML
    post.url = "https://www.youtube.com/watch?v=" + post.id;
    post.attachments.push_back({"video", post.url});
    post.own = !own_channel.empty() && post.author.id == own_channel;
    post.kind = post.own ? PostKind::post : PostKind::mention;
    return post;
}

Post refreshed_comment(const Post& known, const json::Json& comment) {
    const auto& snippet = json::member(comment, "snippet");
    Post post = known;
    post.text = json::text(snippet, "textDisplay");
    if (const auto updated = parse_time(json::text(snippet, "updatedAt")); updated && *updated > post.posted_at) post.edited_at = updated;
    post.metrics.likes = json::count(snippet, "likeCount");
    return post;
}

Post refreshed_video(const Post& known, const json::Json& video) {
    const auto& statistics = json::member(video, "statistics");
    const auto number = [&](const char* name) -> std::optional<std::int64_t> {
        const auto text = json::text(statistics, name); // counts come as text
        if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos) return {};
        return std::stoll(text);
    };
    Post post = known;
    post.metrics.views = number("viewCount");
    post.metrics.likes = number("likeCount");
    post.metrics.comments = number("commentCount");
    return post;
}

} // namespace larum::connectors::youtube
