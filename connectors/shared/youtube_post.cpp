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
    if (const auto updated = parse_time(json::text(snippet, "updatedAt"));
        updated && *updated > post.posted_at)
        post.edited_at = updated;
    const auto parent = json::text(snippet, "parentId");
    post.parent_id = parent.empty() ? video : parent;
    post.author.id = json::text(json::member(snippet, "authorChannelId"), "value");
    post.author.name = json::text(snippet, "authorDisplayName");
    if (post.author.name.starts_with('@'))
        post.author.handle = post.author.name.substr(1); // nowadays the handle is shown as the name
    post.author.url = json::text(snippet, "authorChannelUrl");
    post.text = json::text(snippet, "textDisplay");
    if (post.text.empty()) post.text = json::text(snippet, "textOriginal");
    if (!video.empty()) post.url = "https://www.youtube.com/watch?v=" + video + "&lc=" + post.id;
    post.own = !own_channel.empty() && post.author.id == own_channel;
    post.metrics.likes = json::count(snippet, "likeCount");
    return post;
}

namespace {

/// What both a search and the video itself tell in their snippet.
Post video_of(const std::string& id, const json::Json& snippet, const std::string& own_channel) {
    Post post;
    post.platform = "youtube";
    post.id = id;
    if (post.id.empty()) throw Error(Error::Kind::input, "youtube: a video without id");
    post.posted_at = time_of(snippet);
    post.author.id = json::text(snippet, "channelId");
    if (!post.author.id.empty()) post.author.url = "https://www.youtube.com/channel/" + post.author.id;
    post.url = "https://www.youtube.com/watch?v=" + post.id;
    post.attachments.push_back({"video", post.url});
    post.own = !own_channel.empty() && post.author.id == own_channel;
    post.kind = post.own ? PostKind::post : PostKind::mention;
    return post;
}

std::string words_of(const std::string& title, const std::string& about) {
    return about.empty() ? title : title + "\n\n" + about;
}

/// Counts of a video come as text.
std::optional<std::int64_t> count_of(const json::Json& statistics, const char* name) {
    const auto text = json::text(statistics, name);
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos) return {};
    return std::stoll(text);
}

} // namespace

Post read_found_video(const json::Json& result, const std::string& own_channel) {
    const auto& snippet = json::member(result, "snippet");
    auto post = video_of(json::text(json::member(result, "id"), "videoId"), snippet, own_channel);
    // A search, unlike the video itself, escapes its texts as HTML.
    post.author.name = html_to_text(json::text(snippet, "channelTitle"));
    post.text = words_of(html_to_text(json::text(snippet, "title")),
                         html_to_text(json::text(snippet, "description")));
    return post;
}

Post read_video(const json::Json& video, const std::string& own_channel) {
    const auto& snippet = json::member(video, "snippet");
    auto post = video_of(json::text(video, "id"), snippet, own_channel);
    post.author.name = json::text(snippet, "channelTitle");
    post.text = words_of(json::text(snippet, "title"), json::text(snippet, "description"));
    const auto& statistics = json::member(video, "statistics");
    post.metrics.views = count_of(statistics, "viewCount");
    post.metrics.likes = count_of(statistics, "likeCount");
    post.metrics.comments = count_of(statistics, "commentCount");
    return post;
}

} // namespace larum::connectors::youtube
