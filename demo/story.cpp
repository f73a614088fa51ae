#include "demo/story.h"

#include <map>
#include <memory>

namespace larum::demo {

namespace {

using namespace std::chrono_literals;

// Kamila of the records has written to the page before, so the shop knows her account; the other Kamila
// Borsuk only shares her name.
const Person kamila{"7310000000000041", "Kamila Borsuk"};
const Person namesake{"7310000000000977", "Kamila Borsuk"};
const Person marek{"7310000000000305", "Marek Jelonek"};
const Person ola{"7310000000000512", "Ola Wierzbicka"};
const Person tomek{"7310000000000618", "Tomek Sroka"};
const Person gosia{"7310000000000733", "Gosia Pliszka"};
const Person bartek{"7310000000000861", "Bartek Kruk"};
const Person hidden{};

/// What the steps hand on to later ones.
struct Stage {
    std::map<std::string, std::string> ids;
};

const char* const autumn_text =
    "Jesienna kolekcja kamionki już w sklepie! 🍂 Który kolor wybieracie: mech czy miód?";

class Teller {
public:
    void say(Span at, std::string what, std::function<void(GraphServer&, Stage&)> action) {
        story.steps.push_back(
            {at, std::move(what),
             [stage = stage, action = std::move(action)](GraphServer& graph) { action(graph, *stage); }});
    }

    Story story;

private:
    std::shared_ptr<Stage> stage = std::make_shared<Stage>();
};

void calm_before(Teller& tell) {
    tell.say(1s, "praise on the wall, and an ordinary question: nobody is woken",
             [](GraphServer& graph, Stage& stage) {
                 stage.ids["autumn"] = graph.post(graph.page(), autumn_text, Wall::page);
                 graph.post(
                     ola, "Czajnik przyszedł w dwa dni, zapakowany jak skarb. Dziękuję, polecam! ❤️");
                 stage.ids["tomek"] = graph.comment(
                     stage.ids["autumn"], tomek, "Dzień dobry, czy ten dzbanek można postawić na indukcji?");
             });
    tell.say(
        3s,
        "Kamila, who has called, mailed and chatted about case S-5531, complains on the wall: look at the "
        "chat",
        [](GraphServer& graph, Stage& stage) {
            stage.ids["kamila"] = graph.post(
                kamila,
                "Piszę publicznie, bo inaczej się nie da. Dwa razy dzwoniłam, wysłałam maila, pisałam na "
                "czacie "
                "w sprawie zamówienia DC-204117. Ekspres przyszedł pęknięty, mieliście go odebrać do piątku "
                "i do dziś cisza. Ile razy mam prosić o zwrot pieniędzy?");
        });
}

void the_others(Teller& tell) {
    tell.say(8s,
             "another Kamila Borsuk, nobody's customer, complains too: she is not taken for the first one",
             [](GraphServer& graph, Stage& stage) {
                 graph.comment(
                     stage.ids["autumn"], namesake,
                     "A ja się zawiodłam, po tygodniu odpadła rączka od kubka. Słaba jakość jak na tę cenę.");
             });
    tell.say(12s, "someone whose name the platform hides complains: watched on the page, no message",
             [](GraphServer& graph, Stage& stage) {
                 graph.comment(stage.ids["autumn"], hidden,
                               "Paczka szła dziewięć dni, a miała być w dwa. Nieładnie.");
             });
    tell.say(16s, "chatter", [](GraphServer& graph, Stage& stage) {
        graph.comment(stage.ids["autumn"], gosia, "Miód, zdecydowanie miód 🍯");
        graph.comment(stage.ids["autumn"], bartek, "Będziecie w sobotę na targach w Poznaniu?");
    });
}

void news_of_kamila(Teller& tell) {
    tell.say(
        20s, "Kamila adds to her post, and others react to it: there is no second message",
        [](GraphServer& graph, Stage& stage) {
            graph.edit(
                stage.ids["kamila"],
                "Piszę publicznie, bo inaczej się nie da. Dwa razy dzwoniłam, wysłałam maila, pisałam na "
                "czacie "
                "w sprawie zamówienia DC-204117. Ekspres przyszedł pęknięty, mieliście go odebrać do piątku "
                "i do dziś cisza. Ile razy mam prosić o zwrot pieniędzy?\n\nEDIT: nadal nikt się nie "
                "odezwał.");
            graph.like(stage.ids["kamila"], 14);
        });
    tell.say(26s, "the shop answers under her post: the timer stops, and the same message is edited to say so",
             [](GraphServer& graph, Stage& stage) {
                 stage.ids["answer"] = graph.comment(
                     stage.ids["kamila"], graph.page(),
                     "Pani Kamilo, bardzo przepraszamy. Oddzwonimy jeszcze dziś i załatwimy zwrot.");
             });
}

void late_and_gone(Teller& tell) {
    tell.say(
        32s,
        "a late comment below a post of twelve days ago, by a customer with an open case: flagged for the "
        "digest",
        [](GraphServer& graph, Stage& stage) {
            const auto old = graph.post(graph.page(), "Przypominamy: darmowa dostawa od 199 zł!", Wall::page,
                                        graph.now() - 24h * 12);
            stage.ids["late"] = graph.comment(
                old, marek,
                "A moje zamówienie DC-203980 dalej niekompletne, brakuje dwóch talerzy. Bardzo niefajnie.");
        });
    tell.say(
        37s,
        "an ordinary question is edited into a third complaint about one matter: a second urgent message",
        [](GraphServer& graph, Stage& stage) {
            graph.edit(stage.ids["tomek"],
                       "Zmieniam wpis: trzeci raz proszę o zwrot za DC-204300, dwa maile bez odpowiedzi, "
                       "na infolinii mnie rozłączyli. Jestem bardzo zawiedziony.");
        });
    tell.say(45s, "and it is deleted on the platform: its message becomes a stub",
             [](GraphServer& graph, Stage& stage) { graph.remove(stage.ids["tomek"]); });
    tell.say(50s, "more praise, and quiet", [](GraphServer& graph, Stage&) {
        graph.post(gosia, "Kubki z mchem na żywo jeszcze ładniejsze niż na zdjęciach 😍");
    });
}

} // namespace

GraphServer::Settings story_page() {
    GraphServer::Settings page;
    page.page_id = "417000000000123";
    page.page_name = "Dębowy Czajnik";
    return page;
}

void set_the_scene(GraphServer& graph, Time now) {
    graph.post(graph.page(), "Dzień dobry w poniedziałek! ☕", Wall::page, now - 24h * 5);
    const auto open_day =
        graph.post(graph.page(), "W sobotę dzień otwarty pracowni, zapraszamy.", Wall::page, now - 24h * 3);
    graph.comment(open_day, gosia, "Będę na pewno!", {}, now - 24h * 2);
    graph.message(kamila, "Dzień dobry, nadal czekam na odbiór pękniętego ekspresu, zamówienie DC-204117.",
                  now - 24h * 2);
}

Story tell_story() {
    Teller tell;
    calm_before(tell);
    the_others(tell);
    news_of_kamila(tell);
    late_and_gone(tell);
    tell.story.brand = "debowy-czajnik";
    tell.story.length = 55s;
    return std::move(tell.story);
}

} // namespace larum::demo
