#include "connectors/shared/app_store_review.h"

#include "connectors/shared/items.h"
#include "connectors/shared/webhook.h"
#include "core/error.h"

namespace larum::connectors::app_store {

Post read_review(const json::Json& item, const std::string& app) {
    const auto& attributes = json::member(item, "attributes");
    const auto at = parse_time(json::text(attributes, "createdDate"));
    Post post;
    post.platform = "app_store";
    post.kind = PostKind::review;
    post.id = json::text(item, "id");
    if (post.id.empty() || !at) throw Error(Error::Kind::input, "app_store: a review without id or time");
    post.posted_at = *at;
    post.author.name = json::text(attributes, "reviewerNickname");
    const auto title = json::text(attributes, "title"), body = json::text(attributes, "body");
    post.text = title.empty() ? body : body.empty() ? title : title + "\n\n" + body;
    if (const auto stars = json::count(attributes, "rating"); stars && *stars >= 1 && *stars <= 5)
        post.rating = static_cast<int>(*stars);
    if (!app.empty())
        post.url =
            "https://apps.apple.com/app/id" + app + "?see-all=reviews"; // a single review has no address
    return post;
}

std::optional<Post> read_response(const json::Json& body, const json::Json& item, const Post& review) {
    const auto id =
        json::text(json::member(json::member(json::member(item, "relationships"), "response"), "data"), "id");
    if (id.empty()) return {};
    for (const auto& one : json::list(body, "included")) {
        const auto& attributes = json::member(one, "attributes");
        const auto at = parse_time(json::text(attributes, "lastModifiedDate"));
        if (json::text(one, "type") != "customerReviewResponses" || json::text(one, "id") != id) continue;
        if (!at || json::text(attributes, "state") == "PENDING_PUBLISH") return {};
        Post post;
        post.platform = review.platform;
        post.kind = PostKind::comment;
        post.id = id;
        post.parent_id = review.id;
        post.posted_at = *at;
        post.edited_at = at; // of an answer that is known, this is the time of its change
        post.text = json::text(attributes, "responseBody");
        post.url = review.url;
        post.own = true;
        return post;
    }
    return {};
}

std::vector<Time> read_reviews(const json::Json& body, const std::string& app, Page& page) {
    std::vector<Time> times;
    read_items(json::list(body, "data"), page, [&](const json::Json& item) {
        const auto review = read_review(item, app);
        times.push_back(review.posted_at);
        if (auto response = read_response(body, item, review)) page.posts.push_back(std::move(*response));
        page.posts.push_back(review);
    });
    return times;
}

std::string next_of(const json::Json& body) {
    const auto next = json::text(json::member(body, "links"), "next");
    if (next.empty()) return {};
    auto cursor = query_parameter(next, "cursor");
    if (cursor.empty()) cursor = json::text(json::member(json::member(body, "meta"), "paging"), "nextCursor");
    if (cursor.empty())
        throw Error(Error::Kind::input, "app_store: there is a next page, and no cursor to it");
    return cursor;
}

} // namespace larum::connectors::app_store
