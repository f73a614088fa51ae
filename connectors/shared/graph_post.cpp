#include "connectors/shared/graph_post.h"

#include "core/error.h"

#include <algorithm>

namespace larum::connectors::graph {

const std::string post_fields =
    "id,message,from{id,name},created_time,updated_time,permalink_url,promotion_status,shares,"
    "attachments{media_type,url},reactions.limit(0).summary(total_count),comments.limit(0).summary(total_"
    "count)";

const std::string comment_fields =
    "id,message,from{id,name},created_time,permalink_url,parent{id},attachment,like_count,comment_count";

namespace {

using namespace std::chrono_literals;

/// A comment on an old post opens its stream again for this long: the thread may have come back to life.
constexpr Span reopened_for = 24h * 7;

[[noreturn]] void wrong(const std::string& what) { throw Error(Error::Kind::input, what); }

Author read_author(Element item) {
    Author author;
    if (const auto from = member(item, "from")) {
        author.id = text(*from, "id");
        author.name = text(*from, "name");
    }
    return author;
}

/// What posts, comments and webhook values have in common.
Post begin(Element item, const std::string& page, PostKind kind, std::string id) {
    if (id.empty()) wrong("has no id");
    if (const auto message = member(item, "message"); message && !message->is_string())
        wrong("field \"message\" is not text");
    Post post;
    post.platform = "facebook";
    post.id = std::move(id);
    post.kind = kind;
    post.author = read_author(item);
    post.author_scope = page;
    post.own = !page.empty() && post.author.id == page;
    post.text = text(item, "message");
    post.url = text(item, "permalink_url");
    return post;
}

Time posted_at(Element item) {
    const auto at = time(item, "created_time");
    if (!at) wrong("field \"created_time\" is not a time like 2026-03-20T00:05:29+0000");
    return *at;
}

std::optional<std::int64_t> total(Element item, std::string_view name) {
    const auto edge = member(item, name);
    const auto summary = edge ? member(*edge, "summary") : std::nullopt;
    return summary ? number(*summary, "total_count") : std::nullopt;
}

bool promoted(const std::string& status) {
    return status == "active" || status == "extendable" || status == "pausing";
}

void read_attachments(Element item, Post& post) {
    const auto edge = member(item, "attachments");
    simdjson::dom::array list;
    if (!edge || (*edge)["data"].get(list) != simdjson::SUCCESS) return;
    for (const auto one : list) post.attachments.push_back({text(one, "media_type"), text(one, "url")});
}

bool is_comment(const std::string& item) { return item == "comment"; }

template <std::size_t N> bool is_one_of(const std::string& word, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

bool is_post(const std::string& item) {
    static constexpr std::string_view items[] = {"post", "status", "photo", "video", "share", "album", "link", "note", "event"};
    return is_one_of(item, items);
}

/// Counted in the numbers that a poll reads; no words in them.
bool is_reaction(const std::string& item) { return item == "reaction" || item == "like"; }

/// Fields of a page that say nothing that anyone wrote.
bool is_known_and_not_needed(const std::string& field) {
    static constexpr std::string_view fields[] = {"conversations", "ratings", "follow", "picture", "description", "hours",
                                                  "name", "phone", "website", "location", "category", "live_videos", "videos"};
    return is_one_of(field, fields);
}

/// Facebook says the one and the other.
bool is_edit(const std::string& verb) { return verb == "edited" || verb == "edit" || verb == "update"; }

std::string parent_of(Element value, bool comment) {
    if (!comment) return {};
    const auto parent = text(value, "parent_id");
    return parent.empty() ? text(value, "post_id") : parent;
}

Post read_value(Element value, const std::string& page, PostKind kind, bool comment, Time fallback) {
    auto post = begin(value, page, kind, text(value, comment ? "comment_id" : "post_id"));
    post.parent_id = parent_of(value, comment);
    post.posted_at = time(value, "created_time").value_or(fallback);
    if (is_edit(text(value, "verb"))) post.edited_at = std::max(post.posted_at, fallback);
    if (const auto link = text(value, "link"); !link.empty())
        post.attachments.push_back({text(value, "item"), link});
    if (post.author.id.empty())
        post.author = {text(value, "sender_id"), {}, text(value, "sender_name"), {}, {}, {}};
    if (const auto about = member(value, "post")) {
        post.on_ad = promoted(text(*about, "promotion_status")) ||
                     (member(*about, "is_published") && !flag(*about, "is_published"));
        if (post.url.empty()) post.url = text(*about, "permalink_url");
    }
    return post;
}

/// A post that was never published stands in adverts only.
std::string thread_of(Element value, const std::string& post_id) {
    const auto about = member(value, "post");
    const bool unpublished = about && member(*about, "is_published") && !flag(*about, "is_published");
    return unpublished ? advert_comments_of(post_id) : comments_of(post_id);
}

/// Adds, edits and removals of a post or comment; what only asks for a new look names the stream to read.
void read_verb(Element value, const std::string& page, PostKind kind, bool comment, Time fallback,
               WebhookEntry& entry) {
    const auto verb = text(value, "verb");
    const auto post_id = text(value, "post_id");
    if (verb == "remove" || verb == "delete") {
        const auto id = text(value, comment ? "comment_id" : "post_id");
        if (id.empty()) wrong("has no id");
        entry.page.deletions.push_back({"facebook", {}, id, time(value, "created_time").value_or(fallback)});
    } else if (verb == "add" || is_edit(verb)) {
        entry.page.posts.push_back(read_value(value, page, kind, comment, fallback));
        if (kind != PostKind::mention && !post_id.empty())
            entry.page.streams.push_back({thread_of(value, post_id), false, {}, fallback + reopened_for});
    } else if (verb == "hide" || verb == "unhide") {
        if (comment && !post_id.empty()) entry.poll.push_back(thread_of(value, post_id));
    } else {
        entry.page.unknown.push_back(kind_name("feed/" + text(value, "item") + '/' + verb));
    }
}

} // namespace

std::string comments_of(const std::string& post_id) { return "comments:" + post_id; }
std::string advert_comments_of(const std::string& post_id) { return "ad_comments:" + post_id; }

std::string kind_name(std::string word) {
    std::erase_if(word, [](unsigned char c) { return !std::isalpha(c) && c != '_' && c != '/'; });
    return word.substr(0, 60);
}

Post read_post(Element item, const std::string& page, PostKind kind) {
    auto post = begin(item, page, kind, text(item, "id"));
    post.posted_at = posted_at(item);
    post.on_ad = promoted(text(item, "promotion_status"));
    read_attachments(item, post);
    post.metrics.likes = total(item, "reactions");
    post.metrics.comments = total(item, "comments");
    if (const auto shares = member(item, "shares")) post.metrics.shares = number(*shares, "count");
    return post;
}

Post read_comment(Element item, const std::string& page, const std::string& post_id) {
    auto post = begin(item, page, PostKind::comment, text(item, "id"));
    post.posted_at = posted_at(item);
    const auto parent = member(item, "parent");
    post.parent_id = parent ? text(*parent, "id") : post_id;
    if (const auto attachment = member(item, "attachment"))
        post.attachments.push_back({text(*attachment, "type"), text(*attachment, "url")});
    post.metrics.likes = number(item, "like_count");
    post.metrics.comments = number(item, "comment_count");
    return post;
}

WebhookEntry read_change(Element change, const std::string& page, Time fallback) {
    WebhookEntry entry{page, {}, {}};
    const auto value = member(change, "value");
    if (!value || !value->is_object()) return entry;
    const auto field = text(change, "field");
    const auto item = text(*value, "item");
    try {
        if (field == "mention") {
            // A mention may come without its text; the tagged edge has it.
            read_verb(*value, page, PostKind::mention, is_comment(item), fallback, entry);
            if (text(*value, "message").empty()) entry.poll.push_back("tagged");
        } else if (field == "feed" && (is_comment(item) || is_post(item))) {
            read_verb(*value, page, is_comment(item) ? PostKind::comment : PostKind::post, is_comment(item),
                      fallback, entry);
        } else if (field == "feed" && !is_reaction(item)) {
            entry.page.unknown.push_back(kind_name("feed/" + item));
        } else if (field != "feed" && !is_known_and_not_needed(field)) {
            entry.page.unknown.push_back(kind_name(field));
        }
    } catch (const Error& error) {
        entry.page = {};
        entry.page.rejected.push_back(std::string(error.what()) + '\t' + raw(*value));
    }
    return entry;
}

} // namespace larum::connectors::graph
