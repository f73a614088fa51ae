#include "daemon/judge/second_opinion.h"

#include <cmath>

namespace larum {

namespace {

/// In natural log-odds: 0.35 becomes 0.71, 0.65 becomes 0.29, and 0.18 still no more than 0.5.
constexpr double weight = 1.5;
constexpr double said = 0.5;

double moved(double probability, bool yes) {
    const double odds = std::log(probability / (1 - probability)) + (yes ? weight : -weight);
    return 1 / (1 + std::exp(-odds));
}

} // namespace

std::optional<Reason> heed(Verdict& verdict, const SecondOpinion& opinion) {
    std::string read;
    bool agreed = true;
    const auto one = [&](double& probability, bool yes, const char* name) {
        if (!(probability >= opinion.from && probability <= opinion.to)) return;
        agreed = agreed && (probability >= said) == yes;
        probability = moved(probability, yes);
        read += std::string(read.empty() ? "" : ", ") + (yes ? "" : "no ") + name;
    };
    one(verdict.complaint, opinion.complaint, "complaint");
    one(verdict.repeat_contact, opinion.repeat_contact, "repeated contact");
    if (read.empty()) return std::nullopt;
    return Reason{agreed ? "second_opinion.agreed" : "second_opinion.disagreed",
                  std::string("A second opinion ") + (agreed ? "agreed" : "disagreed") + ": it reads " + read + "."};
}

} // namespace larum
