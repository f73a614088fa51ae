#include "connectors/shared/linkedin_read.h"

#include "core/error.h"

#include <algorithm>

namespace larum::connectors::linkedin {

namespace {

using json::Json;
using namespace std::chrono_literals;

constexpr std::string_view address = "https://www.linkedin.com/feed/update/";
constexpr std::size_t name_length_max = 200; ///< of a stream: what is longer is no URN of ours

bool is_urn(const std::string& text) {
    return text.starts_with("urn:li:") && text.size() <= name_length_max &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || std::string_view(":_-(),").find(static_cast<char>(c)) != std::string_view::npos; });
}

Time required_time(std::optional<Time> at, const char* what) {
    if (!at) throw Error(Error::Kind::input, std::string("linkedin: ") + what + " without a time");
    return *at;
}

/// LinkedIn's «little» text, in which posts are written: reserved characters stand behind a backslash, who is named as
/// @[Name](urn), a hashtag as {hashtag|#|word}. People read the name and the hashtag.
std::string plain_of(std::string_view little) {
    std::string plain;
    const auto add = [&](std::string_view words) {
        for (std::size_t i = 0; i < words.size(); ++i) plain += words[i] == '\\' && i + 1 < words.size() ? words[++i] : words[i];
    };
    constexpr std::string_view hashtag = "{hashtag|";
    while (!little.empty()) {
        const auto name_ends = little.starts_with("@[") ? little.find("](urn:li:") : little.npos;
        const auto urn_ends = name_ends == little.npos ? little.npos : little.find(')', name_ends);
        const auto tag_ends = little.starts_with(hashtag) ? little.find('}') : little.npos;
        if (urn_ends != little.npos) {
            add(little.substr(2, name_ends - 2));
            little.remove_prefix(urn_ends + 1);
        } else if (tag_ends != little.npos) {
            plain += '#';
            const auto inside = little.substr(0, tag_ends);
            add(inside.substr(std::max(hashtag.size(), inside.rfind('|') + 1)));
            little.remove_prefix(tag_ends + 1);
        } else {
            const std::size_t taken = little[0] == '\\' && little.size() > 1 ? 2 : 1;
            add(little.substr(0, taken));
            little.remove_prefix(taken);
        }
    }
    return plain;
}

Author author_of(const std::string& urn) {
    Author author;
    author.id = urn;
    return author;
}

} // namespace

std::string comment_id(const std::string& urn) {
    const auto comma = urn.rfind(',');
    const auto id = urn.starts_with("urn:li:comment:") && comma != urn.npos ? urn.substr(comma + 1, urn.size() - comma - 2) : std::string();
    return std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isdigit(c); }) ? id : std::string();
}

std::optional<Time> time_of(const Json& object, const char* name) {
    const auto milliseconds = json::count(object, name);
    if (!milliseconds || *milliseconds <= 0 || *milliseconds > 99'999'999'999'999) return std::nullopt;
    return Time{std::chrono::milliseconds{*milliseconds}};
}

Post read_comment(const Json& comment, const std::string& post_urn, const std::string& own) {
    Post post;
    post.platform = "linkedin";
    post.kind = PostKind::comment;
    auto id = json::text(comment, "id");
    if (id.empty()) id = comment_id(json::text(comment, "commentUrn"));
    if (id.empty()) throw Error(Error::Kind::input, "linkedin: a comment without id");
    post.id = "comment:" + id;
    post.posted_at = required_time(time_of(json::member(comment, "created"), "time"), "a comment");
    const auto changed = time_of(json::member(comment, "lastModified"), "time");
    if (changed && *changed > post.posted_at) post.edited_at = changed;
    const auto parent = comment_id(json::text(comment, "parentComment"));
    post.parent_id = parent.empty() ? post_urn : "comment:" + parent;
    post.author = author_of(json::text(comment, "actor"));
    post.own = !own.empty() && post.author.id == own;
    post.text = json::text(json::member(comment, "message"), "text");
    for (const auto& part : json::list(comment, "content"))
        post.attachments.push_back({json::text(part, "type") == "IMAGE" ? "photo" : "link", json::text(part, "url")});
    post.url = std::string(address) + post_urn;
    return post;
}

std::optional<Replies> replies_of(const Json& comment, const std::string& post) {
    const auto urn = json::text(comment, "commentUrn");
    if (!is_urn(urn) || comment_id(urn).empty() || !json::text(comment, "parentComment").empty()) return std::nullopt;
    const auto& summary = json::member(comment, "commentsSummary");
    auto told = json::count(summary, "aggregatedTotalComments");
    if (!told) told = json::count(summary, "totalFirstLevelComments");
    if (told == 0) return std::nullopt;
    return Replies{std::string(replies_prefix) + post + '|' + urn, told};
}

Post read_post(const Json& item, const std::string& own) {
    Post post;
    post.platform = "linkedin";
    post.id = json::text(item, "id");
    if (!is_urn(post.id)) throw Error(Error::Kind::input, "linkedin: a post without URN");
    post.author = author_of(json::text(item, "author"));
    post.own = post.author.id == own;
    post.kind = post.own ? PostKind::post : PostKind::mention;
    auto at = time_of(item, "publishedAt");
    if (!at) at = time_of(item, "createdAt");
    post.posted_at = required_time(at, "a post");
    const auto changed = time_of(item, "lastModifiedAt");
    // The platform itself touches a post in its first minute.
    if (changed && *changed > post.posted_at + 1min) post.edited_at = changed;
    post.text = plain_of(json::text(item, "commentary"));
    post.url = std::string(address) + post.id;
    return post;
}

std::string post_urn_of(const Post& post) {
    const auto urn = post.url.starts_with(address) ? post.url.substr(address.size()) : std::string();
    return is_urn(urn) ? urn : std::string();
}

Page read_notification(const Json& notification) {
    const auto action = json::text(notification, "action");
    const auto source = json::text(notification, "sourcePost");
    const auto made = json::text(notification, "generatedActivity");
    if (action.empty()) throw Error(Error::Kind::input, "linkedin: a notification without action");
    const auto stream = [](std::string name) { return StreamChange{std::move(name), false, {}, {}}; };
    Page page;
    if (action == "COMMENT" || action == "COMMENT_EDIT" || action == "ADMIN_COMMENT" || action == "COMMENT_MENTION") {
        if (!is_urn(source)) throw Error(Error::Kind::input, "linkedin: a notification of a comment without its post");
        const auto id = comment_id(made);
        page.streams.push_back(stream(id.empty() ? std::string(comments_prefix) + source : std::string(comment_prefix) + source + ':' + id));
    } else if (action == "COMMENT_DELETE") {
        if (const auto id = comment_id(made); !id.empty())
            page.deletions.push_back({"linkedin", {}, "comment:" + id, time_of(notification, "lastModifiedAt").value_or(Time{})});
    } else if (action == "SHARE_MENTION" || action == "SHARE") {
        const auto& urn = is_urn(made) ? made : source;
        if (!is_urn(urn)) throw Error(Error::Kind::input, "linkedin: a notification of a post without its URN");
        page.streams.push_back(stream(std::string(post_prefix) + urn));
    } else if (action != "LIKE") {
        page.unknown.push_back(action.substr(0, 60));
    }
    return page;
}

} // namespace larum::connectors::linkedin
