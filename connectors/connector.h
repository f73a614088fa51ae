#pragma once

#include "config/option.h"
#include "core/http.h"
#include "core/model.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace larum {
class Mailbox;
}

/// How larum reads a platform. A connector is one file in this folder that defines `const Kind& NAME_kind()`;
/// the build finds it. It knows core and config/option.h only, keeps no state but its settings, and makes at
/// most one request per call: everything it must remember goes back to its caller as a cursor or a session.
namespace larum::connectors {

/// How a call ended. Rate limits, dead credentials and vanished objects are values, never exceptions.
enum class Ending {
    ok,
    again,   ///< nothing read yet, call at once: a session was opened or refreshed with this request
    later,   ///< not before `not_before` (else back off): temporary, throttled, quota
    reauth,  ///< the credential or a permission is dead: stop it and tell a person
    gone,    ///< the stream's object no longer exists: retire the stream
    broken,  ///< the contract changed or the answer made no sense: tell the developers, try again rarely
};

struct Outcome {
    Ending ending = Ending::ok;
    std::string reason; ///< «facebook: code 190/463: the token expired»; no secret, no personal data
    std::optional<Time> not_before;
    bool whole_credential = false; ///< the rest holds for every stream of this credential, not only this one
    bool tell = false; ///< people should know though it passes by itself: a day's quota or money is used up
    bool ok() const { return ending == Ending::ok; }
};

/// One thing to read of a source, with a cursor of its own: «feed», «tagged», «comments:ID».
struct Stream {
    std::string name;
    std::string cursor;            ///< opaque; empty at first
    std::optional<Time> last_item; ///< newest item seen on it
};

struct StreamChange {
    std::string name;
    bool retire = false;            ///< else: make it when it is not there yet
    std::optional<Span> interval;   ///< else the source's
    std::optional<Time> retire_at;  ///< when it ends by itself
    bool live = false;              ///< heard over a line that is kept open (`Connector::line`), never polled
};

/// A post that the platform says is gone.
struct Deletion {
    std::string platform;
    std::string realm;
    std::string id;
    Time at{};
    bool only_known = false; ///< the platform tells of everybody's: one of an unknown post is nobody's news
};

/// A stretch of time that could not be read completely, for the ledger.
struct Gap {
    Time from{};
    Time to{};
    std::string reason;
};

/// Money of the running day, as far as the connector can tell, of the whole credential.
struct Spending {
    double today = 0;  ///< US dollars since 00:00 UTC for what was asked; its caller adds what came unasked
    double budget = 0; ///< of a day; what would pass it is not asked
};

/// What came unasked, by webhook or over a line, and the platform takes money for.
struct Billed {
    std::int64_t posts = 0;
    std::int64_t users = 0;
};

/// What one call read. Saved with the cursor in one transaction.
struct Page {
    std::vector<Post> posts; ///< oldest first; new and edited ones alike
    std::vector<Contact> contacts;
    std::vector<Deletion> deletions;
    std::vector<StreamChange> streams;
    std::vector<Gap> gaps;
    std::vector<std::string> rejected; ///< raw items that made no sense, «reason\titem»: dead-lettered
    std::optional<std::string> cursor; ///< the new cursor; unset: keep the old one
    bool more = false;                 ///< the walk is not complete: call again without waiting
    std::optional<Span> next_in;       ///< the platform asks for another rhythm
    std::optional<double> used;        ///< share of the platform's budget used, 0..1, of the whole credential
    std::optional<Spending> spending;  ///< where the platform takes money
    Billed billed;                     ///< likewise, of a webhook or a line
    std::vector<std::string> unknown;  ///< names of kinds of events that larum does not know: counted and shown
};

/// Tokens that a platform hands out and rotates. The caller keeps it sealed and saves a changed one
/// before anything else happens.
struct Session {
    std::string state; ///< opaque to the caller; empty at first
    bool changed = false;
};

struct Call {
    Time now{};
    Session& session;
    double unasked = 0; ///< US dollars since 00:00 UTC for what came unasked, of the whole credential
};

struct PollResult {
    Outcome outcome;
    Page page;
};

/// The current state of known posts.
struct RecheckResult {
    Outcome outcome;
    std::vector<Post> posts; ///< those still there, as they are now
    std::vector<Deletion> deletions;
    std::optional<Spending> spending{}; ///< where the platform takes money
};

/// What is true of the credential.
struct Probe {
    Outcome outcome;
    std::string account;              ///< whom it speaks for, as the platform names it
    std::vector<std::string> missing; ///< scopes or permissions that larum needs and does not have
    std::optional<Time> expires_at;
    std::string type;                 ///< of the credential: «page token», «system user», «app password»
    std::vector<std::string> granted; ///< scopes or permissions that were seen to be there
    std::vector<std::string> notes;   ///< what is therefore not read: «comments on adverts: ads_read is missing»
};

struct WebhookRequest {
    std::string method;
    std::string target; ///< path with query
    Headers headers;
    std::string body; ///< raw bytes
};

/// The immediate answer to a webhook request, before anything is parsed.
struct WebhookAnswer {
    int status = 200; ///< 401: the signature is missing or wrong
    std::string body;
    bool store = false; ///< a verified body to keep
    bool ring = false;  ///< an unsigned one: believed only so far that the app's sources are read now
    std::string type = "text/plain"; ///< of `body`
    std::string note; ///< what the headers say and the body does not (the kind of event), kept with the body
};

/// A verified body as it was kept.
struct WebhookBody {
    std::string_view body;
    std::string_view note; ///< as `accept` gave it
    Time received_at{};
};

/// One verified event, routed by the platform's account id.
struct WebhookEntry {
    std::string account; ///< native id of the page or account it concerns
    Page page;
    std::vector<std::string> poll; ///< names of streams that should be read now
};

/// A connection that the platform keeps open and writes to: what it brings comes sooner than by poll, and the poll
/// heals what it missed.
struct Line {
    enum class Form {
        websocket,    ///< a frame is an event
        event_stream, ///< server-sent events
        lines,        ///< a line of the answer is an event; empty lines keep the connection alive
    };
    Form form = Form::websocket;
    std::string url; ///< wss:// or https://
    Headers headers;
    std::string first;                           ///< sent once a websocket is open; may be empty
    Span silence = std::chrono::seconds{60};     ///< nothing at all for so long: connect again
    Span first_rest = std::chrono::seconds{1};   ///< after a lost connection; doubled up to `longest_rest`
    Span longest_rest = std::chrono::minutes{5};
};

struct LineEvent {
    std::string_view name; ///< of a server-sent event; else empty
    std::string_view data;
};

/// What one event of a line holds.
struct Heard {
    Page page;                     ///< with the new cursor, where the event moves it
    std::vector<std::string> poll; ///< names of streams that should be read now
    bool hang_up = false;          ///< connect again: the platform said so
    Outcome outcome;               ///< not ok: why, and when to come back
};

class Connector {
public:
    virtual ~Connector() = default;

    /// The streams of a source that was just configured.
    virtual std::vector<StreamChange> streams() const = 0;

    /// Reads the next page of `stream` after its cursor.
    virtual PollResult poll(const Stream& stream, Call& call) = 0;

    /// How many posts `recheck` takes at once; 0: it cannot.
    virtual std::size_t recheck_most() const { return 0; }
    virtual RecheckResult recheck(std::span<const Post> known, Call& call);

    virtual Probe probe(Call& call) = 0;

    /// How the live stream is connected to, its cursor in the address where the platform takes one. An outcome that
    /// is not ok says why there is no line now; `Ending::again` as in `poll`. A source with a live stream names it
    /// in `streams`.
    struct LineResult {
        Outcome outcome;
        Line line;
        std::optional<std::string> cursor{}; ///< what `hear` must know of this call (whose session it was) stands in it
    };
    virtual LineResult line(const Stream& stream, Call& call);
    /// What it means that the platform answered `answer` instead of opening the line: a new cursor, a gap, and when to
    /// come again. By default what the status alone says.
    virtual Heard refused(const Stream& stream, const HttpAnswer& answer, Time now) const;
    /// Reads one event; called from one thread at a time for each stream. Never throws for what the platform sent.
    virtual Heard hear(const Stream& stream, const LineEvent& event, Time now) const;

    /// What came unasked costs so much, in US dollars.
    virtual double cost_of(const Billed&) const { return 0; }
    /// The credential's day has cost `today` US dollars in all: not ok says that nothing is asked or heard any more, and
    /// until when.
    virtual Outcome afford(double today, Time now) const;

    /// The native id of the account this source watches, by which webhook entries find it; may be empty.
    virtual std::string account() const { return {}; }
};

/// What a platform's webhook app needs: verification and splitting, without a source.
class Receiver {
public:
    virtual ~Receiver() = default;
    virtual WebhookAnswer accept(const WebhookRequest& request, Time now) const = 0;
    /// Splits a stored body. Entries of unknown kinds come back with an empty page. Throws Error::Kind::input.
    virtual std::vector<WebhookEntry> entries(const WebhookBody& kept) const = 0;
    /// A longer body is answered 413 before it is read to its end.
    virtual std::size_t body_bytes_max() const { return std::size_t{1} << 20; }
};

/// A thing that connectors may call out with.
struct Services {
    Http& http;
    Mailbox* mailbox = nullptr; ///< null where only settings are checked, or only HTTP is at hand
};

/// Settings that every source has, read by larum itself; the kind's own options come beside them.
/// (brand, kind, interval, matching, seen: config/config.h)
struct Made {
    std::unique_ptr<Connector> connector;
    /// Sources that share this share one budget, one session and one blocked-until time: a digest of the
    /// credential, never the credential.
    std::string credential;
};

/// One kind of source: what `larum sources --kinds` and the reference show, and how one is made.
struct Kind {
    std::string name;     ///< as in `kind = "facebook"`
    std::string platform; ///< as in posts
    std::string gives;    ///< one line
    std::string needs;    ///< one line
    std::string terms;    ///< what the platform's terms say about matching: the rule by name and date
    std::vector<config::Description> options;
    Span interval = std::chrono::seconds{60}; ///< default of `interval`
    Matching matching_most = Matching::full;  ///< the most that the platform's terms allow without consent
    double calls_per_second = 1;              ///< the credential's token bucket
    int burst = 5;
    /// Reads the kind's own options from the source's table; problems are added, never thrown.
    std::function<Made(const config::Value& table, const std::vector<std::string>& common_keys,
                       config::Problems&, Services)> make;
    /// Null when the platform has no webhooks or larum takes none. Options of `[app.NAME]`.
    std::vector<config::Description> app_options;
    std::function<std::unique_ptr<Receiver>(const config::Value& table,
                                            const std::vector<std::string>& common_keys,
                                            config::Problems&)> make_receiver;
    bool gives_contacts = false; ///< messages between people and the brand: contacts, never posts
    /// What the platform forbids or cannot give, a line each: shown, never worked around.
    std::vector<std::string> cannot;
    /// What a person does on the platform before the first call, step by step: `larum connect` walks through it.
    std::vector<std::string> setup;
    /// Whose webhooks its sources hear: kinds of one family share their apps. Empty: those of its own name.
    std::string webhook_family;
    /// The setting by which its sources are also heard over a line (`Connector::line`). Empty: the kind has no line.
    std::string live;
    /// The platform wants kept posts to be looked at again within this time, so that deletions follow; zero: it does not say.
    Span refresh_within{};
};

/// Every kind that was built in, by name. Generated by the build.
std::vector<const Kind*> all_kinds();
const Kind* find_kind(std::string_view name);

} // namespace larum::connectors
