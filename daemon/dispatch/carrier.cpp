#include "daemon/dispatch/carrier.h"

#include "core/crypto.h"
#include "core/log.h"
#include "daemon/store/alert_facts.h"
#include "daemon/store/alerts.h"
#include "daemon/store/escalations.h"
#include "daemon/store/playbook_timers.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::dispatch {

namespace {

using namespace std::chrono_literals;
using alerts::Ending;
using alerts::Message;
using alerts::Outcome;
using store::TakenAlert;

constexpr int tries_max = 300;        // a little over a day at the longest rest
constexpr int edit_tries_max = 60;
constexpr Span timers_rest = 1s;
constexpr Span news_rest = 500ms;
constexpr Span sweep_rest = 3s;
constexpr Span stub_rest = 1h;

std::string page_root(const config::Config& config) {
    auto root = config.listen.public_url.empty() ? "http://" + config.listen.page : config.listen.public_url;
    while (!root.empty() && root.back() == '/') root.pop_back();
    return root;
}

/// What a reader would see change.
std::int64_t hash_of(const Message& message) {
    std::string all(word(message.kind));
    for (const auto& line : message.lines) all += '\n' + line.text + '\t' + line.link;
    for (const auto& action : message.actions) all += '\n' + action.label + '\t' + action.url;
    return hash64(all);
}

bool is_burst(const TakenAlert& taken) { return taken.once.rfind("burst:", 0) == 0; }

nlohmann::json body_of(const TakenAlert& taken) {
    auto body = nlohmann::json::parse(taken.body, nullptr, false);
    return body.is_object() ? body : nlohmann::json::object();
}

/// True once in a while: when `rest` has passed, or the clock has gone back.
bool is_time(std::map<BrandId, Time>& last, BrandId brand_id, Span rest, Time now) {
    const auto [known, first] = last.try_emplace(brand_id, now);
    if (!first && now >= known->second && now - known->second < rest) return false;
    known->second = now;
    return true;
}

/// Why an alert is not needed any more; empty when it is.
std::string not_needed(const Facts& facts, int step) {
    if (facts.text_gone) return "the post is gone";
    if (facts.state == EscalationState::acknowledged) return "a person has taken it";
    if (facts.state == EscalationState::settled || facts.state == EscalationState::dismissed) return "a person has ended it";
    if (facts.answered_at && step > 0) return "the brand has answered";
    return {};
}

/// The lists in which the address of this alert may stand, with their fallbacks.
std::vector<std::vector<Address>> lists_for(const TakenAlert& taken, const config::Playbook& playbook) {
    if (taken.kind == "notice") return {store::service_addresses(playbook)};
    if (taken.kind == "digest" && !is_burst(taken)) return lists_of(playbook, Urgency::flag, false, true, 0);
    auto lists = lists_of(playbook, Urgency::urgent, true, true, std::max(taken.step, 0));
    const auto desk = lists_of(playbook, Urgency::urgent, false, true, std::max(taken.step, 0));
    lists.insert(lists.end(), desk.begin(), desk.end());
    return lists;
}

} // namespace

Carrier::Carrier(store::Pool& pool, IdMaker& ids, int holder, const config::Config& config,
                 std::map<BrandId, const config::Brand*> brands, Desk& desk)
    : pool_(pool), ids_(ids), holder_(holder), pages_{page_root(config)}, brands_(std::move(brands)), desk_(desk) {}

bool Carrier::tick(Time now) {
    bool worked = false;
    for (const auto& [brand_id, brand] : brands_) {
        worked |= keep_time(brand_id, *brand, now);
        worked |= send_next(brand_id, *brand, now);
        worked |= edit_next(brand_id, *brand, now);
    }
    return worked;
}

// ---- what comes due by itself ------------------------------------------------------------------------

bool Carrier::keep_time(BrandId brand_id, const config::Brand& brand, Time now) {
    bool worked = false;
    const auto step = [&](auto work) { pool_.with([&](store::Transaction& transaction) { worked |= work(transaction); }); };
    if (is_time(swept_, brand_id, sweep_rest, now)) {
        step([&](auto& t) { return store::note_answers(t, brand_id, now); });
        step([&](auto& t) { return store::find_gone(t, brand_id, now); });
    }
    if (is_time(time_kept_, brand_id, timers_rest, now)) {
        step([&](auto& t) { return store::turn_playbooks(t, brand_id, brand, ids_, now); });
        step([&](auto& t) { return store::gather_digests(t, brand_id, ids_, now); });
        step([&](auto& t) { return store::write_quiet_line(t, brand_id, brand, ids_, now); });
    }
    return worked;
}

// ---- sending -----------------------------------------------------------------------------------------

bool Carrier::send_next(BrandId brand_id, const config::Brand& brand, Time now) {
    const auto resting = desk_.resting(now);
    std::optional<TakenAlert> taken;
    Prepared prepared;
    pool_.with([&](store::Transaction& transaction) {
        taken = store::take_due(transaction, brand_id, resting, holder_, now);
        if (!taken) return;
        prepared = prepare(transaction, brand_id, brand, *taken, desk_.detail(taken->to.channel), now);
        if (!prepared.cancelled.empty()) store::write_cancelled(transaction, brand_id, *taken, prepared.cancelled, now);
    });
    if (!taken) return false;
    if (prepared.cancelled.empty()) deliver(brand_id, brand, *taken, std::move(prepared), now);
    return true;
}

Carrier::Prepared Carrier::prepare(store::Transaction& transaction, BrandId brand_id, const config::Brand& brand,
                                   const TakenAlert& taken, Detail detail, Time now) {
    Prepared prepared;
    if (taken.kind == "alert") {
        auto facts = store::read_facts(transaction, brand_id, taken.escalation);
        prepared.cancelled = facts ? not_needed(*facts, taken.step) : "the escalation is gone";
        if (!prepared.cancelled.empty()) return prepared;
        facts->alert = taken.id;
        prepared.message = word_alert(*facts, brand, detail, pages_, now);
        prepared.shown.revision = facts->revision;
        prepared.shown.post = facts->post;
    } else if (is_burst(taken)) {
        const int count = store::count_folded(transaction, brand_id, taken.id);
        prepared.message = word_burst(taken.id, count, 1, brand, detail, pages_);
        prepared.shown.revision = count;
    } else if (taken.kind == "digest") {
        const auto digest = store::read_digest(transaction, brand_id, taken.id);
        if (digest.count == 0) prepared.cancelled = "nothing is left to check";
        prepared.message = word_digest(digest, brand, detail, pages_);
    } else {
        prepared.message = word_notice(taken.id, body_of(taken), brand, detail, pages_);
    }
    prepared.shown.hash = hash_of(prepared.message);
    return prepared;
}

void Carrier::deliver(BrandId brand_id, const config::Brand& brand, const TakenAlert& taken, Prepared prepared, Time now) {
    auto* channel = desk_.find(taken.to.channel);
    Outcome outcome = Outcome::refused("channel " + taken.to.channel + " is not configured");
    if (channel) {
        const bool repeats = taken.unknown > 0 && !channel->traits().idempotent;
        if (repeats && taken.unknown > 1) {
            outcome = Outcome::refused("two tries ended without an answer; a third could be a third message");
        } else {
            if (repeats) mark_repeated(prepared.message);
            desk_.spend(taken.to.channel, now);
            outcome = channel->send(prepared.message, taken.to.recipient, {}, now);
            desk_.learn(taken.to.channel, outcome, now);
        }
    }
    const bool waits = outcome.ending == Ending::later || outcome.ending == Ending::unknown;
    if (waits && taken.attempt >= tries_max) outcome = Outcome::refused("given up after " + std::to_string(taken.attempt) + " tries: " + outcome.reason);
    write_outcome(brand_id, brand, taken, prepared, outcome, now);
}

void Carrier::write_outcome(BrandId brand_id, const config::Brand& brand, const TakenAlert& taken, const Prepared& prepared,
                            const Outcome& outcome, Time now) {
    pool_.with([&](store::Transaction& transaction) {
        switch (outcome.ending) {
        case Ending::delivered: {
            auto shown = prepared.shown;
            shown.message_id = outcome.message_id;
            store::write_delivered(transaction, brand_id, taken, shown, now);
            return;
        }
        case Ending::later:
        case Ending::unknown: {
            const auto due_at = next_attempt(outcome, taken.attempt, static_cast<std::uint64_t>(taken.id), now);
            store::write_later(transaction, brand_id, taken, outcome.reason, due_at, outcome.ending == Ending::unknown, now);
            return;
        }
        case Ending::refused:
            if (store::write_refused(transaction, brand_id, taken, outcome.reason, now))
                hand_on(transaction, brand_id, brand, taken, outcome.reason, now);
            return;
        }
    });
    if (outcome.ending != Ending::delivered)
        log::warn("alert " + to_text(taken.id) + " over channel " + taken.to.channel + ": " + std::string(word(outcome.ending)) + ": " +
                  outcome.reason);
}

void Carrier::hand_on(store::Transaction& transaction, BrandId brand_id, const config::Brand& brand, const TakenAlert& taken,
                      const std::string& reason, Time now) {
    const auto lists = lists_for(taken, brand.playbook);
    auto next = next_address(lists, taken.to);
    if (taken.escalation != 0) {
        const auto used = store::used_addresses(transaction, brand_id, taken.escalation);
        while (next && std::find(used.begin(), used.end(), *next) != used.end()) next = next_address(lists, *next);
    }
    if (next && taken.kind == "alert") {
        store::insert_alerts(transaction, brand_id, brand, {{taken.escalation, "alert", taken.step, *next, now, taken.created_at}}, ids_, now);
    } else if (next) {
        const auto kind = taken.kind == "digest" ? "digest" : "notice";
        const auto once = taken.once.empty() ? "" : taken.once + '>' + next->channel + ':' + next->recipient;
        const Id made = store::insert_standalone(transaction, brand_id, {{kind, *next, taken.body, once, now}}, ids_, now);
        if (made != 0) store::move_folded(transaction, brand_id, taken.id, made);
    }
    if (taken.kind == "notice") return;
    const auto hour = std::to_string(now.time_since_epoch() / 1h);
    store::notice(transaction, brand_id, brand, "alert_refused", {{"channel", taken.to.channel}, {"reason", reason}},
                  taken.to.channel + ':' + hour, ids_, now);
}

// ---- news of what was sent ---------------------------------------------------------------------------

bool Carrier::edit_next(BrandId brand_id, const config::Brand& brand, Time now) {
    if (!is_time(news_asked_, brand_id, news_rest, now)) return false;
    const auto resting = desk_.resting(now);
    std::optional<TakenAlert> taken;
    pool_.with([&](store::Transaction& transaction) {
        taken = store::take_news(transaction, brand_id, resting, holder_, now);
        if (!taken) taken = store::take_grown(transaction, brand_id, resting, holder_, now);
    });
    if (!taken) return false;
    news_asked_.erase(brand_id);
    if (taken->escalation != 0)
        edit_alert(brand_id, brand, *taken, now);
    else
        edit_burst(brand_id, brand, *taken, now);
    return true;
}

void Carrier::edit_alert(BrandId brand_id, const config::Brand& brand, const TakenAlert& taken, Time now) {
    std::optional<Facts> facts;
    pool_.with([&](store::Transaction& transaction) { facts = store::read_facts(transaction, brand_id, taken.escalation); });
    auto* channel = desk_.find(taken.to.channel);
    if (!facts || !channel) return let_go(brand_id, taken, "the channel is not configured any more", now);
    facts->alert = taken.id;
    const auto detail = desk_.detail(taken.to.channel);
    store::Shown shown{taken.message_id, facts->revision, taken.sent_hash.value_or(0), facts->post, facts->text_gone};
    if (!channel->traits().edits || taken.message_id.empty()) {
        follow_up(brand_id, taken, word_follow_up(*facts, brand, detail, pages_, now), shown, now);
        return;
    }
    const auto message = word_alert(*facts, brand, detail, pages_, now);
    shown.hash = hash_of(message);
    send_edit(brand_id, taken, message, shown, now);
}

void Carrier::edit_burst(BrandId brand_id, const config::Brand& brand, const TakenAlert& taken, Time now) {
    int count = 0;
    pool_.with([&](store::Transaction& transaction) { count = store::count_folded(transaction, brand_id, taken.id); });
    const auto* channel = desk_.find(taken.to.channel);
    store::Shown shown{taken.message_id, count, 0, 0, false};
    const auto message = word_burst(taken.id, count, count, brand, desk_.detail(taken.to.channel), pages_);
    if (channel && channel->traits().edits && !taken.message_id.empty())
        send_edit(brand_id, taken, message, shown, now);
    else
        pool_.with([&](store::Transaction& transaction) { store::write_unchanged(transaction, brand_id, taken, shown); });
}

void Carrier::send_edit(BrandId brand_id, const TakenAlert& taken, const Message& message, const store::Shown& shown, Time now) {
    if (taken.sent_hash == shown.hash && shown.hash != 0) {
        pool_.with([&](store::Transaction& transaction) { store::write_unchanged(transaction, brand_id, taken, shown); });
        return;
    }
    desk_.spend(taken.to.channel, now);
    const auto outcome = desk_.find(taken.to.channel)->send(message, taken.to.recipient, taken.message_id, now);
    desk_.learn(taken.to.channel, outcome, now);
    const bool tries_left = taken.attempt < edit_tries_max;
    if (outcome.ending == Ending::delivered) {
        pool_.with([&](store::Transaction& transaction) { store::write_edited(transaction, brand_id, taken, shown, now); });
    } else if (outcome.ending == Ending::refused && (!shown.ended || !tries_left)) {
        let_go(brand_id, taken, outcome.reason, now);
    } else if (!tries_left) {
        let_go(brand_id, taken, "given up: " + outcome.reason, now);
    } else {
        // The words of a person who deleted them must go: a refusal is asked again, the token may be mended.
        const auto due_at = outcome.ending == Ending::refused ? now + stub_rest
                                                              : next_attempt(outcome, taken.attempt, static_cast<std::uint64_t>(taken.id), now);
        pool_.with([&](store::Transaction& transaction) { store::write_edit_later(transaction, brand_id, taken, outcome.reason, due_at, now); });
    }
}

void Carrier::follow_up(BrandId brand_id, const TakenAlert& taken, const std::optional<Message>& message, store::Shown shown, Time now) {
    if (!message) {
        pool_.with([&](store::Transaction& transaction) { store::write_unchanged(transaction, brand_id, taken, shown); });
        return;
    }
    // Said before it is done: a crash here costs the follow-up, not a second one.
    shown.ended = true;
    pool_.with([&](store::Transaction& transaction) { store::write_ended(transaction, brand_id, taken, now); });
    desk_.spend(taken.to.channel, now);
    const auto outcome = desk_.find(taken.to.channel)->send(*message, taken.to.recipient, {}, now);
    desk_.learn(taken.to.channel, outcome, now);
    pool_.with([&](store::Transaction& transaction) {
        if (outcome.ending == Ending::later && taken.attempt < edit_tries_max)
            store::write_edit_later(transaction, brand_id, taken, outcome.reason,
                                    next_attempt(outcome, taken.attempt, static_cast<std::uint64_t>(taken.id), now), now);
        else if (outcome.ending == Ending::delivered)
            store::write_edited(transaction, brand_id, taken, shown, now);
        else
            store::write_edit_refused(transaction, brand_id, taken, outcome.reason, shown.revision, now);
    });
}

void Carrier::let_go(BrandId brand_id, const TakenAlert& taken, const std::string& reason, Time now) {
    pool_.with([&](store::Transaction& transaction) {
        store::write_edit_refused(transaction, brand_id, taken, reason, 0, now);
    });
    log::warn("alert " + to_text(taken.id) + " over channel " + taken.to.channel + " can no longer be changed: " + reason);
}

} // namespace larum::dispatch
