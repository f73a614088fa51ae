#pragma once

#include "connectors/connector.h"

#include <cstdint>
#include <optional>

/// X takes money for every post it gives. What a day's calls have cost is kept in the credential's session; what came
/// unasked is counted by larum and told with each call.
namespace larum::connectors::x {

/// A millionth of a US dollar: sums of tenths of a cent stay exact.
using Micros = std::int64_t;
inline Micros micros(double dollars) { return static_cast<Micros>(dollars * 1e6 + 0.5); }
inline double dollars(Micros amount) { return static_cast<double>(amount) / 1e6; }

/// What it means that a day's money would be passed: nobody calls or listens with the credential until the next.
Outcome budget_refusal(Micros of_a_day, Micros spent, Time now);

/// Two tills of one day's budget: everything, and of it what looking at known posts again may take.
class Budget {
public:
    enum class Till { reading, rechecking };

    Budget(const Call& call, Micros of_a_day);

    /// How many things at `price` may still be asked for.
    std::int64_t affordable(Micros price, Till till = Till::reading) const;
    /// Writes down what an answer cost.
    void charge(Micros amount, Till till = Till::reading);
    /// Why nothing is asked any more today.
    Outcome refusal() const { return budget_refusal(of_a_day_, spent_ + unasked_, now_); }
    Spending spending() const { return {dollars(spent_), dollars(of_a_day_)}; }

private:
    Session& session_;
    Micros of_a_day_;
    Time now_;
    Micros unasked_;
    Micros spent_ = 0;
    Micros rechecked_ = 0;
};

} // namespace larum::connectors::x
