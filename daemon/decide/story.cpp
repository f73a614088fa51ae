#include "daemon/decide/story.h"

#include <algorithm>
#include <array>

namespace larum::decide {

namespace {

using namespace std::chrono_literals;

constexpr Span one_attempt = 12h;
constexpr Span opened_soon = 72h;
constexpr Span closed_lately = 24h * 30;

/// The case that a contact without one is about: the one opened last of those open at its time, else the one
/// opened first within three days after it; 0 when there is none.
Id case_of(const Contact& contact, const Records& records) {
    const Case* open = nullptr;
    const Case* soon = nullptr;
    Time open_since{}, soon_at{};
    for (const auto& one : records.cases) {
        if (!one.opened_at) continue;
        const Time opened = *one.opened_at;
        if (opened <= contact.at && !closed_by(one, contact.at)) {
            if (!open || opened > open_since) open = &one, open_since = opened;
        } else if (opened > contact.at && opened <= contact.at + opened_soon) {
            if (!soon || opened < soon_at) soon = &one, soon_at = opened;
        }
    }
    return open ? open->id : soon ? soon->id : 0;
}

bool counts(const Contact& contact, const Case& matter, const Records& records, Time at) {
    if (contact.direction != Direction::in || contact.automatic || contact.at >= at) return false;
    return (contact.matter ? contact.matter : case_of(contact, records)) == matter.id;
}

} // namespace

std::optional<Time> closed_by(const Case& matter, Time at) {
    auto closed = matter.closed_at;
    if (!closed && matter.status == CaseStatus::closed) closed = matter.updated_at;
    return closed && *closed <= at ? closed : std::nullopt;
}

std::optional<Time> opened_at(const Case& matter, const Records& records) {
    if (matter.opened_at) return matter.opened_at;
    for (const auto& contact : records.contacts)
        if (contact.matter == matter.id) return contact.at;
    return std::nullopt;
}

bool unsolved(const Case& matter, const Records& records, Time at, bool said_not_solved) {
    const auto opened = opened_at(matter, records);
    if (!opened || *opened > at) return false;
    const auto closed = closed_by(matter, at);
    return !closed || (said_not_solved && *closed > at - closed_lately);
}

Story tell_story(const Case& matter, const Records& records, Time at, const std::string& zone) {
    Story story;
    std::array<std::optional<Time>, word_count<ContactChannel>> attempt_began;
    for (const auto& contact : records.contacts) {
        if (!counts(contact, matter, records, at)) continue;
        ++story.contacts;
        auto& began = attempt_began[static_cast<std::size_t>(contact.channel)];
        if (!began) story.channels.push_back(contact.channel);
        if (began && contact.at < *began + one_attempt) continue;
        began = contact.at;
        ++story.attempts;
    }
    if (matter.promised_at && !closed_by(matter, at)) {
        const Time end = end_of_local_day(*matter.promised_at, zone);
        if (end <= at) story.promise_broken_at = end;
    }
    return story;
}

} // namespace larum::decide
