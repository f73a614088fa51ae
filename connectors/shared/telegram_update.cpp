#include "connectors/shared/telegram_update.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace larum::connectors::telegram {

namespace {

using json::Json;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Whether a user or chat is named in `list`, by id or by @name.
bool is_named(const std::vector<std::string>& list, const Json& someone) {
    const auto id = json::text(someone, "id"), name = lower(json::text(someone, "username"));
    return std::any_of(list.begin(), list.end(), [&](const std::string& one) {
        return (!id.empty() && one == id) || (!name.empty() && lower(one.starts_with('@') ? one.substr(1) : one) == name);
    });
}

bool is_watched(const Json& chat, const Ground& ground) {
    if (ground.chats.empty() || is_named(ground.chats, chat)) return true;
    const auto id = json::text(chat, "id");
    return std::any_of(ground.moved.begin(), ground.moved.end(), [&](const auto& move) {
        return move.second == id && std::find(ground.chats.begin(), ground.chats.end(), move.first) != ground.chats.end();
    });
}

Time time_of(const Json& object, const char* name) {
    const auto seconds = json::count(object, name).value_or(0);
    return Time{std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, 100'000'000'000)}};
}

std::string link_to(const Json& chat, const std::string& message) {
    if (const auto name = json::text(chat, "username"); !name.empty()) return "https://t.me/" + name + '/' + message;
    const auto id = json::text(chat, "id"); // private supergroups and channels: for members only
    return id.starts_with("-100") ? "https://t.me/c/" + id.substr(4) + '/' + message : std::string();
}

/// Somebody who writes as a chat (a channel, or the group itself: an administrator who does not say who) is that chat,
/// whatever stands in `from`: Telegram puts a stand-in there.
Author read_author(const Json& message, const Json& chat) {
    Author author;
    const auto& as_chat = json::member(message, "sender_chat");
    if (!as_chat.empty()) {
        const bool hidden = json::text(as_chat, "id") == json::text(chat, "id") && json::text(chat, "type") != "channel";
        if (!hidden) author.id = json::text(as_chat, "id");
        author.name = json::text(as_chat, "title");
        author.handle = json::text(as_chat, "username");
    } else if (const auto& from = json::member(message, "from"); !from.empty()) {
        author.id = json::text(from, "id");
        author.handle = json::text(from, "username");
        author.name = json::text(from, "first_name");
        if (const auto last = json::text(from, "last_name"); !last.empty()) author.name += ' ' + last;
    } else if (json::text(chat, "type") == "channel") {
        author.id = json::text(chat, "id");
        author.name = json::text(chat, "title");
        author.handle = json::text(chat, "username");
    }
    if (!author.handle.empty()) author.url = "https://t.me/" + author.handle;
    return author;
}

std::vector<Attachment> attachments_of(const Json& message) {
    struct Media {
        const char* member;
        const char* kind;
    };
    constexpr std::array media = {Media{"animation", "video"},  Media{"video", "video"},    Media{"video_note", "video"},   Media{"live_photo", "photo"},
                                  Media{"audio", "audio"},      Media{"voice", "audio"},    Media{"sticker", "sticker"},    Media{"location", "location"},
                                  Media{"story", "story"},      Media{"paid_media", "file"}, Media{"contact", "contact"}};
    std::vector<Attachment> all;
    if (!json::list(message, "photo").empty()) all.push_back({"photo", ""}); // a list of sizes of one picture
    for (const auto& one : media)
        if (!json::member(message, one.member).empty()) all.push_back({one.kind, ""});
    const bool animation = !json::member(message, "animation").empty(); // also given as a document
    if (!animation && !json::member(message, "document").empty()) all.push_back({"file", ""});
    for (const char* name : {"entities", "caption_entities"})
        for (const auto& entity : json::list(message, name))
            if (auto url = json::text(entity, "url"); !url.empty()) all.push_back({"link", std::move(url)});
    return all;
}

/// The words of a rich message (Bot API 10): blocks that hold blocks, texts that hold texts. Each block is a line.
void add_rich(const Json& part, bool block, std::string& words, int depth) {
    constexpr int depth_max = 40;
    if (depth > depth_max) return;
    if (part.is_string()) words += text::valid_utf8(part.get_ref<const std::string&>());
    if (part.is_array())
        for (const auto& one : part) add_rich(one, block, words, depth + 1);
    if (!part.is_object()) return;
    for (const char* name : {"alternative_text", "expression", "summary", "text"})
        if (part.contains(name)) add_rich(part[name], false, words, depth + 1);
    for (const char* name : {"blocks", "items", "cells", "caption"})
        if (part.contains(name)) add_rich(part[name], !part[name].is_string(), words, depth + 1);
    if (block && !words.empty() && words.back() != '\n') words += '\n';
}

std::string rich_text_of(const Json& message) {
    std::string words;
    add_rich(json::list(json::member(message, "rich_message"), "blocks"), true, words, 0);
    return text::trim(words);
}

std::string text_of(const Json& message) {
    if (auto text = json::text(message, "text"); !text.empty()) return text;
    if (auto caption = json::text(message, "caption"); !caption.empty()) return caption;
    if (auto rich = rich_text_of(message); !rich.empty()) return rich;
    if (auto title = json::text(json::member(message, "checklist"), "title"); !title.empty()) return title;
    return json::text(json::member(message, "poll"), "question");
}

/// Ids of messages count from 1 in each chat. What a channel writes is put into its discussion group by Telegram itself:
/// there it is still the channel's message, else it were two posts for a bot that is in both.
std::string id_of(const Json& message, const std::string& chat_id) {
    const auto& origin = json::member(message, "forward_origin");
    const auto channel = json::text(json::member(origin, "chat"), "id"), original = json::text(origin, "message_id");
    if (json::flag(message, "is_automatic_forward") && !channel.empty() && !original.empty()) return channel + '_' + original;
    return chat_id + '_' + json::text(message, "message_id");
}

/// What a message answers; empty when it answers nothing. Whatever is written in a topic of a forum comes as an answer to
/// the service message that opened the topic.
std::string parent_of(const Json& message, const std::string& chat_id) {
    const auto& reply = json::member(message, "reply_to_message");
    const bool topic = reply.contains("forum_topic_created") ||
                       (json::flag(message, "is_topic_message") && json::text(reply, "message_id") == json::text(message, "message_thread_id"));
    if (topic) return {};
    const auto& elsewhere = json::member(message, "external_reply"); // an answer to what stands in another chat
    const auto& answered = reply.empty() ? elsewhere : reply;
    if (json::text(answered, "message_id").empty()) return {};
    const auto there = json::text(json::member(answered, "chat"), "id");
    if (there.empty() && reply.empty()) return {};
    return id_of(answered, there.empty() ? chat_id : there);
}

void read_message(const Json& message, const Json& chat, const Ground& ground, Page& page) {
    const auto id = json::text(message, "message_id"), chat_id = json::text(chat, "id");
    if (id.empty() || time_of(message, "date") == Time{}) throw Error(Error::Kind::input, "telegram: a message without id or date");
    Post post;
    post.platform = "telegram";
    post.id = id_of(message, chat_id);
    post.text = text_of(message);
    post.attachments = attachments_of(message);
    if (post.text.empty() && post.attachments.empty()) return; // somebody joined, a title changed: nobody wrote
    const auto& from = json::member(message, "from");
    const auto& as_chat = json::member(message, "sender_chat");
    post.own = is_named(ground.own, from) || (!as_chat.empty() && is_named(ground.own, as_chat)) ||
               (json::text(chat, "type") == "channel" && is_named(ground.own, chat));
    if (json::flag(from, "is_bot") && as_chat.empty() && !post.own) return; // a machine
    post.parent_id = parent_of(message, chat_id);
    if (!post.parent_id.empty()) post.kind = PostKind::comment;
    post.author = read_author(message, chat);
    post.posted_at = time_of(message, "date");
    if (const auto edited = time_of(message, "edit_date"); edited > post.posted_at) post.edited_at = edited;
    const bool forwarded = post.id != chat_id + '_' + id; // then it is shown where it was written
    post.url = forwarded ? link_to(json::member(json::member(message, "forward_origin"), "chat"), post.id.substr(post.id.rfind('_') + 1)) : link_to(chat, id);
    page.posts.push_back(std::move(post));
}

void read_membership(const Json& change, Time now, Page& page) {
    const auto status = json::text(json::member(change, "new_chat_member"), "status");
    const auto at = time_of(change, "date");
    if ((status == "left" || status == "kicked") && at != Time{})
        page.gaps.push_back({at, std::max(at, now), "the bot was removed from chat " + json::text(json::member(change, "chat"), "id") + ": it is not read any more"});
}

/// The member that says what the update is; unknown ones come back by name.
std::string kind_of(const Json& update) {
    for (const auto& [name, value] : update.items())
        if (name != "update_id" && value.is_object()) return name;
    return {};
}

} // namespace

const std::vector<std::string>& wanted_updates() {
    static const std::vector<std::string> wanted = {"message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"};
    return wanted;
}

void read_update(const Json& update, Ground& ground, Time now, Page& page) {
    if (!update.is_object()) throw Error(Error::Kind::input, "telegram: an update is no object");
    const auto kind = kind_of(update);
    const auto& all = wanted_updates();
    if (std::find(all.begin(), all.end(), kind) == all.end()) {
        page.unknown.push_back(kind.empty() ? "an empty update" : kind.substr(0, 40));
        return;
    }
    const auto& content = json::member(update, kind.c_str());
    const auto& chat = json::member(content, "chat");
    const auto type = json::text(chat, "type");
    if (json::text(chat, "id").empty() || type.empty()) throw Error(Error::Kind::input, "telegram: an update without a chat");
    if (type == "private") { // between one person and the bot: not public
        if (kind != "my_chat_member") page.unknown.emplace_back("a private chat");
        return;
    }
    if (!is_watched(chat, ground)) {
        page.unknown.emplace_back("a chat that is not in `chats`");
        return;
    }
    if (const auto to = json::text(content, "migrate_to_chat_id"); !to.empty()) {
        ground.moved[json::text(chat, "id")] = to;
        page.unknown.push_back("a group became a supergroup: its id in `chats` is now " + to);
        return;
    }
    if (kind == "my_chat_member")
        read_membership(content, now, page);
    else
        read_message(content, chat, ground, page);
}

} // namespace larum::connectors::telegram
