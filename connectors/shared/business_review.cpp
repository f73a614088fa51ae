#include "connectors/shared/business_review.h"

#include "connectors/shared/items.h"
#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <array>

namespace larum::connectors::business {

namespace {

std::optional<int> stars(const std::string& word) {
    constexpr std::array<std::string_view, 5> words = {"ONE", "TWO", "THREE", "FOUR", "FIVE"};
    const auto found = std::find(words.begin(), words.end(), word);
    return found == words.end() ? std::nullopt : std::optional(static_cast<int>(found - words.begin()) + 1);
}

/// Google puts its own translation before or after what the person wrote.
std::string original_of(const std::string& comment) {
    constexpr std::string_view original = "(Original)", translated = "(Translated by Google)";
    const auto translation = comment.find(translated);
    if (translation == comment.npos) return comment;
    if (const auto at = comment.find(original); at != comment.npos)
        return text::trim(comment.substr(at + original.size()));
    return translation == 0 ? comment : text::trim(comment.substr(0, translation));
}

} // namespace

Post read_review(const json::Json& review, const std::string& location) {
    Post post;
    post.platform = "google_business";
    post.realm = location;
    post.kind = PostKind::review;
    post.id = json::text(review, "reviewId");
    const auto created = parse_time(json::text(review, "createTime")),
               updated = parse_time(json::text(review, "updateTime"));
    if (post.id.empty() || (!created && !updated))
        throw Error(Error::Kind::input, "google_business: a review without id or time");
    post.posted_at = created.value_or(updated.value_or(Time{}));
    if (updated && *updated > post.posted_at) post.edited_at = updated;
    const auto& reviewer = json::member(review, "reviewer");
    if (!json::flag(reviewer, "isAnonymous")) post.author.name = json::text(reviewer, "displayName");
    post.rating = stars(json::text(review, "starRating"));
    post.text = original_of(json::text(review, "comment"));
    post.url =
        json::text(review, "reviewReplyUrl"); // where the brand answers it; a review has no public address
    for (const auto& item : json::list(review, "reviewMediaItems")) {
        const auto video = json::text(item, "videoUrl");
        post.attachments.push_back(video.empty() ? Attachment{"photo", json::text(item, "thumbnailUrl")}
                                                 : Attachment{"video", video});
    }
    return post;
}

std::optional<Post> read_reply(const json::Json& review, const Post& parent) {
    const auto& reply = json::member(review, "reviewReply");
    const auto at = parse_time(json::text(reply, "updateTime"));
    const auto state = json::text(reply, "reviewReplyState"); // replies are moderated
    if (!at || state == "PENDING" || state == "REJECTED") return {};
    Post post;
    post.platform = parent.platform;
    post.realm = parent.realm;
    post.kind = PostKind::comment;
    post.id = parent.id + "/reply";
    post.parent_id = parent.id;
    post.posted_at = *at;
    post.edited_at = at; // of a reply that is known, this is the time of its change
    post.text = original_of(json::text(reply, "comment"));
    post.url = parent.url;
    post.own = true;
    return post;
}

std::vector<Time> read_reviews(const json::Json& body, const std::string& location, Time now, Page& page) {
    std::vector<Time> times;
    read_items(json::list(body, "reviews"), page, [&](const json::Json& item) {
        times.push_back(now); // it was listed, even if the next line throws
        const auto review = read_review(item, location);
        times.back() = review.edited_at.value_or(review.posted_at);
        if (auto reply = read_reply(item, review)) page.posts.push_back(std::move(*reply));
        page.posts.push_back(review);
    });
    return times;
}

} // namespace larum::connectors::business
