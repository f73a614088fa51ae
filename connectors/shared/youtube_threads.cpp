#include "connectors/shared/youtube_threads.h"

#include "connectors/shared/items.h"
#include "connectors/shared/youtube_post.h"

#include <algorithm>

namespace larum::connectors::youtube {

using namespace std::chrono_literals;

Span rhythm(Span age) { return age < 2h ? Span(10min) : age < 48h ? Span(1h) : Span(6h); }

namespace {

/// The stream of a thread's replies knows its video too: replies do not tell it.
std::string replies_of(const Post& thread, const std::string& video) {
    return std::string(replies_prefix) + video + ':' + thread.id;
}

} // namespace

std::vector<Time> read_threads(const json::Json& body, const Settings& settings, Time now, Page& page) {
    std::vector<Time> times;
    read_items(json::list(body, "items"), page, [&](const json::Json& item) {
        const auto& snippet = json::member(item, "snippet");
        const auto video = json::text(snippet, "videoId");
        const auto thread = read_comment(json::member(snippet, "topLevelComment"), video, settings.channel);
        page.posts.push_back(thread);
        times.push_back(thread.posted_at);
        const auto& replies = json::list(json::member(item, "replies"), "comments");
        auto alive = thread.posted_at;
        read_items(replies, page, [&](const json::Json& reply) {
            page.posts.push_back(read_comment(reply, video, settings.channel));
            alive = std::max(alive, page.posts.back().posted_at);
        });
        const bool more =
            json::count(snippet, "totalReplyCount").value_or(0) > static_cast<std::int64_t>(replies.size());
        if (more && thread.posted_at + settings.replies_for > now)
            page.streams.push_back({replies_of(thread, video), false, rhythm(now - alive),
                                    thread.posted_at + settings.replies_for});
    });
    return times;
}

std::vector<StreamChange> video_streams(const std::vector<Post>& videos, const Settings& settings, Time now) {
    std::vector<StreamChange> streams;
    for (const auto& video : videos)
        if (settings.search_comments && !video.own && video.posted_at + settings.replies_for > now)
            streams.push_back({std::string(video_prefix) + video.id, false, rhythm(now - video.posted_at),
                               video.posted_at + settings.replies_for});
    return streams;
}

} // namespace larum::connectors::youtube
