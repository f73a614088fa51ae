#include "connectors/shared/jetstream.h"

#include <algorithm>

namespace larum::connectors::jetstream {

using namespace std::chrono_literals;
using json::Json;

namespace {

constexpr std::string_view posts = "app.bsky.feed.post";
constexpr int message_bytes_max = 262144; ///< a post has 3,000 bytes of text; longer ones are not ours
/// The older dialect's clock is not exact: a few seconds are heard again.
constexpr std::int64_t overlap = 5'000'000;
/// On the whole network no hour passes in silence: the older dialect says nothing when it no longer has what was asked.
constexpr std::int64_t surely_missing = 3'600'000'000;

std::int64_t number(const Json& object, const char* name) { return std::max<std::int64_t>(0, json::count(object, name).value_or(0)); }

std::int64_t microseconds(const std::string& time) {
    const auto read = parse_time(time);
    return read ? read->time_since_epoch().count() : 0;
}

void read_commit(const Json& commit, Message& message) {
    message.kind = Message::Kind::commit;
    message.operation = json::text(commit, "operation");
    message.collection = json::text(commit, "collection");
    message.rkey = json::text(commit, "rkey");
    if (const auto record = commit.find("record"); record != commit.end()) message.record = *record;
}

Message read_v1(const Json& body) {
    Message message;
    message.did = json::text(body, "did");
    message.at = number(body, "time_us");
    if (json::text(body, "kind") == "commit") read_commit(json::member(body, "commit"), message);
    return message;
}

Message read_v2(const Json& payload) {
    Message message;
    message.did = json::text(payload, "did");
    message.seq = number(payload, "seq");
    message.at = microseconds(json::text(payload, "time"));
    const auto type = json::text(payload, "$type");
    if (type.ends_with("#commit")) read_commit(payload, message);
    if (type.ends_with("#info") && json::text(payload, "name") == "OutdatedCursor") message.kind = Message::Kind::notice;
    return message;
}

Message failure(const Json& body) {
    Message message;
    message.kind = Message::Kind::failure;
    message.error = json::text(body, "error").substr(0, 64);
    return message;
}

} // namespace

Place place_of(const std::string& cursor, Dialect dialect) {
    const auto read = json::parse(cursor);
    Place place;
    place.dialect = dialect;
    place.did = json::text(read, "did");
    place.at = number(read, "at");
    place.behind = json::flag(read, "behind");
    if (dialect == Dialect::v2) place.seq = number(read, "seq");
    return place;
}

std::string cursor_of(const Place& place) {
    Json cursor = {{"did", place.did}};
    if (place.seq > 0) cursor["seq"] = place.seq;
    if (place.at > 0) cursor["at"] = place.at;
    if (place.behind) cursor["behind"] = true;
    return cursor.dump();
}

Line line_of(const std::string& base, const Place& place) {
    Line line;
    const auto most = "&maxMessageSizeBytes=" + std::to_string(message_bytes_max);
    if (place.dialect == Dialect::v1) {
        line.url = base + "/subscribe?wantedCollections=" + std::string(posts) + most;
        if (place.at > 0) line.url += "&cursor=" + std::to_string(std::max<std::int64_t>(1, place.at - overlap));
        return line;
    }
    line.url = base + "/xrpc/network.bsky.jetstream.subscribeEvents?kinds=commit&collections=" + std::string(posts) + most;
    // A number of 10^15 and more is read as a time, which the server moves up to what it still has.
    if (place.seq > 0 || place.at > 0) line.url += "&cursor=" + std::to_string(place.seq > 0 ? place.seq : place.at);
    line.headers = {{"Sec-WebSocket-Protocol", "xrpc.v1.json"}};
    return line;
}

std::optional<Message> read_message(std::string_view data) {
    const auto body = json::parse(data);
    if (!body.is_object()) return {};
    if (body.contains("error")) return failure(body);
    if (const auto& payload = json::member(body, "payload"); !payload.empty()) return read_v2(payload);
    return body.contains("$type") ? read_v2(body) : read_v1(body);
}

Place after_too_old(Place place) {
    place.seq = 0;
    place.behind = place.at > 0;
    return place;
}

std::optional<Gap> move_past(Place& place, const Message& message) {
    if (message.kind == Message::Kind::notice) place.behind = place.at > 0;
    if (message.kind == Message::Kind::failure && message.error == "FutureCursor") place.seq = 0; // a server with numbers of its own
    if (message.kind == Message::Kind::failure || message.kind == Message::Kind::notice) return {};
    if (message.at == 0) {
        place.seq = std::max(place.seq, message.seq);
        return {};
    }
    std::optional<Gap> gap;
    const bool silent_v1 = place.dialect == Dialect::v1 && message.at - place.at > surely_missing;
    if (place.at > 0 && message.at > place.at && (place.behind || silent_v1))
        gap = Gap{Time{std::chrono::microseconds{place.at}}, message.time(), "Jetstream no longer had it; the poll reads it"};
    place.behind = false;
    place.at = std::max(place.at, message.at);
    place.seq = std::max(place.seq, message.seq);
    return gap;
}

} // namespace larum::connectors::jetstream
