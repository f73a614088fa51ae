#include "connectors/shared/mastodon_post.h"

#include "connectors/shared/markup.h"
#include "core/error.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::mastodon {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// People know each other by name and host, also on their own instance, where the API leaves the host out.
std::string handle_of(const std::string& acct, const std::string& realm) {
    return acct.empty() || acct.find('@') != acct.npos ? acct : acct + '@' + realm;
}

Author read_author(const json::Json& account, const std::string& realm) {
    Author author;
    author.id = json::text(account, "id");
    author.handle = handle_of(json::text(account, "acct"), realm);
    author.name = json::text(account, "display_name");
    if (author.name.empty()) author.name = json::text(account, "username");
    author.url = json::text(account, "url");
    if (const auto followers = json::count(account, "followers_count"); followers && *followers >= 0) author.followers = followers; // -1: hidden
    return author;
}

std::vector<Attachment> attachments_of(const json::Json& status) {
    std::vector<Attachment> all;
    for (const auto& media : json::list(status, "media_attachments")) {
        const auto type = json::text(media, "type");
        const auto kind = type == "image" ? "photo" : type == "gifv" ? "video" : type == "unknown" || type.empty() ? "file" : type;
        const auto url = json::text(media, "url");
        all.push_back({kind, url.empty() ? json::text(media, "remote_url") : url});
    }
    const auto& quoted = json::member(json::member(status, "quote"), "quoted_status");
    if (auto url = json::text(quoted, "url"); !url.empty()) all.push_back({"link", std::move(url)});
    if (const auto card = json::text(json::member(status, "card"), "url"); !card.empty()) all.push_back({"link", card});
    return all;
}

/// Servers put «RE: https://…» before the words of a post that quotes another, for programs that cannot show quotes.
std::string without_quote_link(std::string html) {
    constexpr std::string_view begin = "<p class=\"quote-inline\">", end = "</p>";
    const auto from = html.find(begin);
    const auto to = from == html.npos ? html.npos : html.find(end, from);
    return to == html.npos ? html : html.erase(from, to + end.size() - from);
}

/// The warning above a folded text is part of what the author said.
std::string text_of(const json::Json& status) {
    const auto warning = json::text(status, "spoiler_text");
    const auto text = html_to_text(without_quote_link(json::text(status, "content")));
    return warning.empty() ? text : text.empty() ? warning : warning + "\n\n" + text;
}

/// Why a status is no public post; empty for those that anybody may read.
std::string kept_private(const json::Json& status) {
    const auto visibility = json::text(status, "visibility");
    if (visibility == "direct") return "a direct message";
    if (visibility == "private") return "a post for followers only";
    return {};
}

} // namespace

Post read_status(const json::Json& status, const Ground& ground) {
    Post post;
    post.platform = "mastodon";
    post.realm = ground.realm;
    post.author_scope = ground.realm;
    post.id = json::text(status, "id");
    post.author = read_author(json::member(status, "account"), ground.realm);
    const auto created = parse_time(json::text(status, "created_at"));
    if (post.id.empty() || post.author.id.empty()) throw Error(Error::Kind::input, "mastodon: a status without id or account");
    if (!created) throw Error(Error::Kind::input, "mastodon: a status without a time");
    post.posted_at = *created;
    post.edited_at = parse_time(json::text(status, "edited_at"));
    post.text = text_of(status);
    post.lang = json::text(status, "language");
    post.url = json::text(status, "url").empty() ? json::text(status, "uri") : json::text(status, "url");
    post.parent_id = json::text(status, "in_reply_to_id");
    post.own = lower(post.author.handle) == ground.account + '@' + lower(ground.realm);
    post.kind = !post.parent_id.empty() ? PostKind::comment : post.own ? PostKind::post : PostKind::mention;
    post.attachments = attachments_of(status);
    post.metrics.likes = json::count(status, "favourites_count");
    post.metrics.comments = json::count(status, "replies_count");
    const auto boosts = json::count(status, "reblogs_count"), quotes = json::count(status, "quotes_count");
    if (boosts || quotes) post.metrics.shares = boosts.value_or(0) + quotes.value_or(0);
    return post;
}

void add_status(const json::Json& status, const Ground& ground, Page& page) {
    if (!json::member(status, "reblog").empty()) return; // a boost: nobody wrote
    if (auto why = kept_private(status); !why.empty())
        page.unknown.push_back(std::move(why));
    else
        page.posts.push_back(read_status(status, ground));
}

} // namespace larum::connectors::mastodon
