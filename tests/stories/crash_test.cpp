// Two daemons on one database, killed again and again while posts come in: nothing is lost, nothing is told twice.
#include "demo/chat_server.h"
#include "stories/installation.h"
#include "support/catch.h"

#include <set>

using namespace larum;
using namespace std::chrono_literals;

namespace {

constexpr int chunks = 6;
constexpr int posts_per_chunk = 40;
constexpr int urgent_every = 8;

std::string post(int number, const std::string& at) {
    const bool urgent = number % urgent_every == 0;
    const std::string text = urgent ? "Piszę po raz trzeci w sprawie zamówienia " + std::to_string(70000 + number) +
                                          ", dwa maile bez odpowiedzi, paczki nadal nie ma!"
                                    : "Czy w niedzielę sklep jest otwarty? Pytam o numer " + std::to_string(70000 + number);
    return R"({"platform":"forum","id":")" + std::to_string(number) + R"(","author":{"id":"a)" + std::to_string(number) +
           R"(","name":"Jan Przykład"},"text":")" + text + R"(","posted_at":")" + at + "\"}\n";
}

} // namespace

TEST_CASE("two daemons that are killed again and again lose no post and no alert, and tell nothing twice", "[stories]") {
    const SystemClock clock;
    demo::ChatServer chat(clock);
    test::Installation here;
    const auto file = here.folder.path() / "posts.jsonl";
    std::ofstream(file).close();
    const auto secret = here.folder.path() / "secret", url = here.folder.path() / "url";
    std::ofstream(secret) << chat.settings().webhook_secret;
    std::ofstream(url) << chat.webhook();
    here.write("language = \"pl\"\nmode = \"live\"\nburst_alerts = 0\nfold_similar = false\n"
               "[brand.acme.playbook]\nurgent = [{after = \"0s\", channels = [\"desk\"]}]\n"
               "[channel.desk]\nkind = \"webhook\"\nper_second = 0\nprivate_allowed = true\nurl = \"file:" + url.string() +
               "\"\nsecret = \"file:" + secret.string() + "\"\n[source.posts]\nkind = \"file\"\nmatching = \"full\"\ninterval = \"1s\"\npath = \"" +
               file.string() + "\"\n");
    std::unique_ptr<test::Process> daemons[] = {here.start(), here.start()};
    for (const auto& one : daemons) REQUIRE(says(*one, "running with"));

    int number = 0;
    for (int chunk = 0; chunk < chunks; ++chunk) {
        std::ofstream out(file, std::ios::app);
        for (int i = 0; i < posts_per_chunk; ++i) out << post(++number, format_time(clock.now()));
        out.close();
        // Not before something of this chunk was stored, so that the kill falls into the work on it.
        REQUIRE(test::eventually([&] {
            return std::stoi(here.database.ask("SELECT count(*) FROM post")) > chunk * posts_per_chunk;
        }));
        auto& victim = daemons[chunk % 2];
        victim->signal(SIGKILL);
        REQUIRE(victim->wait(30s));
        victim = here.start();
        REQUIRE(says(*victim, "running with"));
    }

    constexpr int all = chunks * posts_per_chunk, urgent = all / urgent_every;
    const bool done = test::eventually(
        [&] {
            return here.database.ask("SELECT count(DISTINCT post_id) FROM decision") == std::to_string(all) &&
                   here.database.ask("SELECT count(*) FROM triage_queue") == "0" &&
                   here.database.ask("SELECT count(*) FROM alert WHERE state IN ('due', 'sending')") == "0";
        },
        120s);
    INFO(daemons[0]->output() << daemons[1]->output());
    INFO(here.database.ask("SELECT string_agg(state || ' ' || coalesce(reason, ''), '; ') FROM alert WHERE state <> 'delivered'"));
    CHECK(done);
    CHECK(here.database.ask("SELECT count(*) FROM post") == std::to_string(all));
    CHECK(here.database.ask("SELECT count(*) FROM dead_letter") == "0");
    CHECK(here.database.ask("SELECT count(*) FROM alert WHERE state = 'delivered'") == std::to_string(urgent));
    std::set<std::string> told;
    for (const auto& message : chat.messages()) told.insert(message.id);
    CHECK(told.size() == chat.messages().size());
    CHECK(told.size() == static_cast<std::size_t>(urgent));
    for (const auto& one : daemons) one->signal(SIGTERM);
    for (const auto& one : daemons) CHECK(one->wait(60s) == 0);
}
