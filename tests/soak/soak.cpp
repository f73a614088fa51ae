#include "soak/soak.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace larum::soak {

using namespace std::chrono_literals;

namespace {

constexpr int flood_posts = 260;  ///< a walk of two pages reads 200
constexpr int flood_items = 40;   ///< the feed shows 30
constexpr double forged_per_step = 0.004, database_lost_per_step = 0.002;

std::string micros(Time time) { return std::to_string(time.time_since_epoch().count()); }

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

} // namespace

Soak::Soak(const Plan& plan)
    : plan_(plan), clock_(plan.start), random_(plan.seed + 2), door_(clock_, truth_, plan.seed + 3), graph_(clock_),
      world_(clock_, graph_, door_, truth_, plan_), office_(clock_, door_, truth_, plan.seed + 4) {
    door_.lead_to(graph_.url());
    world_.set_the_scene();
    if (!graph_.subscribe(door_.url("/letterbox"))) throw std::runtime_error("the platform could not be subscribed to");
    office_.keep_safe(world_.ancient());
    write_config();
}

void Soak::write_config() {
    const auto& page = graph_.settings();
    const auto secret = [&](const std::string& name, const std::string& value) {
        write_file(folder_.path() / name, value);
        return "\"file:" + (folder_.path() / name).string() + "\"\n";
    };
    write_file(folder_.path() / "larum.toml",
               "state_dir = \"" + (folder_.path() / "state").string() + "\"\n[database]\nurl = \"" + database_.url() +
                   "\"\n[brand.acme]\nlanguage = \"pl\"\n[source.page]\nkind = \"facebook\"\nmatching = \"own_data\"\ninterval = \"2m\"\n"
                   "webhooks = true\nprivate_allowed = true\npages_max = 2\npage = \"" + page.page_id + "\"\napp_id = \"" + page.app_id +
                   "\"\nhost = \"" + door_.url() + "\"\ntoken = " + secret("token", page.token) + "app_secret = " + secret("secret", page.app_secret) +
                   "[source.news]\nkind = \"rss\"\nmatching = \"full\"\ninterval = \"5m\"\nprivate_allowed = true\nurl = \"" + door_.url("/news.xml") +
                   "\"\n[source.forum]\nkind = \"discourse\"\nmatching = \"own_data\"\ninterval = \"5m\"\nprivate_allowed = true\nhost = \"" + door_.url() +
                   "\"\n[app.forum]\nkind = \"discourse\"\nhost = \"" + door_.url() + "\"\nsecret = " + secret("forum", forum_secret) +
                   "[app.meta]\nkind = \"facebook\"\napp_secret = " + secret("secret", page.app_secret) +
                   "verify_token = " + secret("verify", page.verify_token));
}

std::string Soak::log() const {
    std::ifstream file(folder_.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
}

void Soak::run() {
    for (auto at = plan_.start; at < plan_.end || office_.waiting() > 0; at += plan_.step) step(at);
    crew_.clear();
}

// ---- troubles ----------------------------------------------------------------------------------------------

bool Soak::ill(Ill ill) const {
    return std::any_of(now_.begin(), now_.end(), [&](const Trouble& one) { return one.ill == ill; });
}

void Soak::turn(const Trouble& trouble, bool on) {
    if (trouble.ill == Ill::throttled) on ? graph_.throttle(trouble.code, trouble.minutes) : graph_.relent();
    if (trouble.ill == Ill::token) on ? graph_.break_token(trouble.code) : graph_.mend_token();
    if (trouble.ill == Ill::feed_flood && !on) world_.flood_feed(flood_items);
    if (trouble.ill == Ill::flood && !on) world_.flood(flood_posts);
}

void Soak::set_moods() {
    using Way = Door::Way;
    const bool away = ill(Ill::unavailable) || ill(Ill::flood);
    door_.page_is(away ? Way::unavailable : ill(Ill::reset) ? Way::reset : ill(Ill::rough) ? Way::rough : Way::well);
    door_.feed_is(ill(Ill::feed_away) || ill(Ill::feed_flood) ? Way::unavailable : ill(Ill::rough) ? Way::rough : Way::well);
    door_.forum_is(ill(Ill::forum_away) ? Way::unavailable : Way::well);
    office_.be_deaf("meta", ill(Ill::deaf));
    office_.be_deaf("forum", ill(Ill::forum_deaf));
}

void Soak::change_troubles(Time at) {
    std::erase_if(now_, [&](const Trouble& one) {
        if (one.to > at) return false;
        turn(one, false);
        return true;
    });
    for (const auto& one : plan_.troubles) {
        if (one.from != at || one.to <= at) continue;
        turn(one, true);
        now_.push_back(one);
    }
    set_moods();
}

// ---- daemons -----------------------------------------------------------------------------------------------

void Soak::man(std::size_t daemons) {
    while (crew_.size() > daemons) crew_.pop_back();
    while (crew_.size() < daemons) {
        crew_.push_back(std::make_unique<Hand>(folder_.path() / "larum.toml", folder_.path() / "log", clock_.now()));
        ++deeds_.started;
    }
}

void Soak::strike(Hand& victim) {
    victim.kill();
    ++deeds_.kills;
}

/// Gives each daemon its order and waits for all; kills one meanwhile when the plan says so. False when one died.
bool Soak::all(const std::vector<std::string>& orders, bool among_webhooks) {
    const auto kill = static_cast<std::size_t>(deeds_.kills) < plan_.kills.size() ? std::optional(plan_.kills[static_cast<std::size_t>(deeds_.kills)]) : std::nullopt;
    const bool due = kill && kill->at <= clock_.now() && kill->among_webhooks == among_webhooks;
    auto& victim = *crew_[random_() % crew_.size()];
    std::thread later;
    if (due && kill->calls >= 0 && !among_webhooks) door_.after_calls(kill->calls, kill->answered, [&] { strike(victim); });
    for (std::size_t i = 0; i < crew_.size(); ++i) crew_[i]->order(orders[i % orders.size()]);
    if (due && (kill->calls < 0 || among_webhooks))
        later = std::thread([&] {
            std::this_thread::sleep_for(kill->after);
            strike(victim);
        });
    bool harmed = false;
    std::erase_if(crew_, [&](const auto& one) {
        const auto said = one->answer();
        harmed = harmed || !said || said == "database";
        if (!said && !one->killed()) throw std::runtime_error("a daemon died by itself");
        return !said;
    });
    door_.disarm();
    if (later.joinable()) later.join();
    if (harmed) deeds_.harmed.push_back(clock_.now());
    return !harmed;
}

void Soak::lose_database() {
    database_.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    ++deeds_.database_losses;
}

// ---- a step ------------------------------------------------------------------------------------------------

/// Webhooks first, so that it is known who brought a post, the webhook or the poll; with two daemons and nothing ill
/// also both at once.
bool Soak::work(Time at) {
    const auto hooks = "hooks " + micros(at), polls = "work " + micros(at) + " " + micros(at + plan_.step);
    if (crew_.size() == 2 && now_.size() == 1 && chance(random_, 0.3)) return all({hooks, polls}, true) && all({polls, hooks}, false);
    return all({hooks}, true) && all({polls}, false);
}

void Soak::step(Time at) {
    clock_.set(at);
    change_troubles(at);
    world_.live();
    const bool calm = at >= plan_.calm;
    man(ill(Ill::asleep) ? 0 : ill(Ill::pair) ? 2 : 1);
    std::vector<int> ports;
    for (const auto& one : crew_) ports.push_back(one->port());
    office_.deliver(ports, calm);
    if (crew_.empty()) return;
    if (chance(random_, forged_per_step)) {
        ++deeds_.forged;
        if (office_.forge(ports.front()) != 401) ++deeds_.believed;
    }
    if (!calm && chance(random_, database_lost_per_step)) lose_database();
    work(at);
}

} // namespace larum::soak
