#include "core/error.h"
#include "core/text.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/lexicon.h"
#include "daemon/judge/model.h"
#include "support/catch.h"

#include <algorithm>
#include <string>
#include <thread>

using namespace larum;

namespace {

const Judge& the_judge() {
    static const Judge judge;
    return judge;
}

Verdict judged(std::string_view text, std::string_view lang = "", const BrandWords& brand = {}) {
    return the_judge().judge(text, lang, *parse_time("2026-04-10T10:00:00Z"), "Europe/Warsaw", brand);
}

bool has(const Verdict& verdict, ContactChannel channel) {
    return std::find(verdict.channels.begin(), verdict.channels.end(), channel) != verdict.channels.end();
}

bool has(const Verdict& verdict, Threat threat) {
    return std::find(verdict.threat.begin(), verdict.threat.end(), threat) != verdict.threat.end();
}

bool has(const Verdict& verdict, Hazard hazard) {
    return std::find(verdict.hazard.begin(), verdict.hazard.end(), hazard) != verdict.hazard.end();
}

std::string words_of(const Verdict& verdict, std::string_view text, std::string_view signal) {
    for (const auto& span : verdict.spans)
        if (span.signal == signal) return text::slice(text, span.start, span.end);
    return {};
}

} // namespace

TEST_CASE("a complaint that was made before is heard in both languages", "[judge]") {
    for (const char* text : {"Piszę po raz trzeci, nadal bez odpowiedzi, a pralka nie działa!",
                             "pisze po raz trzeci nadal bez odpowiedzi a pralka nie dziala",
                             "Dzwoniłam już dwa razy w sprawie zwrotu i nikt nie oddzwonił. Skandal.",
                             "Third email about my refund and still no reply. This is a disgrace.",
                             "I've called four times about the broken boiler and nobody gets back to me."}) {
        CAPTURE(text);
        const auto verdict = judged(text);
        CHECK(verdict.complaint >= 0.5);
        CHECK(verdict.repeat_contact >= 0.5);
    }
}

TEST_CASE("a first complaint is no repeated one", "[judge]") {
    for (const char* text : {"Kurtka rozpruła się po jednym dniu, beznadziejna jakość.",
                             "Paczka przyszła uszkodzona, w środku potłuczone szkło.",
                             "The kettle broke after two days, terrible quality.",
                             "The driver threw my parcel over the fence, everything inside is broken."}) {
        CAPTURE(text);
        const auto verdict = judged(text);
        CHECK(verdict.complaint >= 0.5);
        CHECK(verdict.repeat_contact < 0.5);
    }
}

TEST_CASE("praise, questions, jobs and contests are no complaints", "[judge]") {
    for (const char* text : {"Dziękuję za szybką dostawę, polecam!", "Czy ten model jest dostępny w kolorze zielonym?",
                             "Jaki jest koszt wysyłki do Czech?", "Zgłaszam się do konkursu, kocham lato!",
                             "Szukamy kierowcy, umowa o pracę, CV na praca@example.com", "Thanks, arrived next day, love it!",
                             "Do you deliver to Ireland?", "We're hiring a Saturday assistant, apply in store",
                             "Gibt es das auch in Blau?", "Дякую, все чудово!"}) {
        CAPTURE(text);
        const auto verdict = judged(text);
        CHECK(verdict.complaint < 0.5);
        CHECK(verdict.repeat_contact < 0.5);
        CHECK(verdict.threat.empty());
        CHECK(verdict.hazard.empty());
    }
}

TEST_CASE("the number of attempts is read as the author gives it", "[judge][count]") {
    const auto count = [](const char* text) { return judged(text).stated_contacts; };
    CHECK(count("Piszę po raz trzeci w sprawie zwrotu i nic") == 3);
    CHECK(count("dzwoniłam 5 razy, nikt nie odbiera, paczki nie ma") == 5);
    CHECK(count("Dzwoniłem 3x na infolinię i dalej nie działa internet") == 3);
    CHECK(count("Wysłałam trzy maile i dwa razy dzwoniłam, zero odpowiedzi") == 5);
    CHECK(count("Szósty telefon w sprawie faktury i nadal bez odpowiedzi") == 6);
    CHECK(count("Two calls and an email, still no refund") == 3);
    CHECK(count("I have emailed you four times and still no answer") == 4);
    CHECK(count("Called twice about the missing parcel, no answer") == 2);
    CHECK(count("Third email about the broken sofa and nobody replies") == 3);
    CHECK(count("Schon dreimal angerufen, immer noch keine Antwort, Internet kaputt") == 3);
}

TEST_CASE("figures of speech, durations and other numbers are no attempts", "[judge][count]") {
    const auto count = [](const char* text) { return judged(text).stated_contacts; };
    CHECK_FALSE(count("Kolejny raz piszę w sprawie zwrotu, od 3 tygodni cisza"));
    CHECK_FALSE(count("Piszę setny raz i nadal bez odpowiedzi"));
    CHECK_FALSE(count("Dziesiątki maili i zero odpowiedzi na reklamację"));
    CHECK_FALSE(count("Emailing again, 14 days without an answer about order 20114"));
    CHECK_FALSE(count("Kupiłam tu drugi raz i jestem zachwycona"));
}

TEST_CASE("channels already used are listed, those to come are not", "[judge]") {
    const auto both = judged("Dzwoniłam na infolinię dwa razy i pisałam maila, nadal bez odpowiedzi w sprawie reklamacji.");
    CHECK(has(both, ContactChannel::phone));
    CHECK(has(both, ContactChannel::email));
    CHECK_FALSE(has(both, ContactChannel::chat));
    const auto chat = judged("Chat told me to fill in the form, I filled in the form, still no refund.");
    CHECK(has(chat, ContactChannel::chat));
    CHECK(has(chat, ContactChannel::form));
    CHECK(judged("Jutro będę dzwonić na infolinię, zobaczymy.").channels.empty());
}

TEST_CASE("threats are named by kind", "[judge]") {
    CHECK(has(judged("Zwrotu nadal nie ma, zgłaszam sprawę do UOKiK."), Threat::regulator));
    CHECK(has(judged("Trzeci mail bez odpowiedzi, spotkamy się w sądzie."), Threat::legal));
    CHECK(has(judged("Tragiczna obsługa, nigdy więcej nic tu nie kupię."), Threat::churn));
    CHECK(has(judged("Still no refund, I am raising a chargeback with my bank."), Threat::chargeback));
    CHECK(has(judged("Awful service, rude staff, I will tell everyone I know."), Threat::public_));
    CHECK(has(judged("Broken again and no answer, I have contacted the local newspaper."), Threat::media));
    CHECK_FALSE(has(judged("Nigdy więcej nie zamówię książek gdzie indziej, cudo! Dziękuję!"), Threat::churn));
}

TEST_CASE("dangers are named whether or not somebody complains", "[judge]") {
    CHECK(has(judged("Ładowarka zaczęła dymić i się zapaliła, o mało nie spłonął dom."), Hazard::injury_fire));
    CHECK(has(judged("Your charger caught fire last night."), Hazard::injury_fire));
    CHECK(has(judged("Po waszej sałatce cała rodzina ma zatrucie pokarmowe."), Hazard::health));
    CHECK(has(judged("W aplikacji widzę cudze dane i czyjeś zamówienia."), Hazard::data_leak));
    CHECK(has(judged("I can see another customer's order and address in my account."), Hazard::data_leak));
    CHECK(has(judged("Nie wpuścili mojej siostry na wózku, to dyskryminacja."), Hazard::discrimination));
    CHECK(has(judged("I don't want to live anymore, they took everything."), Hazard::self_harm));
    CHECK(has(judged("I am a journalist and looking for people affected by this."), Hazard::press));
    CHECK(judged("Ta kolekcja to sztos, kolory super").hazard.empty());
}

TEST_CASE("a closed matter that is not solved, and a writer for somebody else, are noticed", "[judge]") {
    CHECK(judged("Zamknęliście zgłoszenie jako rozwiązane, a pralka dalej nie działa.").not_solved >= 0.5);
    CHECK(judged("Ticket closed as resolved but the boiler is still broken.").not_solved >= 0.5);
    CHECK(judged("Piszę w imieniu mojej mamy, czeka na zwrot od miesiąca.").on_behalf >= 0.5);
    CHECK(judged("My grandmother ordered a bed in May and has been waiting ever since.").on_behalf >= 0.5);
    CHECK(judged("Dziękuję, wszystko działa.").not_solved < 0.5);
}

TEST_CASE("spans point at the words in the text as it was typed", "[judge]") {
    const std::string_view text = "😡 Ąę! Skandal. Piszę po raz trzeci, nadal bez odpowiedzi. Zgłaszam to do UOKiK.";
    const auto verdict = judged(text);
    CHECK(words_of(verdict, text, "threat.regulator") == "UOKiK");
    CHECK(words_of(verdict, text, "stated_contacts") == "trzeci");
    const auto size = static_cast<int>(text::code_points(text));
    for (const auto& span : verdict.spans) {
        CHECK(span.start >= 0);
        CHECK(span.start < span.end);
        CHECK(span.end <= size);
    }
}

TEST_CASE("a complaint is always shown by some words", "[judge]") {
    for (const char* text : {"Kpina. Po prostu kpina.", "godzina czekania, pizza zimna jak lód", "Sofa broke. Twice."}) {
        const auto verdict = judged(text);
        if (verdict.complaint < 0.5) continue;
        CHECK(std::any_of(verdict.spans.begin(), verdict.spans.end(), [](const auto& span) { return span.signal == "complaint"; }));
    }
}

TEST_CASE("larum abstains in languages it does not read", "[judge]") {
    for (const char* text : {"Il mio pacco non è mai arrivato e nessuno risponde alle mie telefonate da settimane.",
                             "Mi pedido no ha llegado y nadie contesta al teléfono desde hace tres semanas.",
                             "荷物が届きません。三回電話しましたが返事がありません。"}) {
        CAPTURE(text);
        const auto verdict = judged(text);
        CHECK(verdict.lang == "und");
        CHECK(verdict.complaint < 0.5);
        CHECK(verdict.repeat_contact < 0.5);
    }
}

TEST_CASE("nothing to read gives nothing", "[judge]") {
    for (const char* text : {"", " \n\t", "😀😀😀", "!!!???", "\xff\xfe"}) {
        const auto verdict = judged(text);
        CHECK(verdict.complaint == 0);
        CHECK(verdict.repeat_contact == 0);
        CHECK(verdict.spans.empty());
        CHECK(verdict.lang == "und");
    }
}

TEST_CASE("hostile and huge texts are read within bounds", "[judge]") {
    std::string shout, numbers, brackets(100000, '(');
    while (shout.size() < 100000) shout += "dzwoniłam trzeci raz i nic!!! ";
    while (numbers.size() < 100000) numbers += "3 3x 3rd po raz 99 ";
    for (const auto& text : {shout, numbers, brackets, std::string(100000, 'a'), std::string(100000, '\n'), std::string("\0a\0b", 4)}) {
        const auto verdict = judged(text);
        CHECK(verdict.spans.size() <= 32);
        CHECK(verdict.complaint <= 1);
        for (const auto& span : verdict.spans) CHECK(span.end <= static_cast<int>(text::code_points(text)));
    }
}

TEST_CASE("the same text gives the same verdict on every thread", "[judge]") {
    const std::string text = "Dzwoniłam 5 razy, nadal brak zwrotu, idę do sądu.";
    const auto expected = judged(text);
    std::vector<std::thread> threads;
    std::vector<Verdict> verdicts(4);
    for (auto& verdict : verdicts) threads.emplace_back([&] { verdict = judged(text); });
    for (auto& thread : threads) thread.join();
    for (const auto& verdict : verdicts) {
        CHECK(verdict.complaint == expected.complaint);
        CHECK(verdict.spans.size() == expected.spans.size());
        CHECK(verdict.stated_contacts == expected.stated_contacts);
    }
}

TEST_CASE("phrases match stems, choices, gaps inside a sentence and numbers", "[judge][lexicon]") {
    using namespace larum::judging;
    const Lexicon lexicon(Lexicon::Texts{{"t", "@me = em|am\n[a]\n(na)?pisal{me} ~ mail*\n[b]\n# razy\n[c]\nnie (bylo )?nic\n"}});
    const auto concepts = [&](const char* text) {
        Plain plain;
        std::vector<Hit> hits;
        lay_out(text, plain);
        lexicon.find(plain, hits);
        std::string names;
        for (const auto& hit : hits) names += lexicon.concepts()[hit.concept_id];
        return names;
    };
    CHECK(concepts("Napisałam do was maila") == "a");
    CHECK(concepts("Napisałam. Do was maila") == "");
    CHECK(concepts("pisał maila") == "");
    CHECK(concepts("5 razy") == "b");
    CHECK(concepts("nie nic, nie było nic") == "cc");
}

TEST_CASE("a lexicon or model that is wrong says where", "[judge][lexicon]") {
    using namespace larum::judging;
    CHECK_THROWS_WITH(Lexicon(Lexicon::Texts{{"x.txt", "[a]\n(b\n"}}), larum::test::contains("x.txt:2"));
    CHECK_THROWS_WITH(Lexicon(Lexicon::Texts{{"x.txt", "word\n"}}), larum::test::contains("before the first [concept]"));
    CHECK_THROWS_WITH(Lexicon(Lexicon::Texts{{"x.txt", "[a]\n{nothing}\n"}}), larum::test::contains("no macro nothing"));
    CHECK_THROWS_WITH(Model::parse("nonsense\n", "m.tsv"), larum::test::contains("m.tsv:1"));
    CHECK_THROWS_AS(Judge("feature\tcomplaint\n", "m.tsv"), Error);
}
