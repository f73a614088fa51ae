#include "daemon/store/retention.h"

#include "daemon/store/retention_steps.h"

namespace larum::store {

namespace {
constexpr Span between_walks = std::chrono::hours{24};
} // namespace

Retention::Retention(Pool& pool, std::vector<Retained> brands, int step_rows)
    : pool_(pool), brands_(std::move(brands)), step_rows_(step_rows) {}

bool Retention::tick(Time now) {
    if (brands_.empty() || now < due_) return false;
    Walked walked;
    pool_.with([&](Transaction& transaction) {
        walked = retention_steps()[step_](transaction, {brands_[brand_], after_, step_rows_, now});
    });
    after_ = walked.last;
    if (walked.done) next_step();
    const bool finished = brand_ == brands_.size();
    if (finished) {
        brand_ = 0;
        due_ = now + between_walks;
    }
    return !finished;
}

void Retention::next_step() {
    after_ = 0;
    if (++step_ < retention_steps().size()) return;
    step_ = 0;
    ++brand_;
}

} // namespace larum::store
