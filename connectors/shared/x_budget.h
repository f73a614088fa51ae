#pragma once

#include "connectors/connector.h"

#include <cstdint>
#include <optional>

/// X takes money for every post it gives. What a day has cost is kept in the credential's session.
namespace larum::connectors::x {

/// A millionth of a US dollar: sums of tenths of a cent stay exact.
using Micros = std::int64_t;
inline Micros micros(double dollars) { return static_cast<Micros>(dollars * 1e6 + 0.5); }
inline double dollars(Micros amount) { return static_cast<double>(amount) / 1e6; }

/// Two tills of one day's budget: everything, and of it what looking at known posts again may take.
class Budget {
public:
    enum class Till { reading, rechecking };

    Budget(Session& session, Micros of_a_day, Time now);

    /// How many things at `price` may still be asked for.
    std::int64_t affordable(Micros price, Till till = Till::reading) const;
    /// Writes down what an answer cost.
    void charge(Micros amount, Till till = Till::reading);
    /// Why nothing is asked any more today.
    Outcome refusal() const;
    Spending spending() const { return {dollars(spent_), dollars(of_a_day_)}; }

private:
    Session& session_;
    Micros of_a_day_;
    Time now_;
    Micros spent_ = 0;
    Micros rechecked_ = 0;
};

/// The day of a moment as it is kept beside its sum: «2026-04-05».
std::string day_of(Time now);

} // namespace larum::connectors::x
