#include "connectors/shared/bluesky_hear.h"

#include "connectors/shared/bluesky_record.h"
#include "connectors/shared/bluesky_reply.h"
#include "core/error.h"
#include "core/text.h"

namespace larum::connectors::bluesky {

namespace {

using jetstream::Message;

constexpr std::string_view post_collection = "app.bsky.feed.post";

std::vector<std::string> found_by(const Post& post, const std::vector<Search>& searches) {
    std::vector<std::string> found;
    if (searches.empty() || post.own) return found;
    const auto folded = text::fold(post.text);
    const auto words = text::folded_words(folded);
    for (const auto& one : searches)
        if (one.words.found_in(words)) found.push_back(one.stream);
    return found;
}

void hear_post(const Message& message, const std::string& did, const std::vector<Search>& searches, Heard& heard) {
    if (message.operation == "delete") {
        heard.page.deletions.push_back({"bluesky", "", uri_of(message.did, message.rkey), message.time(), true});
        return;
    }
    try {
        auto post = read_record(message.did, message.rkey, message.record, message.time(), did);
        auto named = found_by(post, searches);
        if (!post.own && concerns(message.record, did)) named.emplace_back("notifications");
        if (named.empty() && !post.own) return;
        if (message.operation == "update") post.edited_at = message.time();
        heard.page.posts.push_back(std::move(post));
        heard.poll = std::move(named);
    } catch (const Error& error) {
        heard.page.rejected.push_back(std::string(error.what()) + '\t' + json::raw(message.record));
    }
}

} // namespace

Heard hear(const std::string& cursor, jetstream::Dialect dialect, std::string_view data, const std::vector<Search>& searches) {
    Heard heard;
    const auto message = jetstream::read_message(data);
    if (!message) {
        heard.page.rejected.push_back("bluesky: a message that is no JSON object\t" + text::valid_utf8(data));
        return heard;
    }
    auto place = jetstream::place_of(cursor, dialect);
    if (message->kind == Message::Kind::failure) {
        heard.hang_up = true;
        heard.outcome = {Ending::later, "bluesky: Jetstream ended the line: " + error_name({{"error", message->error}}), {}, false};
    }
    if (const auto gap = jetstream::move_past(place, *message)) heard.page.gaps.push_back(*gap);
    if (message->kind == Message::Kind::commit && message->collection == post_collection) hear_post(*message, place.did, searches, heard);
    heard.page.cursor = jetstream::cursor_of(place);
    return heard;
}

} // namespace larum::connectors::bluesky
