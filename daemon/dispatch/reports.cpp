#include "core/text.h"
#include "daemon/dispatch/tongue.h"
#include "daemon/dispatch/wording.h"

#include <nlohmann/json.hpp>

namespace larum::dispatch {

namespace {

using alerts::LineRole;
using alerts::Message;
using alerts::MessageKind;
using nlohmann::json;

Message begin(Id alert, MessageKind kind, const config::Brand& brand, Detail detail) {
    Message message;
    message.alert_id = to_text(alert);
    message.kind = kind;
    message.urgency = Urgency::none;
    message.lang = Tongue(brand.language).lang();
    message.brand = brand.name;
    message.detail = detail;
    return message;
}

std::string text_of(const json& body, const char* name) {
    const auto found = body.find(name);
    if (found == body.end()) return {};
    if (found->is_string()) return text::shorten(found->get_ref<const std::string&>(), 120);
    return found->is_number() ? found->dump() : std::string();
}

std::int64_t number_of(const json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

/// «214 wpisów, 0 pilnych, źródła 3 z 3».
std::string quiet_line(const json& body, const Tongue& tongue) {
    const auto urgent = number_of(body, "urgent");
    auto line = tongue.count(number_of(body, "posts"), "wpis", "wpisy", "wpisów", "post", "posts") + ", " +
                (tongue.polish() ? tongue.count(urgent, "pilny", "pilne", "pilnych", "", "") : std::to_string(urgent) + " urgent") +
                ", " + tongue.pick("źródła ", "sources ") + std::to_string(number_of(body, "sources_ok")) +
                tongue.pick(" z ", " of ") + std::to_string(number_of(body, "sources"));
    if (body.value("shadow", json(false)) == json(true)) {
        const auto woken = number_of(body, "would_have_woken");
        line += tongue.pick(" · tryb cienia: obudzono by cię ", " · shadow mode: would have woken you ") +
                tongue.count(woken, "raz", "razy", "razy", "time", "times");
    }
    return line;
}

/// « 2026-04-05 11:02 – 11:47 UTC»
std::string stretch(const json& body) {
    const auto from = text_of(body, "from"), to = text_of(body, "to");
    constexpr std::size_t day = 10, minute = 16;
    if (from.size() < minute || to.size() < minute) return {};
    const bool same_day = from.compare(0, day, to, 0, day) == 0;
    return " (" + from.substr(0, day) + ' ' + from.substr(day + 1, 5) + " – " + (same_day ? "" : to.substr(0, day) + ' ') + to.substr(day + 1, 5) + " UTC)";
}

std::string sentence(const json& body, const Tongue& tongue) {
    const auto code = text_of(body, "code");
    const auto source = text_of(body, "source"), reason = text_of(body, "reason");
    const auto why = reason.empty() ? "" : ": " + reason;
    if (code == "quiet") return quiet_line(body, tongue);
    if (code == "alert_refused")
        return tongue.pick("Alert nie dotarł przez kanał ", "An alert did not get through channel ") + text_of(body, "channel") + why;
    if (code == "source_failing") return tongue.pick("Źródło nie działa: ", "A source fails: ") + source + why;
    if (code == "credential_dead") return tongue.pick("Źródło straciło dostęp: ", "A source has lost its access: ") + source + why;
    if (code == "credential_expires")
        return tongue.pick("Dostęp źródła wygasa: ", "A source's access expires: ") + source + ' ' + text_of(body, "at");
    if (code == "source_silent") return tongue.pick("Źródła nie da się odczytać: ", "A source cannot be read: ") + source + why;
    if (code == "line_lost")
        return tongue.pick("Źródło nie słucha na żywo, tylko odpytuje: ", "A source is not heard live, only polled: ") + source + why;
    if (code == "line_flaps")
        return tongue.pick("Źródło raz po raz traci połączenie na żywo: ", "A source's live line is lost again and again: ") + source + " (" +
               tongue.count(number_of(body, "losses"), "raz", "razy", "razy", "time", "times") + tongue.pick(" dzisiaj)", " today)") + why;
    if (code == "source_slow") return tongue.pick("Źródło musi czekać: ", "A source has to wait: ") + source + why;
    if (code == "source_behind")
        return tongue.pick("Źródło jest czytane z opóźnieniem: ", "A source is read late: ") + source + " (" +
               tongue.count(number_of(body, "minutes"), "minuta", "minuty", "minut", "minute", "minutes") + ')';
    if (code == "source_quiet")
        return tongue.pick("Źródło milczy, choć zwykle o tej porze coś przynosi: ", "A source is silent at a time when it never was: ") + source + " (" +
               tongue.count(number_of(body, "hours"), "godzina", "godziny", "godzin", "hour", "hours") + ')';
    if (code == "permission_missing") return tongue.pick("Źródło straciło uprawnienie: ", "A source has lost a permission: ") + source + why;
    if (code == "source_back")
        return tongue.pick("Źródło znów działa: ", "A source works again: ") + source + why + stretch(body) + ", " +
               tongue.pick("odzyskano ", "") + tongue.count(number_of(body, "recovered"), "wpis", "wpisy", "wpisów", "post", "posts") +
               tongue.pick("", " recovered");
    if (code == "source_gap")
        return tongue.pick("Luka w źródle, której nie da się uzupełnić: ", "A gap in a source that cannot be filled: ") + source + why + stretch(body);
    if (code == "dead_letters")
        return tongue.pick("Odłożone wpisy, których nie dało się przetworzyć: ", "Posts set aside that could not be worked on: ") +
               std::to_string(number_of(body, "count"));
    return code + (source.empty() ? "" : ' ' + source) + why;
}

} // namespace

Message word_digest(const Digest& digest, const config::Brand& brand, Detail detail, const Pages& pages) {
    const Tongue tongue(brand.language);
    auto message = begin(digest.alert, MessageKind::digest, brand, detail);
    message.urgency = Urgency::flag;
    message.lines.push_back({LineRole::headline,
                             tongue.pick("Do sprawdzenia: ", "To check: ") +
                                 tongue.count(digest.count, "wpis", "wpisy", "wpisów", "post", "posts"),
                             pages.queue()});
    std::string topics;
    for (const auto& [topic, count] : digest.topics)
        topics += (topics.empty() ? "" : ", ") + tongue.topic(topic) + ' ' + std::to_string(count);
    if (!topics.empty()) message.lines.push_back({LineRole::note, topics, {}});
    return message;
}

Message word_burst(Id alert, int count, int revision, const config::Brand& brand, Detail detail, const Pages& pages) {
    const Tongue tongue(brand.language);
    auto message = begin(alert, MessageKind::digest, brand, detail);
    message.revision = revision;
    message.urgency = Urgency::urgent;
    const auto minutes = std::max<std::int64_t>(1, brand.burst_window / std::chrono::minutes{1});
    message.lines.push_back(
        {LineRole::headline,
         tongue.urgency(Urgency::urgent, false) + " · + " +
             tongue.count(count, "kolejny pilny wpis", "kolejne pilne wpisy", "kolejnych pilnych wpisów", "more urgent post",
                          "more urgent posts") +
             tongue.pick(" w ", " within ") +
             tongue.count(minutes, "minutę", "minuty", "minut", "minute", "minutes"),
         pages.queue()});
    return message;
}

Message word_notice(Id alert, const json& body, const config::Brand& brand, Detail detail, const Pages& pages) {
    auto message = begin(alert, MessageKind::notice, brand, detail);
    message.lines.push_back({LineRole::headline, "larum · " + brand.name + ": " + sentence(body, Tongue(brand.language)), {}});
    if (text_of(body, "code") != "quiet") message.actions.push_back({"larum", pages.queue()});
    return message;
}

void mark_repeated(Message& message) {
    message.repeated = true;
    if (message.lines.empty()) return;
    auto& head = message.lines.front().text;
    head += Tongue(message.lang).pick(" · powtórka: nie wiadomo, czy pierwsza próba dotarła",
                                      " · a repeat: it is not known whether the first try arrived");
}

Message word_test(Id alert, const config::Brand& brand, const std::string& channel, Detail detail, Time now) {
    const Tongue tongue(brand.language);
    auto message = begin(alert, MessageKind::test, brand, detail);
    message.lines.push_back({LineRole::headline,
                             tongue.pick("TEST · kanał ", "TEST · channel ") + channel +
                                 tongue.pick(" działa; nic się nie stało", " works; nothing has happened"),
                             {}});
    message.lines.push_back({LineRole::note, "larum alert-test · " + format_time(now), {}});
    return message;
}

} // namespace larum::dispatch
