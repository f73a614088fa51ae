#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Jetstream, the whole network's posts as JSON over a websocket, in both of its dialects: the older one with a cursor
/// in microseconds, the newer one (network.bsky.jetstream.subscribeEvents) with sequence numbers.
namespace larum::connectors::jetstream {

enum class Dialect { v1, v2 };

/// Where the line goes on from, and for whom it is heard.
struct Place {
    Dialect dialect = Dialect::v1;
    std::string did;             ///< the watched account
    std::int64_t seq = 0;        ///< v2: of the last event; 0: not known
    std::int64_t at = 0;         ///< of the last event, microseconds since 1970; 0: none was heard
    bool behind = false;         ///< the server no longer had what comes next: the first event tells how much is missing
};

/// Reads and writes a stream's cursor. One of another dialect keeps its time only: both dialects go on from a time.
Place place_of(const std::string& cursor, Dialect dialect);
std::string cursor_of(const Place& place);

/// How the posts after `place` are heard from the server at `base` (wss://host).
Line line_of(const std::string& base, const Place& place);

/// One message, whichever dialect it is in. It owns what it read.
struct Message {
    enum class Kind {
        commit,  ///< a record was written or deleted
        notice,  ///< the server no longer has what the cursor asked for
        failure, ///< the server ends the line; `error` says why
        other,   ///< handles, accounts: nobody wrote
    };
    Kind kind = Kind::other;
    std::string error;
    std::string did;
    std::int64_t seq = 0;
    std::int64_t at = 0;
    std::string operation; ///< create, update, delete
    std::string collection;
    std::string rkey;
    json::Json record;
    Time time() const { return Time{std::chrono::microseconds{at}}; }
};

/// Nothing when it is no JSON object.
std::optional<Message> read_message(std::string_view data);

/// Where to go on when the server no longer has what comes after `place`: from its time, which the server moves up to
/// the oldest that it still has.
Place after_too_old(Place place);

/// Moves the place past the message, and tells the stretch that the server no longer had.
std::optional<Gap> move_past(Place& place, const Message& message);

} // namespace larum::connectors::jetstream
