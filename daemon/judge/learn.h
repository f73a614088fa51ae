#pragma once

#include "daemon/judge/model.h"

#include <array>
#include <string>
#include <vector>

/// Learning the weights of a Model from labelled posts. The same examples in the same order give the same model.
namespace larum::judging {

struct Example {
    std::vector<std::string> names; ///< of the features
    std::vector<float> values;
    std::array<signed char, head_count> labels{}; ///< 1 yes, 0 no, -1 not labelled
    float weight = 1;
};

struct Learning {
    double concept_strength = 0.3; ///< how strongly weights of concepts and shapes are drawn to zero
    double wording_strength = 0.3; ///< the same for words: what few examples say is not believed
    int rounds = 80;
    int seen_min = 2; ///< words in fewer examples are left out
};

/// The content of a model file.
std::string learn(const std::vector<Example>& examples, const Learning& learning = {});

} // namespace larum::judging
