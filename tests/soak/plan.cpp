#include "soak/plan.h"

#include <algorithm>

namespace larum::soak {

using namespace std::chrono_literals;

namespace {

constexpr Span quiet_end = 3h; ///< comments of old posts are read once an hour

Time round_to(Time time, Time start, Span step) { return start + (time - start) / step * step; }

Span minutes(double count) { return std::chrono::duration_cast<Span>(std::chrono::duration<double, std::ratio<60>>(count)); }

class Maker {
public:
    Maker(Plan& plan, Random& random) : plan_(plan), random_(random) {}

    /// One trouble in each of equal slots, with a calm part after it; the kinds take turns in a random order.
    void line(std::vector<Ill> ills, int count, double shortest, double longest) {
        std::shuffle(ills.begin(), ills.end(), random_);
        const auto first = plan_.start + 30min;
        const auto slot = (plan_.calm - first) / count;
        for (int i = 0; i < count; ++i) {
            const auto ill = ills[static_cast<std::size_t>(i) % ills.size()];
            const auto most = std::min<double>(longest, std::chrono::duration<double, std::ratio<60>>(slot).count() * 0.5);
            const auto from = first + slot * i + std::chrono::duration_cast<Span>(slot * between(random_, 0.02, 0.3));
            add(ill, from, from + minutes(between(random_, std::min(shortest, most), most)));
        }
    }

    void add(Ill ill, Time from, Time to) {
        static constexpr int throttles[] = {4, 17, 32, 341, 613, 80001};
        static constexpr int subcodes[] = {0, 458, 460, 463, 467, 492};
        Trouble one{ill, round_to(from, plan_.start, plan_.step), round_to(to, plan_.start, plan_.step), 0, 0};
        if (ill == Ill::throttled) one.code = throttles[random_() % std::size(throttles)];
        if (ill == Ill::throttled) one.minutes = chance(random_, 0.5) ? static_cast<int>(between(random_, 1, 20)) : 0;
        if (ill == Ill::token) one.code = subcodes[random_() % std::size(subcodes)];
        plan_.troubles.push_back(one);
    }

    void kills(int count) {
        for (int i = 0; i < count; ++i) {
            Kill one;
            const auto share = (i + between(random_, 0, 0.9)) / count;
            one.at = round_to(plan_.start + std::chrono::duration_cast<Span>((plan_.calm - plan_.start) * share), plan_.start, plan_.step);
            one.among_webhooks = chance(random_, 0.2);
            if (chance(random_, 0.7)) one.calls = static_cast<int>(random_() % 4);
            one.answered = chance(random_, 0.6);
            one.after = Span(static_cast<long long>(between(random_, 0, 30'000)));
            plan_.kills.push_back(one);
        }
    }

private:
    Plan& plan_;
    Random& random_;
};

} // namespace

double between(Random& random, double from, double to) { return std::uniform_real_distribution<double>(from, to)(random); }

bool chance(Random& random, double share) { return between(random, 0, 1) < share; }

std::string Trouble::name() const {
    switch (ill) {
    case Ill::unavailable: return "platform answers 503";
    case Ill::reset: return "platform breaks connections";
    case Ill::throttled: return "platform throttles, code " + std::to_string(code);
    case Ill::token: return "token refused, 190/" + std::to_string(code);
    case Ill::rough: return "a quarter of the calls fails";
    case Ill::deaf: return "webhooks are lost";
    case Ill::feed_away: return "the feed's host fails";
    case Ill::feed_flood: return "the feed's host fails and the feed overflows";
    case Ill::forum_away: return "the forum fails";
    case Ill::forum_deaf: return "the forum's webhooks are lost";
    case Ill::asleep: return "no daemon runs";
    case Ill::pair: return "two daemons run";
    case Ill::flood: return "more is written than a walk may read";
    }
    return {};
}

Plan make_plan(double hours, int kills, std::uint64_t seed) {
    Random random(seed);
    Plan plan;
    plan.seed = seed;
    plan.start = *parse_time("2026-03-02T06:00:00Z");
    plan.step = 1min;
    plan.end = round_to(plan.start + minutes(hours * 60), plan.start, plan.step);
    plan.calm = plan.end - quiet_end;
    Maker make(plan, random);
    const auto slots = [&](double every, int least) { return std::max(least, static_cast<int>(hours / every)); };
    make.line({Ill::unavailable, Ill::reset, Ill::throttled, Ill::token, Ill::rough}, slots(4, 5), 12, 100);
    make.line({Ill::deaf}, slots(8, 2), 30, 200);
    make.line({Ill::feed_flood, Ill::feed_away}, slots(16, 2), 30, 120);
    make.line({Ill::asleep}, slots(18, 1), 15, 90);
    make.line({Ill::pair}, slots(5, 2), 40, 150);
    make.line({Ill::flood}, 1, 20, 40);
    make.kills(kills);
    make.line({Ill::forum_away}, slots(12, 1), 20, 100);
    make.line({Ill::forum_deaf}, slots(10, 2), 30, 150);
    return plan;
}

} // namespace larum::soak
