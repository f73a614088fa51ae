#pragma once

#include "daemon/judge/model.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

/// Learning the weights of a Model from labelled posts. The same examples in the same order give the same model.
namespace larum::judging {

struct Example {
    std::vector<std::string> names; ///< of the features
    std::vector<float> values;
    std::array<signed char, head_count> labels{}; ///< 1 yes, 0 no, -1 not labelled
    float weight = 1;
    unsigned fold = 0; ///< examples of one fold are kept together when calibrating; any number
};

struct Learning {
    // How strongly weights are drawn to what is expected: what few examples say is not believed.
    double concept_strength = 0.6;
    double wording_strength = 0.6;
    double shape_strength = 10; ///< how somebody punctuates tells more of who writes the examples than of complaints
    int rounds = 80;
    int seen_min = 2;      ///< words in fewer examples are left out
    unsigned folds = 4;    ///< parts by which the calibration is measured; less than two: not calibrated
    std::string_view from; ///< content of a model to start from; empty: from what phrases are known to mean
};

/// The content of a model file. Throws Error::Kind::input when `from` is no model.
std::string learn(const std::vector<Example>& examples, const Learning& learning = {});

} // namespace larum::judging
