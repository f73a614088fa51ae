// larum_soak [HOURS] [KILLS] [SEED]: days of simulated time in which all goes wrong that can, and at the end the truth
// that the simulators kept beside what larum kept and wrote into its ledger. Exits 1 on any difference.
#include "soak/compare.h"
#include "soak/intake_process.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>

using namespace larum;
using namespace larum::soak;

namespace {

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}

void print(const Findings& findings) {
    for (const auto& one : findings.lines)
        std::cout << (one.same ? "  " : "! ") << one.what << (one.truth.empty() ? "" : ": " + one.truth) << " | " << one.larum << "\n";
    for (const auto& one : findings.wrongs) std::cout << "WRONG: " << one << "\n";
}

int run(double hours, int kills, std::uint64_t seed) {
    const auto begun = std::chrono::steady_clock::now();
    const auto plan = make_plan(hours, kills, seed);
    Soak soak(plan);
    soak.run();
    const auto findings = compare(soak);
    std::cout << "truth | larum, after " << number(hours) << " simulated hours with seed " << seed << "\n";
    print(findings);
    const auto& letters = soak.letters();
    const auto calls = soak.truth().servings().size();
    std::cout << (findings.good() ? "the ledger equals the truth" : "the ledger is NOT the truth") << ": " << number(hours) << " simulated hours, seed "
              << seed << ", " << soak.deeds().kills << " kills, " << soak.deeds().database_losses << " losses of the database, "
              << plan.troubles.size() << " troubles, " << letters.sent << " webhooks (" << letters.lost << " lost, " << letters.late << " late, "
              << letters.doubled << " doubled), " << calls << " readings of lists, "
              << number(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()) << " s\n";
    if (!findings.good() && std::getenv("LARUM_SOAK_LOG")) {
        for (const auto& one : soak.truth().servings()) std::cerr << format_time(one.at) << " " << one.stream << (one.good ? "" : " failed") << "\n";
        std::cerr << soak.log();
    }
    return findings.good() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    if (count == 3 && std::string(arguments[1]) == "--intake") return run_intake(arguments[2]);
    try {
        const double hours = count > 1 ? std::stod(arguments[1]) : 72;
        const int kills = count > 2 ? std::stoi(arguments[2]) : 20;
        const auto seed = count > 3 ? std::stoull(arguments[3]) : static_cast<unsigned long long>(std::chrono::system_clock::now().time_since_epoch().count() % 1000000);
        if (hours < 6) throw std::invalid_argument("a soak takes at least 6 simulated hours");
        return run(hours, kills, seed);
    } catch (const std::exception& error) {
        std::cerr << "larum_soak: " << error.what() << "\n";
        return 1;
    }
}
