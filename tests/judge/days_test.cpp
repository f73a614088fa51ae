#include "core/time.h"
#include "daemon/judge/judge.h"
#include "support/catch.h"

#include <algorithm>
#include <string>

using namespace larum;

namespace {

const Judge& the_judge() {
    static const Judge judge;
    return judge;
}

/// Judged as posted on Friday, 10 April 2026, in Poland.
Verdict judged(std::string_view text, std::string_view lang = "") {
    return the_judge().judge(text, lang, *parse_time("2026-04-10T10:00:00Z"), "Europe/Warsaw", {});
}

struct Said {
    const char* text;
    const char* day;
};

} // namespace

TEST_CASE("a promised day is told from the day of the post", "[judge][days]") {
    const Said cases[] = {
        {"Obiecali oddzwonić do środy i nikt nie zadzwonił.", "2026-04-08"},
        {"Kurier miał przyjechać we wtorek. Nikt nie przyjechał.", "2026-04-07"},
        {"Zwrot miał być do 3 kwietnia, nadal nic.", "2026-04-03"},
        {"Zwrot miał być do 03.04, nadal nic.", "2026-04-03"},
        {"Mieli oddzwonić wczoraj, cisza.", "2026-04-09"},
        {"Zwrot nadany 4 marca, obiecali oddać w ciągu 14 dni.", "2026-03-18"},
        {"You promised a refund by Monday, nothing came.", "2026-04-06"},
        {"I was promised a call back by the 2nd and nobody called.", "2026-04-02"},
        {"The refund was promised for April 3rd, never arrived.", "2026-04-03"},
        {"Sie haben versprochen, bis Mittwoch zu liefern, nichts ist gekommen.", "2026-04-08"},
    };
    for (const auto& [text, day] : cases) {
        CAPTURE(text);
        CHECK(judged(text).promised_on == day);
    }
}

TEST_CASE("working days skip the days on which the brand is closed", "[judge][days]") {
    // Monday 30 March and five working days make Monday 6 April.
    CHECK(judged("Dzwoniłam w poniedziałek 30 marca, obiecali odpowiedź w ciągu 5 dni roboczych.").promised_on == "2026-04-06");
    BrandWords every_day;
    every_day.works.fill(true);
    const auto verdict = the_judge().judge("Dzwoniłam w poniedziałek 30 marca, obiecali odpowiedź w ciągu 5 dni roboczych.", "pl",
                                           *parse_time("2026-04-10T10:00:00Z"), "Europe/Warsaw", every_day);
    CHECK(verdict.promised_on == "2026-04-04");
}

TEST_CASE("a promise whose day is still ahead is less broken than one whose day is over", "[judge][days]") {
    const auto ahead = judged("Obiecali, że kurier będzie jutro, czekam.");
    const auto over = judged("Obiecali, że kurier będzie wczoraj, czekam.");
    CHECK(ahead.promised_on == "2026-04-11");
    CHECK(over.promised_on == "2026-04-09");
    CHECK(ahead.broken_promise < over.broken_promise);
}

TEST_CASE("since when somebody waits is read", "[judge][days]") {
    const Said cases[] = {
        {"Czekam od 3 tygodni na zwrot pieniędzy.", "2026-03-20"},
        {"Od wtorku nie działa internet, nikt nie odpowiada.", "2026-04-07"},
        {"Czekam już 10 dni na paczkę.", "2026-03-31"},
        {"I have been waiting for two weeks and still no reply.", "2026-03-27"},
        {"No reply since Monday.", "2026-04-06"},
    };
    for (const auto& [text, day] : cases) {
        CAPTURE(text);
        CHECK(judged(text).waiting_since == day);
    }
}

TEST_CASE("what is no day is taken for none", "[judge][days]") {
    for (const char* text : {"Obiecali poprawę w środku sezonu i nic.", "Miało być 4/5 gwiazdek, obiecali rabat i nie dali.", "Promised 24/7 support, nobody answers.",
                             "Miała być piąta część gratis, obiecali i nic.", "Obiecali oddzwonić w 24h i cisza."}) {
        CAPTURE(text);
        CHECK(judged(text).promised_on.empty());
    }
    SECTION("a span without a beginning is no day") { CHECK(judged("Obiecali zwrot w ciągu 14 dni i nic.").promised_on.empty()); }
    SECTION("an unknown time of the post resolves nothing") {
        CHECK(the_judge().judge("Obiecali oddzwonić do środy.", "pl", Time{}, "UTC", {}).promised_on.empty());
    }
}

TEST_CASE("the words of a promised day are marked", "[judge][days]") {
    const std::string text = "Zażółć 🙂 obiecali oddzwonić do środy i nic.";
    const auto verdict = judged(text);
    const auto found = std::find_if(verdict.spans.begin(), verdict.spans.end(), [](const WordSpan& span) { return span.signal == "promised_on"; });
    REQUIRE(found != verdict.spans.end());
    CHECK(found->start == 31);
    CHECK(found->end == 36);
}
