// Measures how well authors are matched to customers.
//   match_bench world DIR [--half] [--missed]   on a world with known truth; --half: only the half nothing was learned from
//   match_bench febrl4 FILE                     on names and suburbs of FEBRL's fourth set
//   match_bench learn DATA [--all]              weights from the other half and from FEBRL's third set: rows for weights.cpp
//   match_bench wrong DIR                       what was wrongly taken for somebody at 0.9, a line each
#include "bench/match/febrl.h"
#include "bench/match/learn.h"
#include "bench/match/report.h"
#include "bench/match/world.h"
#include "core/error.h"

#include <cstdio>
#include <cstring>

using namespace larum;
using namespace larum::bench;

namespace {

bool given(int argc, char** argv, const char* flag) {
    for (int i = 3; i < argc; ++i)
        if (std::strcmp(argv[i], flag) == 0) return true;
    return false;
}

/// As the service would, a post after the other.
triage::Assessment assessed(const World& world, const Told& told, match::Mixture& mixture) {
    triage::Asked asked;
    asked.post = told.post;
    auto made = triage::finish(asked, told.verdict, told.clues, told.known(), told.odds(mixture), world.brand);
    mixture.learn(made.thought);
    return made;
}

Report reported(const World& world, bool half) {
    Report report;
    match::Mixture mixture;
    for (const auto& one : world.told)
        if (const auto made = assessed(world, one, mixture); !half || measured(one.truth)) report.add(one, made);
    return report;
}

/// As many authors with an open case as life may have, and many who show no name.
World sparse(const World& world, int salt) {
    World made;
    made.brand = world.brand;
    for (const auto& one : world.told) {
        const bool open_case = one.truth.author_kind == "open_case";
        if (open_case && draw(one.truth.group + "open", salt) >= 4) continue;
        made.told.push_back(one);
        auto& told = made.told.back();
        if (draw(told.truth.group + "name", salt) >= 30) continue;
        told.post.author.name.clear();
        told.post.author.handle.clear();
        told.clues = match::read_clues(told.post, world.brand, Matching::full);
        told.question.customers = match::customer_questions(told.clues);
    }
    return made;
}

void measure_sparse(const World& world, bool half) {
    Report all;
    for (int salt = 100; salt < 110; ++salt) {
        const auto few = sparse(world, salt);
        match::Mixture mixture;
        for (const auto& one : few.told)
            if (const auto made = assessed(few, one, mixture); !half || measured(one.truth)) all.add(one, made);
    }
    all.print("sparse");
}

int measure_world(int argc, char** argv) {
    const bool half = given(argc, argv, "--half"), missed = given(argc, argv, "--missed");
    const auto world = read_world(argv[2], {});
    const auto plain = reported(world, half);
    plain.print("world");
    if (missed) plain.print_missed("world");
    measure_sparse(world, half);
    const auto noisy = read_world(argv[2], {true, true, true});
    reported(noisy, half).print("noisy");
    return 0;
}

void print_person(const Told& told, const Candidate& candidate) {
    const auto& customer = told.found->people.at(candidate.customer).customers.front();
    std::printf("%.3f %s | %s / %s / %s | %s / %s / %s | %s\n", candidate.probability, told.truth.author_kind.c_str(), told.post.author.name.c_str(),
                told.post.author.handle.c_str(), told.post.author.city.c_str(), customer.name.c_str(), customer.email.c_str(),
                customer.city.c_str(), told.post.text.substr(0, 300).c_str());
    for (const auto& one : candidate.evidence)
        std::printf("      %+.1f %s: %s | %s\n", one.weight, one.field.c_str(), one.post.c_str(), one.record.c_str());
}

int show(const char* folder, bool wrong) {
    const auto world = read_world(folder, {});
    match::Mixture mixture;
    for (const auto& one : world.told) {
        const auto made = assessed(world, one, mixture);
        const bool any = !made.match.candidates.empty();
        const auto& truth = one.truth.customers;
        if (wrong) {
            if (any && made.match.candidates.front().probability >= 0.9 && !truth.contains(made.match.candidates.front().ref))
                print_person(one, made.match.candidates.front());
            continue;
        }
        if (truth.empty() || (any && made.match.candidates.front().probability >= 0.9)) continue;
        std::printf("--- %s %s\n", truth.begin()->c_str(), any ? "" : one.post.author.name.c_str());
        if (any) print_person(one, made.match.candidates.front());
    }
    return 0;
}

std::vector<const Told*> lessons_of(const World& world, bool all) {
    std::vector<const Told*> posts;
    for (const auto& one : world.told)
        if (all || !measured(one.truth)) posts.push_back(&one);
    return posts;
}

/// From the half of the world that is not measured, as it stands and told harder, and from FEBRL's third set; --all:
/// from both halves.
int learn(int argc, char** argv) {
    const bool all = given(argc, argv, "--all");
    const std::filesystem::path data = argv[2];
    const auto plain = read_world(data / "world", {}), noisy = read_world(data / "world", {true, true, true});
    const auto febrl = read_febrl(data / "febrl3" / "febrl3.tsv");
    print_weights(learn_weights({{lessons_of(plain, all), 1}, {lessons_of(noisy, all), 0.5}, {lessons_of(febrl, true), 0.3}},
                                match::general_weights(), 1));
    return 0;
}

int run(int argc, char** argv) {
    const std::string mode = argc > 2 ? argv[1] : "";
    if (mode == "world") return measure_world(argc, argv);
    if (mode == "febrl4") return measure_febrl4(argv[2]), 0;
    if (mode == "learn") return learn(argc, argv);
    if (mode == "wrong" || mode == "missed") return show(argv[2], mode == "wrong");
    std::fprintf(stderr, "usage: match_bench world DIR [--half] [--missed] | febrl4 FILE | learn DATA [--all] | wrong DIR | missed DIR\n");
    return 2;
}

} // namespace

int main(int argc, char** argv) try {
    return run(argc, argv);
} catch (const std::exception& error) {
    std::fprintf(stderr, "match_bench: %s\n", error.what());
    return 1;
}
