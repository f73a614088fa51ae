#include "connectors/shared/graph_threads.h"

#include "connectors/shared/graph_post.h"
#include "core/error.h"

namespace larum::connectors::graph::threads {

const std::string fields = "id,text,timestamp,permalink,username,media_type,is_quote_post,has_replies";
const std::string reply_fields = fields + ",is_reply,is_reply_owned_by_me,root_post,replied_to";

namespace {

using namespace std::chrono_literals;

/// A post below which somebody answered late is read again for so long.
constexpr Span reopened_for = 24h * 7;

std::string id_in(Element item, std::string_view name) {
    const auto object = member(item, name);
    return object ? text(*object, "id") : std::string();
}

} // namespace

Post read_thread(Element item, const std::string& account, PostKind kind) {
    const auto wrong = [](const std::string& what) { throw Error(Error::Kind::input, what); };
    if (const auto words = member(item, "text"); words && !words->is_string()) wrong("field \"text\" is not text");
    Post post;
    post.platform = "threads";
    post.id = text(item, "id");
    if (post.id.empty()) wrong("has no id");
    const auto at = time(item, "timestamp");
    if (!at) wrong("field \"timestamp\" is not a time like 2026-03-20T00:05:29+0000");
    post.posted_at = *at;
    post.author.handle = text(item, "username");
    post.author.id = post.author.handle;
    post.author_scope = account;
    post.text = text(item, "text");
    post.url = text(item, "permalink");
    post.parent_id = id_in(item, "replied_to").empty() ? id_in(item, "root_post") : id_in(item, "replied_to");
    post.kind = kind;
    post.own = flag(item, "is_reply_owned_by_me");
    if (const auto type = text(item, "media_type"); !type.empty() && type != "TEXT_POST")
        post.attachments.push_back({type == "IMAGE" ? "photo" : type == "VIDEO" ? "video" : "album", post.url});
    return post;
}

namespace {

WebhookEntry read_event(const std::string& field, Element value, const std::string& account, Time at) {
    WebhookEntry entry{account, {}, {}};
    if (field == "replies" || field == "mentions") {
        auto post = read_thread(value, account, field == "replies" ? PostKind::comment : PostKind::mention);
        if (const auto root = id_in(value, "root_post"); field == "replies" && !root.empty())
            entry.page.streams.push_back({std::string(conversation_prefix) + root, false, {}, at + reopened_for});
        entry.page.posts.push_back(std::move(post));
    } else if (field == "delete") {
        if (const auto id = text(value, "id"); !id.empty()) entry.page.deletions.push_back({"threads", {}, id, at});
    } else if (field == "publish") {
        entry.poll.push_back("posts");
    } else {
        entry.page.unknown.push_back(kind_name("threads/" + field));
    }
    return entry;
}

} // namespace

std::vector<WebhookEntry> read_entries(const WebhookBody& kept) {
    const auto document = Document::parse(kept.body);
    const auto root = document->root();
    const auto values = root.is_object() ? member(root, "values") : std::nullopt;
    if (!values) throw Error(Error::Kind::input, "a webhook without \"values\"");
    const auto account = text(root, "target_id");
    const auto at = time(root, "time").value_or(kept.received_at);
    std::vector<Element> all;
    if (simdjson::dom::array list; values->get(list) == simdjson::SUCCESS)
        all.assign(list.begin(), list.end());
    else
        all.push_back(*values);
    std::vector<WebhookEntry> entries;
    for (const auto one : all) {
        const auto value = one.is_object() ? member(one, "value") : std::nullopt;
        if (!value || !value->is_object()) throw Error(Error::Kind::input, "a webhook whose values hold no value");
        try {
            entries.push_back(read_event(text(one, "field"), *value, account, at));
        } catch (const Error& error) {
            entries.push_back({account, {}, {}});
            entries.back().page.rejected.push_back(std::string(error.what()) + '\t' + raw(*value));
        }
    }
    return entries;
}

} // namespace larum::connectors::graph::threads
