#include "connectors/shared/graph_message.h"
#include "connectors/shared/graph_probe.h"
#include "connectors/shared/graph_read.h"
#include "connectors/shared/graph_settings.h"
#include "connectors/shared/graph_webhook.h"
#include "connectors/shared/meta_words.h"

#include <algorithm>

namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using namespace graph;

constexpr std::string_view thread_prefix = "messages:";
constexpr Span thread_lives = 24h;

/// Messages that come along with their conversation; a longer exchange gets a stream of its own.
constexpr std::string_view messages_inline = "25";

/// The person of a conversation: the participant who is not the page.
std::string other_of(Element conversation, const std::string& page) {
    const auto edge = member(conversation, "participants");
    simdjson::dom::array list;
    if (!edge || (*edge)["data"].get(list) != simdjson::SUCCESS) return {};
    for (const auto one : list)
        if (const auto id = text(one, "id"); id != page) return id;
    return {};
}

struct Messages {
    std::vector<Contact> contacts; ///< oldest first
    std::vector<Time> times;       ///< in the list's order, newest first
    std::optional<Query> next;
};

void reject(Element item, Page& page) {
    page.rejected.push_back("message without id, time or person\t" + text(item, "id"));
}

/// `list` holds `data` and `paging` of one conversation's messages.
Messages read_messages(Element list, const std::string& page_id, const std::string& other, Page& page) {
    Messages messages;
    simdjson::dom::array data;
    if (list["data"].get(data) == simdjson::SUCCESS) {
        for (const auto item : data) {
            auto contact = read_message(item, page_id, other);
            if (!contact) {
                reject(item, page);
                continue;
            }
            messages.times.push_back(contact->at);
            messages.contacts.push_back(std::move(*contact));
        }
    }
    std::stable_sort(messages.contacts.begin(), messages.contacts.end(),
                     [](const Contact& a, const Contact& b) { return a.at < b.at; });
    mark_answers(messages.contacts);
    messages.next = next_of(list);
    return messages;
}

/// Of what was read, what is newer than `floor`: the rest only told whether an answer is one.
void keep_new(std::vector<Contact>& contacts, Time floor, Page& page) {
    for (auto& contact : contacts)
        if (contact.at >= floor) page.contacts.push_back(std::move(contact));
}

class Messenger final : public Connector {
public:
    Messenger(Settings settings, Http& http)
        : settings_(std::move(settings)), access_(settings_.access("messenger")), http_(http) {}

    std::vector<StreamChange> streams() const override {
        return with_subscription({{"conversations", false, {}, {}}}, settings_);
    }

    PollResult poll(const Stream& stream, Call& call) override {
        auto result = poll_stream(stream, call);
        const bool subscription = stream.name == subscription_stream;
        result.outcome = name_permission(result.outcome, stream.name,
                                         subscription ? "pages_manage_metadata" : "pages_messaging");
        return result;
    }

    Probe probe(Call& call) override {
        Needs needs{Needs::Whose::page, {"pages_messaging"}, {}};
        if (settings_.webhooks)
            needs.extras.push_back({"whether webhooks are still sent", {"pages_manage_metadata"}});
        return graph::probe(http_, access_, needs, call.now);
    }

    std::string account() const override { return settings_.page; }

private:
    PollResult poll_stream(const Stream& stream, Call& call) {
        if (stream.name == "conversations") return poll_conversations(stream, call.now);
        if (stream.name.starts_with(thread_prefix)) return poll_thread(stream, call.now);
        if (stream.name == subscription_stream) return poll_subscription(http_, access_, settings_.page, call.now);
        return {{Ending::gone, "messenger: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    PollResult poll_conversations(const Stream& stream, Time now);
    PollResult poll_thread(const Stream& stream, Time now);
    std::optional<Time> read_conversation(Element conversation, Time floor, Time now, Page& page) const;

    Settings settings_;
    Access access_;
    Http& http_;
};

/// Reads a conversation's newest messages; nothing when it has no time to sort it by.
std::optional<Time> Messenger::read_conversation(Element conversation, Time floor, Time now,
                                                 Page& page) const {
    const auto updated_at = time(conversation, "updated_time");
    const auto id = text(conversation, "id");
    if (!updated_at || id.empty()) {
        page.rejected.push_back("conversation without id or updated_time\t" + id);
        return std::nullopt;
    }
    if (const auto list = member(conversation, "messages"); list && *updated_at >= floor) {
        auto messages = read_messages(*list, settings_.page, other_of(conversation, settings_.page), page);
        if (messages.next && !messages.times.empty() && messages.times.back() >= floor)
            page.streams.push_back({std::string(thread_prefix) + id, false, {}, now + thread_lives});
        keep_new(messages.contacts, floor, page);
    }
    return updated_at;
}

PollResult Messenger::poll_conversations(const Stream& stream, Time now) {
    Walk walk(stream.cursor, settings_.bounds(), now);
    Query query = {{"platform", "MESSENGER"},
                   {"fields", "id,updated_time,participants,messages.limit(" + std::string(messages_inline) +
                                  "){" + message_fields + "}"},
                   {"limit", std::to_string(walk.page_size(25))}};
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply =
        graph::call(http_, access_, get(access_, '/' + settings_.page + "/conversations", query), now);
    PollResult result{standing(reply.outcome), {}};
    result.page.used = reply.used;
    if (reply.too_much && walk.ask_for_less(result.page)) result.outcome = {};
    if (!reply.document) return result;
    result.page.rejected = reply.document->rejected();
    std::vector<Time> times;
    for (const auto conversation : reply.document->items())
        if (const auto at = read_conversation(conversation, walk.floor(), now, result.page))
            times.push_back(*at);
    walk.advance(times, next_of(reply.document->root()), result.page);
    return result;
}

PollResult Messenger::poll_thread(const Stream& stream, Time now) {
    Walk walk(stream.cursor, settings_.bounds(), now);
    const auto thread = stream.name.substr(thread_prefix.size());
    Query query = {{"fields", message_fields}, {"limit", "100"}};
    query.insert(query.end(), walk.position().begin(), walk.position().end());
    const auto reply = graph::call(http_, access_, get(access_, '/' + thread + "/messages", query), now);
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    if (!reply.document) return result;
    result.page.rejected = reply.document->rejected();
    auto messages = read_messages(reply.document->root(), settings_.page, {}, result.page);
    keep_new(messages.contacts, walk.floor(), result.page);
    walk.advance(messages.times, messages.next, result.page);
    // The conversation's own page carries what comes next.
    if (!result.page.more) result.page.streams.push_back({stream.name, true, {}, {}});
    return result;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems,
          Services services) {
    auto settings = read_settings(common_options(), table, common_keys, problems);
    const auto credential = settings.credential("messenger");
    return {std::make_unique<Messenger>(std::move(settings), services.http), credential};
}

} // namespace

const Kind& messenger_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "messenger";
        made.platform = "facebook";
        made.gives = "Messages between people and a page, as contacts of the person: never as posts.";
        made.needs = "A page token with pages_messaging and the app's secret; Advanced Access for people outside the "
                     "team.";
        made.options = config::describe(common_options());
        made.calls_per_second = 2;
        made.burst = 2;
        made.make = make;
        made.app_options = app_options();
        made.make_receiver = graph::make_receiver;
        made.gives_contacts = true;
        made.webhook_family = "meta"; // one app serves pages, messages and Instagram
        say_messenger(made);
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
