#include "bench/match/febrl.h"

#include "bench/match/report.h"
#include "bench/match/world.h"
#include "core/error.h"
#include "daemon/store/import.h"
#include "daemon/store/store.h"
#include "support/database.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

namespace larum::bench {

namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
    std::vector<std::string> list;
    std::istringstream in(line + '\t');
    for (std::string cell; std::getline(in, cell, '\t');) list.push_back(cell);
    return list;
}

std::vector<Row> read_rows(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw Error(Error::Kind::config, "cannot read " + file.string());
    std::string line;
    std::getline(in, line);
    const auto header = cells(line);
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        const auto list = cells(line);
        Row row;
        for (std::size_t i = 0; i < header.size() && i < list.size(); ++i) row[header[i]] = list[i];
        rows.push_back(std::move(row));
    }
    return rows;
}

bool in_table(const std::string& entity) { return draw(entity, 4) >= 20; }

bool is_original(const Row& row) { return row.at("rec_id").ends_with("-org"); }

void write_customers(const std::vector<Row>& rows, const std::filesystem::path& file) {
    std::ofstream out(file);
    out << "customer_ref,name,city\n";
    for (auto row : rows)
        if (is_original(row) && in_table(row["entity"]))
            out << row["entity"] << ',' << row["given_name"] << ' ' << row["surname"] << ',' << row["suburb"] << '\n';
}

Told told_of(Row row, const config::Brand& brand) {
    Told told;
    told.post.platform = "febrl";
    told.post.id = row["rec_id"];
    told.post.author.name = row["given_name"] + ' ' + row["surname"];
    told.post.author.city = row["suburb"];
    told.post.posted_at = *parse_time("2026-04-01T00:00:00Z");
    if (in_table(row["entity"])) told.truth.customers.insert(row["entity"]);
    told.truth.group = row["entity"];
    told.verdict.complaint = 0.5; // there is no text that could say
    told.clues = match::read_clues(told.post, brand, Matching::full);
    told.question.customers = match::customer_questions(told.clues);
    return told;
}

struct Claim {
    double probability = 0;
    bool right = false;
};

double recall_at(std::vector<Claim> claims, double precision, int in_all) {
    std::sort(claims.begin(), claims.end(), [](const auto& a, const auto& b) { return a.probability > b.probability; });
    int right = 0, best = 0;
    for (std::size_t i = 0; i < claims.size(); ++i) {
        right += claims[i].right;
        const bool end_of_ties = i + 1 == claims.size() || claims[i + 1].probability < claims[i].probability;
        if (end_of_ties && right >= precision * static_cast<double>(i + 1)) best = right;
    }
    return static_cast<double>(best) / in_all;
}

} // namespace

World read_febrl(const std::filesystem::path& file) {
    const auto rows = read_rows(file);
    test::TestDatabase database;
    World world;
    world.brand.name = "febrl";
    world.brand.rules = config::default_rules();
    auto config = database.config();
    config.brands = {world.brand};
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    const test::TemporaryFolder folder;
    write_customers(rows, folder.path() / "customers.csv");
    const store::ImportInto into{store->brand("febrl"), store->key()};
    store::import_file(store->pool(), store->ids(), into, store::ImportKind::customers, folder.path() / "customers.csv");
    for (const auto& row : rows)
        if (!is_original(row)) world.told.push_back(told_of(row, world.brand));
    look_up(*store, into.brand, world);
    return world;
}

void measure_febrl4(const std::filesystem::path& file) {
    const auto world = read_febrl(file);
    match::Mixture mixture;
    Claims own;
    std::vector<Claim> claims;
    int found = 0, in_all = 0;
    for (const auto& told : world.told) {
        const auto made = match::match(told.post, told.verdict, told.clues, told.known(), told.odds(mixture));
        mixture.learn(made.thought);
        const auto& candidates = made.result.candidates;
        const bool known = !told.truth.customers.empty(), any = !candidates.empty();
        const bool right = any && told.truth.customers.contains(candidates.front().ref);
        const bool claimed = any && candidates.front().probability > made.result.nobody;
        in_all += known;
        for (const auto& one : candidates) found += told.truth.customers.contains(one.ref);
        if (any) claims.push_back({candidates.front().probability, right});
        if (claimed) ++(right ? own.right : own.wrong);
        if (known && !(claimed && right)) ++own.missed;
    }
    std::printf("febrl4.f1 %.4f\nfebrl4.precision %.4f\nfebrl4.recall %.4f\nfebrl4.recall_at_99 %.4f\nfebrl4.among_candidates %.4f\n", own.f1(),
                own.precision(), own.recall(), recall_at(claims, 0.99, in_all), static_cast<double>(found) / in_all);
}

} // namespace larum::bench
