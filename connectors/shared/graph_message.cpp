#include "connectors/shared/graph_message.h"

#include "core/text.h"

namespace larum::connectors::graph {

const std::string message_fields = "id,created_time,from,to,message,tags,attachments.limit(3){mime_type}";

namespace {

using namespace std::chrono_literals;

constexpr Span attempt_lasts = 12h;
constexpr std::size_t summary_length_max = 500;

Contact begin(const std::string& mid, const std::string& page, const std::string& person, bool out, Time at) {
    Contact contact;
    contact.ref = "messenger:" + mid;
    contact.author = "facebook:" + page + ':' + person;
    contact.channel = ContactChannel::messenger;
    contact.direction = out ? Direction::out : Direction::in;
    contact.at = at;
    return contact;
}

/// The page's own automatic replies carry a tag of their origin.
bool tagged_automatic(Element message) {
    const auto tags = member(message, "tags");
    simdjson::dom::array list;
    if (!tags || (*tags)["data"].get(list) != simdjson::SUCCESS) return false;
    for (const auto tag : list)
        if (text(tag, "name").find("auto") != std::string::npos) return true;
    return false;
}

std::string first_id(Element message, std::string_view edge_name) {
    const auto edge = member(message, edge_name);
    simdjson::dom::array list;
    if (!edge || (*edge)["data"].get(list) != simdjson::SUCCESS || list.size() == 0) return {};
    return text(list.at(0), "id");
}

std::string attachment_kind(Element message) {
    simdjson::dom::array list;
    if (message["attachments"].get(list) != simdjson::SUCCESS &&
        message["attachments"]["data"].get(list) != simdjson::SUCCESS)
        return {};
    if (list.size() == 0) return {};
    const auto type = text(list.at(0), "type");
    return '[' + (type.empty() ? text(list.at(0), "mime_type") : type) + ']';
}

std::string summary_of(std::string words, Element message) {
    if (words.empty()) words = attachment_kind(message);
    return larum::text::shorten(words, summary_length_max);
}

bool asks(const Contact& contact) {
    return contact.direction == Direction::out && larum::text::trim(contact.summary).ends_with('?');
}

std::string id_of(Element event, std::string_view name) {
    const auto who = member(event, name);
    return who ? text(*who, "id") : "";
}

/// Sender and recipient of an event; an echo is our own message coming back, with both swapped.
std::optional<Contact> begin_event(Element event, const std::string& page, const std::string& mid) {
    const auto sender = id_of(event, "sender");
    const auto at = time(event, "timestamp");
    const bool out = sender == page;
    const auto person = out ? id_of(event, "recipient") : sender;
    if (mid.empty() || person.empty() || !at) return std::nullopt;
    return begin(mid, page, person, out, *at);
}

} // namespace

std::optional<Contact> read_message(Element message, const std::string& page, const std::string& other) {
    const auto mid = text(message, "id");
    const auto at = time(message, "created_time");
    const auto from = id_of(message, "from");
    const bool out = from == page;
    auto person = out ? first_id(message, "to") : from;
    if (person.empty()) person = other;
    if (mid.empty() || !at || person.empty()) return std::nullopt;
    auto contact = begin(mid, page, person, out, *at);
    contact.automatic = tagged_automatic(message);
    contact.summary = summary_of(text(message, "message"), message);
    return contact;
}

std::optional<Contact> read_message_event(Element event, const std::string& page) {
    if (const auto edit = member(event, "message_edit")) {
        auto contact = begin_event(event, page, text(*edit, "mid"));
        if (contact) contact->summary = summary_of(text(*edit, "text"), *edit);
        return contact;
    }
    const auto message = member(event, "message");
    if (!message) return std::nullopt;
    auto contact = begin_event(event, page, text(*message, "mid"));
    if (!contact) return std::nullopt;
    // An unsent message keeps that it happened, not what it said.
    if (!flag(*message, "is_deleted")) contact->summary = summary_of(text(*message, "text"), *message);
    // A tap on one of our own buttons answers our question.
    contact->automatic = member(*message, "quick_reply").has_value();
    return contact;
}

void mark_answers(std::vector<Contact>& contacts) {
    for (std::size_t i = 1; i < contacts.size(); ++i)
        if (contacts[i].direction == Direction::in && asks(contacts[i - 1]) &&
            contacts[i].at - contacts[i - 1].at < attempt_lasts)
            contacts[i].automatic = true;
}

} // namespace larum::connectors::graph
