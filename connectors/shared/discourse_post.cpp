#include "connectors/shared/discourse_post.h"

#include "connectors/shared/markup.h"
#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::discourse {

namespace {

using json::Json;

constexpr int regular = 1, moderator_action = 2; ///< post_type; 3 is a closing or a move, 4 a whisper among staff
constexpr int like = 2;                          ///< in actions_summary

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// `text` without what stands between `open` and `close`, also where such blocks hold others.
std::string without_blocks(std::string_view text, std::string_view open, std::string_view close) {
    std::string kept;
    int depth = 0;
    while (!text.empty()) {
        const auto next_open = text.find(open), next_close = text.find(close);
        const auto next = std::min(next_open, next_close);
        if (depth == 0) kept += text.substr(0, next);
        if (next == text.npos) break;
        const bool opens = next == next_open;
        depth = opens ? depth + 1 : std::max(0, depth - 1);
        text.remove_prefix(next + (opens ? open.size() : close.size()));
    }
    return kept;
}

std::string attribute(std::string_view tag, std::string_view name) {
    const auto at = tag.find(std::string(name) + "=\"");
    if (at == tag.npos) return {};
    const auto value = tag.substr(at + name.size() + 2);
    return std::string(value.substr(0, value.find('"')));
}

/// Pictures of the author: not the small faces that Discourse puts into text.
std::vector<Attachment> pictures_of(std::string_view cooked) {
    constexpr std::size_t most = 20;
    std::vector<Attachment> all;
    for (auto at = cooked.find("<img "); at != cooked.npos && all.size() < most; at = cooked.find("<img ", at + 5)) {
        const auto tag = cooked.substr(at, cooked.find('>', at) - at);
        if (tag.find("emoji") != tag.npos || tag.find("avatar") != tag.npos) continue;
        all.push_back({"photo", attribute(tag, "src")});
    }
    return all;
}

/// Discourse makes pictures of all emojis; their names say what the author felt.
std::string with_names_of_emojis(std::string_view cooked) {
    std::string named;
    for (auto at = cooked.find("<img "); at != cooked.npos; at = cooked.find("<img ")) {
        const auto end = std::min(cooked.find('>', at), cooked.size() - 1) + 1;
        const auto tag = cooked.substr(at, end - at);
        named += cooked.substr(0, at);
        named += attribute(tag, "class").find("emoji") == std::string::npos ? std::string(tag) : attribute(tag, "alt");
        cooked.remove_prefix(end);
    }
    return named.append(cooked);
}

std::string written(const Json& post) { return without_blocks(json::text(post, "cooked"), "<aside", "</aside>"); }

std::optional<std::int64_t> likes_of(const Json& post) {
    for (const auto& action : json::list(post, "actions_summary"))
        if (json::count(action, "id") == like) return json::count(action, "count").value_or(0);
    return {};
}

bool is_gone(const Json& post) { return !json::text(post, "deleted_at").empty() || json::flag(post, "user_deleted"); }

std::string link_to(const Json& post, const Ground& ground) {
    if (const auto path = json::text(post, "post_url"); path.starts_with('/')) return ground.host + path;
    return ground.host + "/t/" + json::text(post, "topic_id") + '/' + json::text(post, "post_number");
}

Author author_of(const Json& item, const Ground& ground) {
    Author author;
    author.id = json::text(item, "user_id");
    author.handle = json::text(item, "username");
    author.name = json::text(item, "name");
    if (!author.handle.empty()) author.url = ground.host + "/u/" + author.handle;
    return author;
}

Post post_of(const Json& item, const Ground& ground, const std::string& title, Time created) {
    Post post;
    post.platform = "discourse";
    post.realm = post.author_scope = ground.realm;
    post.id = json::text(item, "id");
    post.author = author_of(item, ground);
    post.posted_at = created;
    const auto version = json::count(item, "version").value_or(1);
    if (const auto updated = parse_time(json::text(item, "updated_at")); version > 1 && updated) post.edited_at = updated;
    const bool first = json::count(item, "post_number").value_or(1) == 1;
    const auto own_title = json::text(item, "topic_title");
    const auto& head = own_title.empty() ? title : own_title;
    post.text = text_of(item);
    if (first && !head.empty()) post.text = post.text.empty() ? head : head + "\n\n" + post.text;
    const auto name = lower(post.author.handle);
    post.own = std::any_of(ground.own.begin(), ground.own.end(), [&](const std::string& one) { return lower(one) == name; });
    post.kind = !first ? PostKind::comment : post.own ? PostKind::post : PostKind::mention;
    post.attachments = pictures_of(written(item));
    post.url = link_to(item, ground);
    post.metrics.likes = likes_of(item);
    post.metrics.comments = json::count(item, "reply_count");
    post.metrics.views = json::count(item, "reads");
    return post;
}

} // namespace

std::string text_of(const Json& post) {
    if (!json::text(post, "cooked").empty()) return html_to_text(with_names_of_emojis(written(post)));
    return text::trim(without_blocks(json::text(post, "raw"), "[quote", "[/quote]")); // Markdown as it was typed
}

void read_post(const Json& item, const Ground& ground, const std::string& title, Time now, Page& page) {
    const auto id = json::text(item, "id");
    const auto created = parse_time(json::text(item, "created_at"));
    if (id.empty() || !created) throw Error(Error::Kind::input, "discourse: a post without id or time");
    if (is_gone(item)) return page.deletions.push_back({"discourse", ground.realm, id, now});
    const auto type = json::count(item, "post_type").value_or(regular);
    if (json::text(item, "topic_archetype") == "private_message") return page.unknown.push_back("a private message");
    if (type != regular && type != moderator_action) return; // closed, moved, or among staff
    if (json::flag(item, "hidden")) return page.unknown.push_back("a post that is hidden for now");
    page.posts.push_back(post_of(item, ground, title, *created));
}

} // namespace larum::connectors::discourse
