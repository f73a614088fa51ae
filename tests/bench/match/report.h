#pragma once

#include "bench/match/world.h"
#include "daemon/triage/assess.h"

#include <array>
#include <map>
#include <string>

namespace larum::bench {

/// Right, wrong and missed claims that an author is a customer.
struct Claims {
    int right = 0, wrong = 0, missed = 0;
    double precision() const { return right + wrong ? static_cast<double>(right) / (right + wrong) : 1; }
    double recall() const { return right + missed ? static_cast<double>(right) / (right + missed) : 1; }
    double f1() const { return right ? 2.0 * right / (2.0 * right + wrong + missed) : 0; }
};

/// How well posts were matched and decided.
class Report {
public:
    void add(const Told& told, const triage::Assessment& made);

    /// A line «NAME.measure value» each.
    void print(const std::string& name) const;
    /// What is missed at 0.9, by what the post carries and by the form of the name; and what is urgent,
    /// by what matching gave the decision.
    void print_missed(const std::string& name) const;

    Claims sure; ///< at 0.9

private:
    struct Bin {
        int posts = 0, right = 0;
        double sum = 0;
    };
    double calibration_error() const;

    Claims decided_, urgent_;
    std::map<bool, Claims> by_polish_; ///< at 0.9, whether the record's name looks Polish
    std::map<std::string, Claims> by_kind_, urgent_by_match_;
    std::array<Bin, 10> bins_;
    int cases_ = 0, cases_right_ = 0, namesakes_ = 0, namesakes_taken_ = 0;
};

} // namespace larum::bench
