#include "daemon/dispatch/tongue.h"

#include <algorithm>
#include <cstdio>

namespace larum::dispatch {

namespace {

using namespace std::chrono_literals;

struct Named {
    std::string_view code, pl, en;
};

constexpr Named reasons[] = {
    {"promise_broken", "obietnica minęła", "promise passed"},
    {"broken_promise", "według autora złamana obietnica", "a broken promise, says the author"},
    {"not_solved", "zamknięte, a nierozwiązane", "closed but not solved"},
    {"thread_unanswered", "w wątku bez odpowiedzi", "unanswered in the thread"},
    {"answer_due", "kończy się czas na odpowiedź", "an answer is due"},
    {"unsolved_case", "nierozwiązana sprawa", "unsolved case"},
    {"on_behalf", "w czyimś imieniu", "for somebody else"},
    {"reach", "duży zasięg", "wide reach"},
    {"low_rating", "niska ocena", "low rating"},
    {"few_words", "zdjęcie prawie bez słów", "a picture, hardly a word"},
    {"late", "zauważone późno", "seen late"},
    {"backfill", "sprzed podłączenia źródła", "from before the source was connected"},
    {"threat.legal", "grozi sądem", "threatens legal action"},
    {"threat.regulator", "grozi urzędem", "threatens the regulator"},
    {"threat.media", "grozi mediami", "threatens the media"},
    {"threat.churn", "chce odejść", "wants to leave"},
    {"threat.chargeback", "grozi cofnięciem płatności", "threatens a chargeback"},
    {"threat.public", "zapowiada nagłośnienie", "threatens to go public"},
    {"hazard.injury_fire", "obrażenia lub pożar", "injury or fire"},
    {"hazard.health", "zdrowie", "health"},
    {"hazard.data_leak", "wyciek danych", "data leak"},
    {"hazard.discrimination", "dyskryminacja", "discrimination"},
    {"hazard.self_harm", "ryzyko samookaleczenia", "risk of self-harm"},
    {"hazard.press", "prasa", "press"},
};

/// How many of the largest unit that fits, and which: 0 minutes, 1 hours, 2 days.
std::pair<std::int64_t, int> largest_unit(Span span) {
    if (span < 60min) return {std::max<std::int64_t>(span / 1min, 0), 0};
    if (span < 48h) return {span / 1h, 1};
    return {span / 24h, 2};
}

} // namespace

int polish_form(std::int64_t n) {
    if (n == 1) return 0;
    const auto ones = n % 10, tens = n % 100;
    return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? 1 : 2;
}

std::string Tongue::count(std::int64_t n, std::string_view pl_one, std::string_view pl_few, std::string_view pl_many,
                          std::string_view en_one, std::string_view en_many) const {
    const std::string_view polish_forms[] = {pl_one, pl_few, pl_many};
    const auto noun = polish_ ? polish_forms[polish_form(n)] : (n == 1 ? en_one : en_many);
    return std::to_string(n) + ' ' + std::string(noun);
}

std::string Tongue::ago(Span span) const {
    const auto [n, unit] = largest_unit(span);
    if (unit == 0 && n == 0) return pick("przed chwilą", "just now");
    static constexpr std::string_view single[] = {"minutę", "godzinę", "dzień"};
    if (polish_ && n == 1) return std::string(single[unit]) + " temu";
    const auto counted = unit == 0   ? count(n, "minutę", "minuty", "minut", "minute", "minutes")
                         : unit == 1 ? count(n, "godzinę", "godziny", "godzin", "hour", "hours")
                                     : count(n, "dzień", "dni", "dni", "day", "days");
    return counted + pick(" temu", " ago");
}

std::string Tongue::lasting(Span span) const {
    auto [n, unit] = largest_unit(span);
    n = std::max<std::int64_t>(n, 1);
    // The genitive has only two forms.
    const auto counted = unit == 0   ? count(n, "minuty", "minut", "minut", "minute", "minutes")
                         : unit == 1 ? count(n, "godziny", "godzin", "godzin", "hour", "hours")
                                     : count(n, "dnia", "dni", "dni", "day", "days");
    return pick("od ", "for ") + counted;
}

std::string Tongue::date(Time time, const std::string& zone) const {
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto local = local_time(time, zone);
    const auto day = std::to_string(local.day);
    if (!polish_) return day + ' ' + std::string(months[local.month - 1]);
    return day + (local.month < 10 ? ".0" : ".") + std::to_string(local.month);
}

std::string Tongue::moment(Time time, const std::string& zone) const {
    const auto local = local_time(time, zone);
    char clock[16];
    std::snprintf(clock, sizeof clock, ", %02d:%02d", local.hour, local.minute);
    return date(time, zone) + clock;
}

std::string Tongue::topic(Topic topic) const {
    static constexpr std::string_view pl[] = {"dostawa",  "zwrot lub reklamacja",  "gwarancja", "płatność", "produkt",
                                              "konto lub aplikacja", "obsługa", "cena lub promocja", "inny temat"};
    static constexpr std::string_view en[] = {"delivery", "return or refund", "warranty", "payment", "product",
                                              "account or app", "staff", "price or promotion", "other topic"};
    const auto at = static_cast<std::size_t>(topic);
    return pick(pl[at], en[at]);
}

std::string Tongue::channel(ContactChannel channel) const {
    static constexpr std::string_view pl[] = {"telefon", "e-mail", "czat", "Messenger", "formularz",
                                              "sklep",   "list",   "aplikacja", "media społecznościowe"};
    static constexpr std::string_view en[] = {"phone", "e-mail", "chat", "Messenger", "form",
                                              "store", "letter", "app",  "social media"};
    const auto at = static_cast<std::size_t>(channel);
    return pick(pl[at], en[at]);
}

std::string Tongue::urgency(Urgency urgency, bool hazard) const {
    if (hazard) return pick("ZAGROŻENIE", "HAZARD");
    return urgency == Urgency::urgent ? pick("PILNE", "URGENT") : pick("DO SPRAWDZENIA", "TO CHECK");
}

std::string Tongue::reason(std::string_view code) const {
    for (const auto& one : reasons)
        if (one.code == code) return pick(one.pl, one.en);
    return {};
}

} // namespace larum::dispatch
