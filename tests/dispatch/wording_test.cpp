#include "core/mask.h"
#include "daemon/dispatch/sentence.h"
#include "daemon/dispatch/tongue.h"
#include "daemon/dispatch/wording.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace larum::dispatch;
using namespace std::chrono_literals;

namespace {

const Time now = *parse_time("2026-04-14T10:00:00Z");

config::Brand polish() {
    config::Brand brand;
    brand.name = "czajnik";
    brand.names = {"Dębowy Czajnik"};
    brand.language = "pl";
    brand.zone = "Europe/Warsaw";
    brand.instructions = {{"", "", "Oddzwoń."}, {"delivery", "", "Sprawdź przesyłkę i napisz prywatnie."}};
    return brand;
}

/// A customer who has phoned, mailed and chatted.
Facts story() {
    Facts facts;
    facts.alert = 7;
    facts.escalation = 8;
    facts.post = 9;
    facts.text = "Dzień dobry. Trzeci raz piszę w sprawie czajnika, pani Anna Nowak z infolinii obiecała zwrot, tel. 600 700 800! "
                 "Nigdy więcej.";
    facts.post_url = "https://facebook.example/anna.nowak/1";
    facts.posted_at = now - 12min;
    facts.author_name = "Anna Nowak";
    facts.author_handle = "anna.nowak";
    facts.reactions = 34;
    facts.comments = 2;
    facts.codes = {"repeat_contact", "unsolved_case", "attempts_recorded", "promise_broken", "threat.media", "complaint"};
    facts.topic = Topic::delivery;
    facts.spans = {{"complaint", 101, 106}, {"repeat_contact", 13, 24}};
    facts.attempts = 2;
    facts.promise_broken_at = now - 49h;
    facts.probability = 0.97;
    facts.customer_name = "Anna Nowak";
    facts.case_ref = "ZAM-77";
    facts.case_owner = "Piotr Lis";
    facts.case_team = "Reklamacje";
    facts.case_opened_at = now - 24h * 12;
    facts.promised_at = now - 61h;
    facts.tried = {{ContactChannel::phone, now - 24h * 11}, {ContactChannel::email, now - 24h * 7}};
    return facts;
}

std::string text(const alerts::Message& message) {
    std::string all;
    for (const auto& line : message.lines) all += line.text + '\n';
    return all;
}

bool holds(const std::string& whole, const std::string& part) { return whole.find(part) != std::string::npos; }

const Pages pages{"https://larum.example"};

} // namespace

TEST_CASE("an alert in full is seven lines that read in ten seconds", "[dispatch][wording]") {
    const auto message = word_alert(story(), polish(), Detail::full, pages, now);

    CHECK(text(message) == "PILNE · 3. próba · obietnica minęła 2 dni temu · nierozwiązana sprawa\n"
                           "„Trzeci raz piszę w sprawie czajnika, pani Anna Nowak z infolinii obiecała zwrot, tel. 600 700 800!”\n"
                           "12 minut temu · 34 reakcje · 2 komentarze · marka nie odpowiedziała\n"
                           "Anna Nowak · klient bardzo prawdopodobnie\n"
                           "Sprawa ZAM-77 · otwarta od 12 dni · prowadzi Piotr Lis · Reklamacje\n"
                           "Próby: telefon 3.04, e-mail 7.04 · obiecano do 11.04\n"
                           "→ Sprawdź przesyłkę i napisz prywatnie.\n");
    CHECK(message.lines.at(1).link == "https://facebook.example/anna.nowak/1");
    REQUIRE(message.actions.size() == 3);
    CHECK(message.actions.at(0).label == "Biorę to");
    CHECK(message.actions.at(1).url == "https://larum.example/post/czajnik/9?do=not_this_person");
}

TEST_CASE("masked shows initials, and the sentence without numbers, addresses and names", "[dispatch][wording]") {
    const auto message = word_alert(story(), polish(), Detail::masked, pages, now);

    const auto shown = text(message);
    CHECK(holds(shown, "„Trzeci raz piszę w sprawie czajnika, pani […] z infolinii obiecała zwrot, tel. […]!”"));
    CHECK(holds(shown, "A.N. · klient bardzo prawdopodobnie"));
    CHECK(holds(shown, "prowadzi P.L."));
    CHECK(holds(shown, "ZAM-77"));
    for (const auto* name : {"Nowak", "Anna", "600", "Piotr", "facebook.example"}) {
        CHECK_FALSE(holds(shown, name));
        for (const auto& line : message.lines) CHECK_FALSE(holds(line.link, name));
    }
}

TEST_CASE("link carries urgency, topic, age and link, and nothing else", "[dispatch][wording]") {
    const auto message = word_alert(story(), polish(), Detail::link, pages, now);

    CHECK(text(message) == "PILNE · dostawa · 12 minut temu\n");
    CHECK(message.lines.at(0).link == "https://larum.example/post/czajnik/9");
}

TEST_CASE("a hazard is a link on every channel and says what happened, not to whom", "[dispatch][wording]") {
    auto facts = story();
    facts.codes = {"hazard.injury_fire", "repeat_contact"};

    const auto message = word_alert(facts, polish(), Detail::full, pages, now);

    CHECK(text(message) == "ZAGROŻENIE · obrażenia lub pożar · 12 minut temu\n");
    CHECK(message.detail == Detail::link);
}

TEST_CASE("a post that touches on health or belief is a link on every channel", "[dispatch][wording]") {
    auto facts = story();
    facts.sensitive = true;

    const auto message = word_alert(facts, polish(), Detail::full, pages, now);

    CHECK(text(message) == "PILNE · dostawa · 12 minut temu\n");
    CHECK(message.detail == Detail::link);
    CHECK(message.actions.size() == 3);
}

TEST_CASE("below certainty the story is not told and candidates are named as such", "[dispatch][wording]") {
    auto facts = story();
    facts.probability = 0.75;
    facts.other_names = {"Anna Nowakowska"};

    const auto shown = text(word_alert(facts, polish(), Detail::masked, pages, now));

    CHECK(holds(shown, "prawdopodobnie klient: A.N. lub A.N."));
    CHECK_FALSE(holds(shown, "ZAM-77"));
    CHECK_FALSE(holds(shown, "Próby"));

    facts.confirmed = true;
    CHECK(holds(text(word_alert(facts, polish(), Detail::masked, pages, now)), "potwierdzone przez człowieka"));
}

TEST_CASE("somebody whom the records do not know is nobody's customer", "[dispatch][wording]") {
    auto facts = story();
    facts.customer_name.clear();
    facts.attempts = 0;
    facts.promise_broken_at.reset();
    facts.stated_contacts = 5;
    facts.stated_channels = {ContactChannel::phone, ContactChannel::chat};

    const auto message = word_alert(facts, polish(), Detail::full, pages, now);

    CHECK(holds(text(message), "PILNE · autor pisze o 5 próbach"));
    CHECK(holds(text(message), "Anna Nowak · nie ma w bazie klientów"));
    CHECK(holds(text(message), "Według autora: telefon, czat"));
    CHECK(message.actions.size() == 2);
}

TEST_CASE("a gone post leaves a stub without a word of it", "[dispatch][wording]") {
    auto facts = story();
    facts.text_gone = true;

    const auto message = word_alert(facts, polish(), Detail::full, pages, now);

    CHECK(message.kind == alerts::MessageKind::stub);
    CHECK(text(message) == "Wpis usunięto, treść alertu skasowano\n");
    CHECK(message.actions.empty());
}

TEST_CASE("Polish counts one, few and many", "[dispatch][wording]") {
    const Tongue pl("pl");
    const auto posts = [&](int n) { return pl.count(n, "wpis", "wpisy", "wpisów", "", ""); };
    CHECK(posts(0) == "0 wpisów");
    CHECK(posts(1) == "1 wpis");
    CHECK(posts(2) == "2 wpisy");
    CHECK(posts(4) == "4 wpisy");
    CHECK(posts(5) == "5 wpisów");
    CHECK(posts(12) == "12 wpisów");
    CHECK(posts(14) == "14 wpisów");
    CHECK(posts(21) == "21 wpisów");
    CHECK(posts(22) == "22 wpisy");
    CHECK(posts(112) == "112 wpisów");
    CHECK(posts(1003) == "1003 wpisy");
    CHECK(pl.ago(30s) == "przed chwilą");
    CHECK(pl.ago(1min) == "minutę temu");
    CHECK(pl.ago(23min) == "23 minuty temu");
    CHECK(pl.ago(5h) == "5 godzin temu");
    CHECK(pl.ago(24h * 22) == "22 dni temu");
    CHECK(pl.ago(-5min) == "przed chwilą");
    CHECK(pl.lasting(24h * 2) == "od 2 dni");
    CHECK(pl.lasting(61min) == "od 1 godziny");
    CHECK(Tongue("en").ago(1h) == "1 hour ago");
    CHECK(Tongue("en").ago(24h * 3) == "3 days ago");
}

TEST_CASE("the sentence is the one that the reasons rest on", "[dispatch][wording]") {
    const std::string post = "Hello there. I have called you three times! Nobody cares. See ul. Polna 3.";
    CHECK(key_sentence(post, {{"repeat_contact", 20, 26}}) == "I have called you three times!");
    CHECK(key_sentence(post, {{"complaint", 45, 50}, {"repeat_contact", 20, 26}}) == "I have called you three times!");
    CHECK(key_sentence(post, {}) == "Hello there.");
    CHECK(key_sentence(post, {{"complaint", 9000, 9001}}) == "Hello there.");
    CHECK(key_sentence(post, {{"complaint", -3, -1}}) == "Hello there.");
    CHECK(key_sentence("", {{"complaint", 0, 4}}).empty());
    CHECK(key_sentence("Paczka na ul. Długiej 3 nie doszła. Koniec.", {{"complaint", 24, 34}}) == "Paczka na ul. Długiej 3 nie doszła.");

    const std::string endless = "słowo " + std::string(200, 'a') + " i dalej bez końca trzeci raz dzwonię " + std::string(4000, 'b');
    const auto cut = key_sentence(endless, {{"repeat_contact", 226, 242}}, 120);
    CHECK(holds(cut, "trzeci raz dzwoni"));
}

TEST_CASE("masking cuts what could name somebody", "[dispatch][wording]") {
    const auto masked = [](const std::string& sentence) { return mask(sentence, {"Jan Kowalski", "janko99"}, {"Dębowy Czajnik"}); };
    CHECK(masked("Napisałem do Kowalskiego na jan@example.org, bez odpowiedzi.") == "Napisałem do […] na […], bez odpowiedzi.");
    CHECK(masked("dzwońcie 600-700-800 albo 22 123 45 67") == "dzwońcie […] albo 22 […]");
    CHECK(masked("Mieszkam na ul. Polnej 12 w Radomiu") == "Mieszkam na ul. […] w […]");
    CHECK(masked("Trzeci raz dzwonię do Dębowy Czajnik") == "Trzeci raz dzwonię do Dębowy Czajnik");
    CHECK(masked("@janko99 kowalski to ja") == "[…] to ja");
    CHECK(masked("zobacz https://example.org/janko99") == "zobacz […]");
    CHECK(masked("SKANDAL TO JEST ZŁODZIEJSTWO") == "SKANDAL TO JEST ZŁODZIEJSTWO");
    CHECK(masked("Czekam 14 dni, obiecano 12.04") == "Czekam 14 dni, obiecano […]");
    CHECK(masked("napisz do jkowalski_87 albo ania1990, prosze") == "napisz do […] albo […], prosze");
    CHECK(masked("Twice have I called") == "Twice have I called");
    CHECK(initials("Anna Maria Nowak-Lis") == "A.M.N.");
    CHECK(initials("").empty());
    CHECK(initials("łucja żak") == "Ł.Ż.");
}

TEST_CASE("larum's own reports say what counts", "[dispatch][wording]") {
    const auto said = [](const char* body, config::Brand brand) {
        return word_notice(1, nlohmann::json::parse(body), brand, Detail::masked, pages).lines.at(0).text;
    };
    config::Brand english;
    english.name = "acme";
    CHECK(said(R"({"code":"quiet","posts":214,"urgent":0,"sources":3,"sources_ok":3})", english) ==
          "larum · acme: 214 posts, 0 urgent, sources 3 of 3");
    CHECK(said(R"({"code":"quiet","posts":22,"urgent":1,"sources":3,"sources_ok":2,"shadow":true,"would_have_woken":4})", polish()) ==
          "larum · czajnik: 22 wpisy, 1 pilny, źródła 2 z 3 · tryb cienia: obudzono by cię 4 razy");
    CHECK(said(R"({"code":"line_lost","source":"sky","reason":"nothing came for 60 s"})", english) ==
          "larum · acme: A source is not heard live, only polled: sky: nothing came for 60 s");
    CHECK(said(R"({"code":"line_flaps","source":"sky","losses":5,"reason":"the other side ended the line"})", english) ==
          "larum · acme: A source's live line is lost again and again: sky (5 times today): the other side ended the line");
    CHECK(said(R"({"code":"credential_dead","source":"wall","reason":"token was revoked"})", english) ==
          "larum · acme: A source has lost its access: wall: token was revoked");
    CHECK(said(R"({"code":"source_back","source":"wall","reason":"facebook: code 190","from":"2026-04-05T11:02:00Z","to":"2026-04-05T11:47:10Z","recovered":3})",
               english) == "larum · acme: A source works again: wall: facebook: code 190 (2026-04-05 11:02 – 11:47 UTC), 3 posts recovered");
    CHECK(said(R"({"code":"source_back","source":"wall","reason":"x","from":"2026-04-05T23:02:00Z","to":"2026-04-06T01:47:10Z","recovered":1})", polish()) ==
          "larum · czajnik: Źródło znów działa: wall: x (2026-04-05 23:02 – 2026-04-06 01:47 UTC), odzyskano 1 wpis");
    CHECK(said(R"({"code":"source_quiet","source":"wall","hours":5})", polish()) ==
          "larum · czajnik: Źródło milczy, choć zwykle o tej porze coś przynosi: wall (5 godzin)");
    CHECK(said(R"({"code":"source_behind","source":"wall","minutes":22})", english) == "larum · acme: A source is read late: wall (22 minutes)");
    CHECK(said(R"({"code":"permission_missing","source":"wall","reason":"pages_read_user_content"})", english) ==
          "larum · acme: A source has lost a permission: wall: pages_read_user_content");
    CHECK(said(R"({"code":"source_gap","source":"wall","reason":"too much","from":"2026-04-05T11:02:00Z","to":"2026-04-05T11:47:10Z"})", english) ==
          "larum · acme: A gap in a source that cannot be filled: wall: too much (2026-04-05 11:02 – 11:47 UTC)");
    CHECK(said(R"({"code":"something_new"})", english) == "larum · acme: something_new");
    CHECK(said(R"([])", english) == "larum · acme: ");
}

TEST_CASE("an alert says by when an answer is wanted, in the brand's time, until the brand has answered", "[dispatch][wording]") {
    auto facts = story();
    facts.codes = {"answer_due", "unsolved_case", "complaint"};
    facts.attempts = 0;
    facts.promise_broken_at.reset();
    facts.answer_by = *parse_time("2026-04-15T21:59:59Z");
    auto message = word_alert(facts, polish(), Detail::masked, pages, now);
    CHECK(message.lines.at(0).text == "PILNE · kończy się czas na odpowiedź · nierozwiązana sprawa");
    CHECK(message.lines.at(2).text == "12 minut temu · 34 reakcje · 2 komentarze · marka nie odpowiedziała · odpowiedź do 15.04, 23:59");
    CHECK(message.lines.size() <= 7);

    auto english = polish();
    english.language = "en";
    message = word_alert(facts, english, Detail::masked, pages, *facts.answer_by + 1min);
    CHECK(message.lines.at(0).text == "URGENT · the answer is overdue · unsolved case");
    CHECK(holds(message.lines.at(2).text, "the brand has not answered · was due by 15 Apr, 23:59"));

    facts.answered_at = now;
    facts.codes = {"unsolved_case"};
    message = word_alert(facts, polish(), Detail::masked, pages, now);
    CHECK_FALSE(holds(text(message), "odpowiedź do"));
    CHECK_FALSE(holds(text(message), "czas na odpowiedź"));
}
