#include "daemon/intake/listener.h"

#include "daemon/intake/outcome.h"
#include "daemon/intake/pace.h"
#include "daemon/store/escalations.h"
#include "daemon/store/ledger.h"
#include "daemon/store/posts.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace larum::intake {

using connectors::Ending;
using connectors::Heard;
using connectors::Outcome;
using namespace std::chrono_literals;

namespace {

constexpr Span batch_length = 1s;
constexpr std::size_t batch_events_max = 200;
constexpr std::size_t batch_bytes_max = 4u << 20;
/// How often a cursor is saved that moved past nothing: what is repeated after a crash is known already.
constexpr Span cursor_every = 5s;
constexpr Span look_again = 2s; ///< the source is being polled, or its credential rests
/// A line that lived so long was a good one: the next loss begins with the first rest again.
constexpr Span good_life = 1min;
constexpr Span good_life_of_flapping = 10min; ///< whoever lost it again and again waits longer to believe in it

LineRequest::Form form_of(connectors::Line::Form form) {
    switch (form) {
    case connectors::Line::Form::websocket: return LineRequest::Form::websocket;
    case connectors::Line::Form::event_stream: return LineRequest::Form::event_stream;
    case connectors::Line::Form::lines: return LineRequest::Form::lines;
    }
    return LineRequest::Form::websocket;
}

LineRequest request_of(const connectors::Line& line, bool private_allowed) {
    LineRequest request;
    request.form = form_of(line.form);
    request.url = line.url;
    request.headers = line.headers;
    request.first = line.first;
    request.silence = line.silence;
    request.private_allowed = private_allowed;
    return request;
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

bool holds_something(const Heard& heard) {
    const auto& page = heard.page;
    return !page.posts.empty() || !page.contacts.empty() || !page.deletions.empty() || !page.streams.empty() || !page.gaps.empty() ||
           !page.rejected.empty() || !page.unknown.empty() || !heard.poll.empty() || page.billed.posts > 0 || page.billed.users > 0;
}

} // namespace

/// The source, and with it the session of its credential, in hand for one question.
class Listener::Asking {
public:
    Asking(Listener& listener, const store::Lease& lease) : listener_(listener) { set(lease); }
    ~Asking() { set({}); }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

private:
    void set(const std::optional<store::Lease>& lease) {
        const std::lock_guard lock(listener_.mutex_);
        listener_.asking_ = lease;
    }
    Listener& listener_;
};

Listener::Listener(const Ground& ground, store::LineLease lease)
    : ground_(ground), identity_(lease), lease_(std::move(lease)),
      random_(static_cast<std::mt19937::result_type>(ground.store.ids().next())) {}

std::optional<store::Lease> Listener::source_lease() const {
    const std::lock_guard lock(mutex_);
    return asking_;
}

std::optional<Time> Listener::step(std::stop_token stop) {
    if (unsaved_ && !save()) return {};
    if (loss_unsaid_) return note_rested();
    if (line_) return open_unsaid_ ? note_opened() : listen(stop);
    const auto rest = rest_left();
    return rest ? rest : connect(stop);
}

/// Until when nobody connects. A clock that went back makes no rest longer than it was.
std::optional<Time> Listener::rest_left() {
    const auto now = ground_.clock.now();
    if (lease_.rest_until && now < rested_at_) {
        *lease_.rest_until -= rested_at_ - now;
        rested_at_ = now;
    }
    return lease_.rest_until && *lease_.rest_until > now ? lease_.rest_until : std::nullopt;
}

void Listener::let_go() {
    line_.reset();
    if (loss_unsaid_) note_rested();
    if (!save_what_is_due(true)) return;
    ground_.store.pool().with([&](store::Transaction& transaction) { store::release_line(transaction, lease_); });
}

// ---- connecting ----------------------------------------------------------------------------------------

std::optional<Time> Listener::connect(std::stop_token stop) {
    const auto now = ground_.clock.now();
    std::optional<store::Lease> lease;
    ground_.store.pool().with([&](store::Transaction& transaction) {
        lease = store::claim_source(transaction, lease_.brand, {}, ground_.store.slot(), now, lease_.source);
    });
    if (!lease) return now + look_again;
    const auto asked = ask_for_line(*lease);
    ground_.store.pool().with([&](store::Transaction& transaction) { store::release_source(transaction, *lease); });
    shape_ = asked.line;
    if (asked.outcome.ending == Ending::again) return ground_.clock.now() + look_again;
    if (!asked.outcome.ok()) return rest(asked.outcome);
    if (asked.cursor && *asked.cursor != lease_.stream.cursor) {
        lease_.stream.cursor = *asked.cursor;
        batch_.cursor_moved = true;
    }
    return open(stop);
}

/// `again`: not now, for reasons that are not the line's.
connectors::Connector::LineResult Listener::ask_for_line(store::Lease& lease) {
    const Asking asking(*this, lease);
    const auto& source = ground_.source;
    // A dead credential is asked whether it lives again by those who poll.
    if (lease.credential_dead || !ground_.caller.may_call(source)) return {{Ending::again, {}, {}, false}, {}, {}};
    return ground_.caller.ask<connectors::Connector::LineResult>(
        source, lease, [&](connectors::Call& call) { return source.connector->line(lease_.stream, call); });
}

std::optional<Time> Listener::open(std::stop_token stop) {
    try {
        line_ = ground_.lines.open(request_of(shape_, ground_.source.private_allowed), stop);
    } catch (const LineRefused& refusal) {
        return refused(refusal.answer);
    } catch (const std::exception& failure) {
        const auto* error = dynamic_cast<const Error*>(&failure);
        if (error != nullptr && error->kind() == Error::Kind::stopped) return ground_.clock.now();
        return rest(outcome_of_exception(ground_.source.kind->name));
    }
    opened_at_ = ground_.clock.now();
    cursor_saved_at_ = opened_at_;
    open_unsaid_ = true;
    return note_opened();
}

std::optional<Time> Listener::note_opened() {
    bool ours = false;
    ground_.store.pool().with([&](store::Transaction& transaction) {
        ours = store::still_held(transaction, lease_);
        if (ours) store::note_open(transaction, lease_);
    });
    open_unsaid_ = false;
    if (!told_reason_.empty()) spdlog::info("intake: source {}: the line is open again", ground_.source.name);
    told_reason_.clear();
    return ours ? std::optional<Time>(ground_.clock.now()) : std::nullopt;
}

std::optional<Time> Listener::refused(const HttpAnswer& answer) {
    Outcome outcome;
    try {
        auto heard = ground_.source.connector->refused(lease_.stream, answer, ground_.clock.now());
        outcome = heard.outcome;
        take(heard, answer.body.size());
    } catch (const std::exception&) { // else it would be asked again every second
        outcome = outcome_of_exception(ground_.source.kind->name);
    }
    if (!save_what_is_due(true)) return {};
    return rest(outcome);
}

// ---- hearing -------------------------------------------------------------------------------------------

std::optional<Time> Listener::listen(std::stop_token stop) {
    auto outcome = hear_for_a_while(stop);
    const bool lost = !line_;
    if (!save_what_is_due(lost)) return {};
    if (lost) return rest(outcome);
    if (money_.ok()) return ground_.clock.now();
    line_.reset();
    return rest(std::exchange(money_, {}));
}

/// Until a batch is full or its time is over. The line is let go of when it was lost or says so.
Outcome Listener::hear_for_a_while(std::stop_token stop) {
    const auto begun = ground_.clock.now(), until = begun + batch_length;
    Outcome outcome;
    try {
        while (!stop.stop_requested() && batch_.events < batch_events_max && batch_.bytes < batch_bytes_max) {
            const auto now = ground_.clock.now();
            if (now >= until || now < begun) break; // a clock that went back must not make it an hour
            const auto frame = line_->next(until - now);
            if (!frame) break;
            auto heard = hear(*frame);
            outcome = heard.outcome;
            take(heard, frame->data.size());
            if (!heard.hang_up && outcome.ok()) continue;
            line_.reset();
            return outcome;
        }
    } catch (const std::exception&) {
        line_.reset();
        return outcome_of_exception(ground_.source.kind->name);
    }
    return outcome;
}

Heard Listener::hear(const LineFrame& frame) const {
    try {
        return ground_.source.connector->hear(lease_.stream, {frame.name, frame.data}, ground_.clock.now());
    } catch (const std::exception&) { // its text may quote what the platform sent
        Heard heard;
        heard.page.rejected.push_back(ground_.source.kind->name + ": an event that makes no sense\t" + frame.data);
        return heard;
    }
}

void Listener::take(Heard& heard, std::size_t bytes) {
    if (heard.page.cursor) {
        lease_.stream.cursor = *heard.page.cursor;
        batch_.cursor_moved = true;
    }
    if (!holds_something(heard)) return;
    for (const auto& post : heard.page.posts) {
        auto& newest = lease_.stream.last_item;
        newest = std::max(newest.value_or(post.posted_at), post.posted_at);
    }
    ++batch_.events;
    batch_.bytes += bytes;
    append(batch_.page.posts, heard.page.posts);
    append(batch_.page.contacts, heard.page.contacts);
    append(batch_.page.deletions, heard.page.deletions);
    append(batch_.page.streams, heard.page.streams);
    append(batch_.page.gaps, heard.page.gaps);
    append(batch_.page.rejected, heard.page.rejected);
    append(batch_.page.unknown, heard.page.unknown);
    batch_.page.billed.posts += heard.page.billed.posts;
    batch_.page.billed.users += heard.page.billed.users;
    for (const auto& name : heard.poll)
        if (std::find(batch_.poll.begin(), batch_.poll.end(), name) == batch_.poll.end()) batch_.poll.push_back(name);
}

// ---- saving --------------------------------------------------------------------------------------------

/// False: the line is no longer ours.
bool Listener::save_what_is_due(bool all) {
    const auto rested = ground_.clock.now() - cursor_saved_at_;
    const bool cursor_due = batch_.cursor_moved && (all || rested >= cursor_every || rested < Span{});
    return batch_.events == 0 && !cursor_due ? true : save();
}

bool Listener::save() {
    unsaved_ = true;
    bool ours = false;
    try {
        ground_.store.pool().with([&](store::Transaction& transaction) { ours = write(transaction, false); });
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        // A poll brought one of these posts between our look and our insert. From here on row by row.
        ground_.store.pool().with([&](store::Transaction& transaction) { ours = write(transaction, true); });
    }
    const bool news = batch_.events > 0;
    unsaved_ = false;
    batch_ = {};
    cursor_saved_at_ = ground_.clock.now();
    if (!ours) spdlog::warn("intake: the line of source {} was taken over; it is left to the other daemon", ground_.source.name);
    if (ours && news && saved) saved();
    return ours;
}

bool Listener::write(store::Transaction& transaction, bool one_by_one) {
    if (!store::still_held(transaction, lease_)) return false;
    const auto& source = ground_.source;
    const auto now = ground_.clock.now();
    if (batch_.events > 0) {
        mark_own(*source.brand, batch_.page);
        auto reading = reading_of(source, now);
        reading.by_webhook = true;
        reading.one_by_one = one_by_one;
        reading.stream = lease_.stream.name;
        const auto kept = store::save_page(transaction, ground_.store.ids(), reading, batch_.page, source.name);
        store::count_hours(transaction, source.brand_id, source.id, kept.fresh_posted);
        store::note_hook(transaction, source.brand_id, source.id, kept.fresh.size(), lease_.stream.last_item);
        store::change_streams(transaction, source.brand_id, source.id, batch_.page.streams, now);
        note_unknown(transaction, source, batch_.page.unknown, now);
        store::make_due(transaction, source.brand_id, source.id, batch_.poll, now);
        money_ = note_billed(transaction, ground_.store.ids(), source, batch_.page.billed, now);
    }
    store::save_line(transaction, lease_, batch_.cursor_moved ? std::optional(lease_.stream.cursor) : std::nullopt, lease_.stream.last_item);
    return true;
}

// ---- a loss --------------------------------------------------------------------------------------------

std::optional<Time> Listener::rest(const Outcome& outcome) {
    const auto now = ground_.clock.now();
    const bool was_open = opened_at_ != Time{};
    if (was_open) {
        auto& losses = lease_.recent_losses;
        losses.push_back(now);
        if (losses.size() > store::flaps_losses) losses.erase(losses.begin());
        if (now - opened_at_ >= (store::flaps(lease_) ? good_life_of_flapping : good_life)) lease_.failures = 0;
    }
    ++lease_.failures;
    lease_.rest_until = rest_after(outcome);
    rested_at_ = now;
    opened_at_ = {};
    open_unsaid_ = false;
    loss_unsaid_ = {outcome, was_open};
    if (!outcome.ok() && outcome.reason != told_reason_) {
        spdlog::warn("intake: source {}: {}", ground_.source.name, outcome.reason);
        told_reason_ = outcome.reason;
    }
    return note_rested();
}

std::optional<Time> Listener::note_rested() {
    bool ours = false;
    ground_.store.pool().with([&](store::Transaction& transaction) {
        ours = store::still_held(transaction, lease_);
        if (ours) note_rest(transaction, *loss_unsaid_);
    });
    const auto loss = *std::exchange(loss_unsaid_, {});
    if (ours && loss.was_open && saved) saved();
    if (!ours || loss.outcome.ending == Ending::gone) return {};
    return lease_.rest_until;
}

Time Listener::rest_after(const Outcome& outcome) {
    const auto now = ground_.clock.now();
    const double chance = std::uniform_real_distribution<double>(0, 1)(random_);
    if (outcome.not_before) return std::max(*outcome.not_before, now + 1s);
    if (outcome.ending == Ending::reauth) return now + silence_after(ground_.source.interval);
    if (outcome.ending == Ending::broken) return next_try(outcome, lease_.failures, chance, now);
    const auto longest = std::min<Span>(shape_.longest_rest, shape_.first_rest * (1 << std::clamp(lease_.failures - 1, 0, 12)));
    const auto by_chance = std::chrono::duration_cast<Span>(chance * std::chrono::duration<double, std::micro>(longest));
    return now + std::max(shape_.first_rest, by_chance); // so that many daemons do not come back together
}

void Listener::note_rest(store::Transaction& transaction, const Loss& loss) {
    const auto& source = ground_.source;
    const auto& outcome = loss.outcome;
    const auto now = ground_.clock.now();
    const auto reason = outcome.ok() ? "the other side asked to connect again" : outcome.reason;
    // Whatever was written meanwhile is read by poll.
    if (loss.was_open) store::make_polled_due(transaction, source.brand_id, source.id, now);
    if (outcome.ending == Ending::gone) return store::retire_stream(transaction, source.brand_id, source.id, lease_.stream.name);
    store::note_lost(transaction, lease_, reason, now);
    if (loss.was_open) store::count_loss(transaction, lease_, reason, now);
    if (loss.was_open) note_flapping(transaction, reason);
    if (outcome.ok()) return;
    const bool told = note_credential(transaction, ground_.store.ids(), source, outcome, *lease_.rest_until, now);
    if (told || !store::loss_to_tell(transaction, lease_, now - silence_after(source.interval), now)) return;
    store::notice(transaction, source.brand_id, *source.brand, "line_lost", {{"source", source.name}, {"reason", outcome.reason}},
                  "line:" + source.name + ":" + lease_.stream.name + ":" + format_time(now), ground_.store.ids(), now);
}

/// A line that opens each time is never lost for long, and yet hardly anything is heard.
void Listener::note_flapping(store::Transaction& transaction, const std::string& reason) {
    const auto& source = ground_.source;
    const auto now = ground_.clock.now();
    const auto losses = store::flapping_to_tell(transaction, lease_, now);
    if (!losses) return;
    store::notice(transaction, source.brand_id, *source.brand, "line_flaps", {{"source", source.name}, {"reason", reason}, {"losses", *losses}},
                  "flaps:" + source.name + ":" + lease_.stream.name + ":" + format_time(now).substr(0, 10), ground_.store.ids(), now);
}

} // namespace larum::intake
