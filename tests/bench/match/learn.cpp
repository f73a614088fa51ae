#include "bench/match/learn.h"

#include "daemon/match/observe.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace larum::bench {

namespace {

using namespace match;

/// One way in which one candidate may have come to write; nobody's is empty.
struct Option {
    double fixed = 0; ///< bits that no weight changes
    std::vector<std::pair<std::size_t, double>> signs;
    bool right = false;
};

struct Example {
    double weight = 1;
    std::vector<Option> options;
};

void add(Option& option, const FoundList& found) {
    for (const auto& one : found) {
        option.fixed += one.rarity;
        option.signs.emplace_back(static_cast<std::size_t>(one.sign), one.strength);
    }
}

bool is_right(const Told& told, const Observed& person, const Way& way) {
    const auto& customers = person.who.records->customers;
    if (std::none_of(customers.begin(), customers.end(), [&](const auto& one) { return told.truth.customers.contains(one.ref); })) return false;
    if (told.truth.case_ref.empty()) return true;
    for (const auto& matter : person.who.records->cases)
        if (matter.id == way.matter) return matter.ref == told.truth.case_ref;
    return false;
}

std::vector<Option> options_of(const Told& told, const Mixture& mixture) {
    std::vector<Option> options(1);
    const auto odds = told.odds(mixture);
    for (const auto& person : observe(told.post, told.verdict, told.clues, told.known()))
        for (const auto& way : person.ways) {
            Option option;
            option.fixed = odds[static_cast<std::size_t>(way.standing)];
            add(option, person.found);
            add(option, way.found);
            option.right = is_right(told, person, way);
            options.push_back(std::move(option));
        }
    options[0].right = std::none_of(options.begin(), options.end(), [](const auto& one) { return one.right; });
    return options;
}

/// Adds the slope of this example's log likelihood (in bits) to `slope`.
void add_slope(const Example& example, const Weights& weights, Weights& slope) {
    std::vector<double> share;
    double high = -1e9, all = 0, right = 0;
    for (const auto& option : example.options) {
        double bits = option.fixed;
        for (const auto& [sign, strength] : option.signs) bits += weights[sign] * strength;
        share.push_back(bits);
        high = std::max(high, bits);
    }
    for (std::size_t i = 0; i < share.size(); ++i) {
        share[i] = std::exp2(share[i] - high);
        all += share[i];
        if (example.options[i].right) right += share[i];
    }
    for (std::size_t i = 0; i < share.size(); ++i) {
        const auto& option = example.options[i];
        const double pull = (option.right ? share[i] / std::max(right, 1e-30) : 0) - share[i] / all;
        for (const auto& [sign, strength] : option.signs) slope[sign] += example.weight * pull * strength;
    }
}

} // namespace

Weights learn_weights(const std::vector<Lesson>& lessons, const Weights& from, double strength) {
    std::vector<Example> examples;
    for (const auto& lesson : lessons) {
        Mixture mixture;
        for (const auto* told : lesson.posts)
            mixture.learn(match::match(told->post, told->verdict, told->clues, told->known(), told->odds(mixture)).thought);
        for (const auto* told : lesson.posts) examples.push_back({lesson.weight, options_of(*told, mixture)});
    }
    Weights weights = from, speed{}, spread{};
    for (int round = 1; round <= 800; ++round) {
        Weights slope{};
        for (const auto& example : examples) add_slope(example, weights, slope);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            slope[i] -= strength * (weights[i] - from[i]);
            // Adam: every weight goes its own pace.
            speed[i] = 0.9 * speed[i] + 0.1 * slope[i];
            spread[i] = 0.99 * spread[i] + 0.01 * slope[i] * slope[i];
            weights[i] += 0.03 * (speed[i] / (1 - std::pow(0.9, round))) / (std::sqrt(spread[i] / (1 - std::pow(0.99, round))) + 1e-6);
            if (may_only_lower(static_cast<Sign>(i))) weights[i] = std::min(weights[i], 0.0);
        }
    }
    return weights;
}

void print_weights(const Weights& weights) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::string name(match::name(static_cast<Sign>(i)));
        std::printf("    {Sign::%s, \"%s\", %.2f},\n", name.c_str(), name.c_str(), weights[i]);
    }
}

} // namespace larum::bench
