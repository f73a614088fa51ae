#include "daemon/second/carrier.h"

#include "core/error.h"
#include "core/log.h"
#include "daemon/second/redact.h"

#include <algorithm>

namespace larum::second {

namespace {

using namespace std::chrono_literals;

constexpr Span first_rest = 30s;
constexpr Span longest_rest = 1h;
constexpr Span stale_after = 1h;       ///< an opinion that comes later changes nothing that matters
constexpr Span between_sweeps = 1min;
constexpr int nonsense_most = 3;       ///< in a row; one alone may be the post's own doing

std::vector<std::string> own_words(const config::Brand& brand) {
    auto words = brand.names;
    words.insert(words.end(), brand.tags.begin(), brand.tags.end());
    words.insert(words.end(), brand.competitors.begin(), brand.competitors.end());
    return words;
}

/// All that is known to name a person this post may be by.
std::vector<std::string> known_of(const store::TakenOpinion& taken) {
    const auto& author = taken.words.author;
    auto known = taken.known;
    for (const auto* one : {&author.name, &author.handle, &author.city, &author.id})
        if (!one->empty()) known.push_back(*one);
    return known;
}

std::int64_t day_of(Time now) { return std::chrono::duration_cast<std::chrono::hours>(now.time_since_epoch()).count() / 24; }

} // namespace

Carrier::Carrier(store::Pool& pool, IdMaker& ids, const config::SecondOpinionSettings& settings,
                 std::vector<std::pair<BrandId, const config::Brand*>> brands, Http& http)
    : pool_(pool), ids_(ids), settings_(settings), brands_(std::move(brands)), http_(http) {}

bool Carrier::tick(Time now) {
    end_stale(now);
    for (std::size_t i = 0; i < brands_.size() && now >= rests_until_; ++i) {
        const auto& [id, brand] = brands_[turn_++ % brands_.size()];
        if (turn_of(id, *brand, now)) return true;
    }
    return false;
}

bool Carrier::turn_of(BrandId brand_id, const config::Brand& brand, Time now) {
    store::Taking taking;
    pool_.with([&](store::Transaction& transaction) { taking = store::take_opinion(transaction, brand_id, settings_.per_day, now); });
    if (taking.spent) tell_spent(brand_id, brand, now);
    if (!taking.taken) return false;
    const auto words = redact(taking.taken->words.text, known_of(*taking.taken), own_words(brand));
    if (words) {
        ask_about(brand_id, *taking.taken, *words, now);
    } else {
        pool_.with([&](store::Transaction& transaction) {
            store::put_back(transaction, brand_id, *taking.taken);
            store::write_unsaid(transaction, brand_id, *taking.taken, store::Unsaid::withheld, now);
        });
    }
    return true;
}

void Carrier::ask_about(BrandId brand_id, const store::TakenOpinion& taken, const std::string& words, Time now) {
    Asking asked;
    try {
        asked = ask(http_, settings_, words, now);
    } catch (const Error& error) {
        if (error.kind() == Error::Kind::bug) throw;
        pool_.with([&](store::Transaction& transaction) { store::put_back(transaction, brand_id, taken); });
        return failed(error.kind() == Error::Kind::refused ? "the address is private; set private_allowed = true when it is yours"
                                                           : "could not be reached",
                      std::nullopt, now);
    }
    pool_.with([&](store::Transaction& transaction) {
        if (asked.said) {
            store::write_opinion(transaction, ids_, brand_id, taken, *asked.said, now);
        } else {
            store::write_unsaid(transaction, brand_id, taken, asked.why, now);
        }
    });
    if (asked.said) return worked();
    nonsense_ = asked.why == store::Unsaid::nonsense ? nonsense_ + 1 : 0;
    if (asked.why != store::Unsaid::nonsense || nonsense_ >= nonsense_most) failed(asked.trouble, asked.not_before, now);
}

void Carrier::end_stale(Time now) {
    if (now < swept_ + between_sweeps) return;
    swept_ = now;
    for (const auto& one : brands_)
        pool_.with([&](store::Transaction& transaction) { store::end_stale_opinions(transaction, one.first, now - stale_after, now); });
}

void Carrier::tell_spent(BrandId brand_id, const config::Brand& brand, Time now) {
    auto& told = spent_told_[brand_id];
    if (std::exchange(told, day_of(now)) == day_of(now)) return;
    log::warn("second opinion: the day's " + std::to_string(settings_.per_day) + " questions of brand " + brand.name +
              " are spent; the local verdicts stand");
}

void Carrier::worked() {
    if (failures_ > 0) log::info("second opinion: " + config::host_of(settings_.url) + " answers again");
    failures_ = nonsense_ = 0;
}

void Carrier::failed(const std::string& trouble, std::optional<Time> not_before, Time now) {
    if (failures_ == 0)
        log::warn("second opinion: " + config::host_of(settings_.url) + ": " + trouble +
                  "; the local verdicts stand, it is tried again with growing rests");
    const auto rest = std::min<Span>(first_rest * (1 << std::min(failures_++, 7)), longest_rest);
    rests_until_ = std::max(now + rest, std::min(not_before.value_or(now), now + 24h));
}

} // namespace larum::second
