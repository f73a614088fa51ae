#include "connectors/shared/x_budget.h"

#include "connectors/shared/oauth.h"
#include "connectors/shared/x_read.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace larum::connectors::x {

namespace {

Micros amount_in(const Session& session, const char* name) {
    return std::max<Micros>(0, std::strtoll(OAuth::remembered(session, name).c_str(), nullptr, 10));
}

std::string price_tag(Micros amount) {
    char text[32];
    std::snprintf(text, sizeof text, "$%.2f", dollars(amount));
    return text;
}

/// As it is kept beside its sum: «2026-04-05».
std::string day_of(Time now) { return format_time(now).substr(0, 10); }

} // namespace

Budget::Budget(const Call& call, Micros of_a_day)
    : session_(call.session), of_a_day_(of_a_day), now_(call.now), unasked_(micros(call.unasked)) {
    if (OAuth::remembered(session_, "money_day") != day_of(now_)) return;
    spent_ = amount_in(session_, "money_spent");
    rechecked_ = amount_in(session_, "money_rechecked");
}

std::int64_t Budget::affordable(Micros price, Till till) const {
    auto left = of_a_day_ - spent_ - unasked_;
    // New complaints must not go unheard because old posts were looked at again.
    if (till == Till::rechecking) left = std::min(left, of_a_day_ / 2 - rechecked_);
    if (price <= 0) return 1'000'000;
    return std::max<Micros>(0, left) / price;
}

void Budget::charge(Micros amount, Till till) {
    if (amount <= 0) return;
    spent_ += amount;
    if (till == Till::rechecking) rechecked_ += amount;
    OAuth::remember(session_, "money_day", day_of(now_));
    OAuth::remember(session_, "money_spent", std::to_string(spent_));
    OAuth::remember(session_, "money_rechecked", std::to_string(rechecked_));
}

Outcome budget_refusal(Micros of_a_day, Micros spent, Time now) {
    return {Ending::later, "x: today's budget of " + price_tag(of_a_day) + " would be passed (" + price_tag(spent) + " used); larum reads and listens on at 00:00 UTC",
            next_day(now), true, true};
}

} // namespace larum::connectors::x
