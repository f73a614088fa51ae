#include "connectors/shared/trustpilot_review.h"

#include "connectors/shared/items.h"
#include "core/error.h"

namespace larum::connectors::trustpilot {

Post read_review(const json::Json& review) {
    const auto at = parse_time(json::text(review, "createdAt"));
    Post post;
    post.platform = "trustpilot";
    post.kind = PostKind::review;
    post.id = json::text(review, "id");
    if (post.id.empty() || !at) throw Error(Error::Kind::input, "trustpilot: a review without id or time");
    post.posted_at = *at;
    if (const auto updated = parse_time(json::text(review, "updatedAt")); updated && *updated > *at)
        post.edited_at = updated;
    const auto& consumer = json::member(review, "consumer");
    post.author.id = json::text(consumer, "id");
    post.author.name = json::text(consumer, "displayName");
    post.author.city = json::text(consumer, "displayLocation");
    if (!post.author.id.empty()) post.author.url = "https://www.trustpilot.com/users/" + post.author.id;
    const auto title = json::text(review, "title"), body = json::text(review, "text");
    post.text = title.empty() || body.starts_with(title) ? body
                : body.empty()                           ? title
                                                         : title + "\n\n" + body;
    post.lang = json::text(review, "language").substr(0, 2);
    if (const auto stars = json::count(review, "stars"); stars && *stars >= 1 && *stars <= 5)
        post.rating = static_cast<int>(*stars);
    // The number that the company gave with its invitation. Only private reading shows it.
    if (auto order = json::text(review, "referenceId"); !order.empty()) post.order_refs.push_back(std::move(order));
    post.metrics.likes = json::count(review, "numberOfLikes");
    post.url = "https://www.trustpilot.com/reviews/" + post.id;
    return post;
}

std::optional<Post> read_company_reply(const json::Json& review, const Post& parent) {
    const auto& reply = json::member(review, "companyReply");
    const auto at = parse_time(json::text(reply, "createdAt"));
    if (!at) return {};
    Post post;
    post.platform = parent.platform;
    post.kind = PostKind::comment;
    post.id = parent.id + "/reply";
    post.parent_id = parent.id;
    post.posted_at = *at;
    if (const auto updated = parse_time(json::text(reply, "updatedAt")); updated && *updated > *at)
        post.edited_at = updated;
    post.text = json::text(reply, "text");
    post.url = parent.url;
    post.own = true;
    return post;
}

std::vector<Time> read_reviews(const json::Json& body, Page& page) {
    std::vector<Time> times;
    read_items(json::list(body, "reviews"), page, [&](const json::Json& item) {
        const auto review = read_review(item);
        times.push_back(review.posted_at);
        if (auto reply = read_company_reply(item, review)) page.posts.push_back(std::move(*reply));
        page.posts.push_back(review);
    });
    return times;
}

} // namespace larum::connectors::trustpilot
