// A month of an invented chain's posts, read by the real service from a file: what it decides and sends is what
// `larum replay` says it would.
#include "stories/installation.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <map>
#include <sstream>

using namespace larum;
using namespace std::chrono_literals;

namespace {

using Counts = std::map<std::string, int>;

const std::filesystem::path world = std::filesystem::path(LARUM_SOURCE_DIR) / "../shared/data/world";

/// «urgent tries-recorded» → how many.
Counts replayed(const std::string& output) {
    Counts counts;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        const auto decision = nlohmann::json::parse(line, nullptr, false);
        if (!decision.is_object() || !decision.contains("urgency")) continue;
        ++counts[decision["urgency"].get<std::string>() + ' ' + decision["rule"].get<std::string>()];
    }
    return counts;
}

Counts stored(store::Pool& pool) {
    Counts counts;
    pool.with([&](store::Transaction& transaction) {
        const auto rows = transaction.run(R"(
            SELECT urgency, rule, count(*)
            FROM (SELECT DISTINCT ON (brand_id, post_id) urgency, rule FROM decision ORDER BY brand_id, post_id, revision DESC) latest
            GROUP BY 1, 2)");
        for (std::size_t i = 0; i < rows.size(); ++i)
            counts[std::string(word(static_cast<Urgency>(rows.at(i, 0).integer()))) + ' ' + rows.at(i, 1).text()] =
                static_cast<int>(rows.at(i, 2).integer());
    });
    return counts;
}

std::string text_of(const Counts& counts) {
    std::string text;
    for (const auto& [name, count] : counts) text += name + ": " + std::to_string(count) + "\n";
    return text;
}

} // namespace

TEST_CASE("a month of posts followed live is decided as replay says, and every escalation is told once", "[world][stories]") {
    if (!std::filesystem::exists(world / "posts.jsonl")) {
        std::puts("note: the world's data is not there; the live run over it is skipped");
        return;
    }
    test::Installation here;
    here.write("names = [\"Sosnello\"]\nlanguage = \"pl\"\nzone = \"Europe/Warsaw\"\nmode = \"live\"\n"
               "[brand.acme.playbook]\nurgent = [{after = \"0s\", channels = [\"journal\"]}]\n"
               "[channel.journal]\nkind = \"log\"\nper_second = 0\n"
               "[source.month]\nkind = \"file\"\nmatching = \"full\"\nseen = \"posted\"\ninterval = \"1s\"\npath = \"" +
               (world / "posts.jsonl").string() + "\"\n");
    for (const std::string kind : {"customers", "cases", "contacts"}) {
        const auto ran = here.command({"import", kind, (world / (kind + ".csv")).string()});
        INFO(ran.out);
        REQUIRE(ran.code == 0);
    }
    const auto start = std::chrono::steady_clock::now();
    auto larum = here.start();

    const bool done = test::eventually(
        [&] {
            return here.database.ask("SELECT count(DISTINCT post_id) FROM decision") == "3000" &&
                   here.database.ask("SELECT count(*) FROM triage_queue") == "0" &&
                   here.database.ask("SELECT count(*) FROM alert WHERE state IN ('due', 'sending') AND due_at <= now()") == "0";
        },
        300s);

    INFO(larum->output());
    REQUIRE(done);
    std::printf("measured: 3,000 posts of the world followed, decided and told in %.1f s\n",
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    const auto replay = here.command({"replay", (world / "posts.jsonl").string(), "--json", "--matching", "full"});
    const auto expected = replayed(replay.out), actual = stored(here.database.pool());
    CHECK(text_of(actual) == text_of(expected));
    // Posts of one subject share an escalation, and an escalation has one message at most.
    CHECK(here.database.ask("SELECT count(*) FROM (SELECT 1 FROM alert WHERE escalation_id IS NOT NULL AND state = 'delivered' "
                            "GROUP BY escalation_id, channel HAVING count(*) > 1) twice") == "0");
    CHECK(here.database.ask("SELECT count(*) FROM escalation e WHERE urgency = 3 AND NOT EXISTS "
                            "(SELECT 1 FROM alert a WHERE a.brand_id = e.brand_id AND a.escalation_id = e.escalation_id)") == "0");
    CHECK(here.database.ask("SELECT count(*) FROM decision d WHERE urgency = 3 AND NOT EXISTS "
                            "(SELECT 1 FROM escalation_post p WHERE p.brand_id = d.brand_id AND p.post_id = d.post_id)") == "0");
    larum->signal(SIGTERM);
    CHECK(larum->wait(60s) == 0);
}
