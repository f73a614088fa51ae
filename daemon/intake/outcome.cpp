#include "daemon/intake/outcome.h"

#include "core/error.h"
#include "daemon/intake/pace.h"
#include "daemon/intake/sorting.h"
#include "daemon/store/escalations.h"
#include "daemon/store/ledger.h"
#include "daemon/store/posts.h"
#include "daemon/store/unknown_webhooks.h"
#include "daemon/store/upkeep.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace larum::intake {

using connectors::Ending;
using connectors::Outcome;

Outcome outcome_of_exception(const std::string& kind) {
    try {
        throw;
    } catch (const Error& error) {
        const bool passing = error.kind() == Error::Kind::unreachable || error.kind() == Error::Kind::refused;
        return {passing ? Ending::later : Ending::broken, kind + ": " + error.what(), {}, false};
    } catch (const std::exception&) {
        // Its text may quote what the platform sent.
        return {Ending::broken, kind + ": the answer made no sense", {}, false};
    }
}

namespace {

constexpr Span long_wait = std::chrono::minutes{10}; ///< told at once

std::string day_of(Time now) { return format_time(now).substr(0, 10); }

void tell(store::Transaction& transaction, IdMaker& ids, const Watched& source, const std::string& code, const std::string& reason,
          const std::string& once, Time now) {
    store::notice(transaction, source.brand_id, *source.brand, code, {{"source", source.name}, {"reason", reason}}, once, ids, now);
}

/// Once a day: a budget that is too small is not news every ten minutes.
void tell_slow(store::Transaction& transaction, IdMaker& ids, const Watched& source, const std::string& reason, Time until, Time now) {
    tell(transaction, ids, source, "source_slow", reason + "; " + format_time(until), "slow:" + source.name + ":" + day_of(now), now);
}

std::optional<Time> newest_of(const connectors::Page& page) {
    std::optional<Time> newest;
    for (const auto& post : page.posts) newest = std::max(newest.value_or(post.posted_at), post.posted_at);
    return newest;
}

std::optional<Time> oldest_of(const connectors::Page& page) {
    std::optional<Time> oldest;
    for (const auto& post : page.posts) oldest = std::min(oldest.value_or(post.posted_at), post.posted_at);
    return oldest;
}

/// Whom it concerns when something is wrong with the source's credential: it, and a source of each other brand that reads with it.
std::vector<const Watched*> concerned(const Watched& source) {
    std::vector<const Watched*> all{&source};
    all.insert(all.end(), source.others.begin(), source.others.end());
    return all;
}

/// Nobody calls with the source's credential before `until`; where that leaves a gap, the ledger says why at once.
void rest_credential(store::Transaction& transaction, IdMaker& ids, const Watched& source, Time until, const std::string& reason) {
    store::block_credential(transaction, source.credential, until, reason);
    for (const auto* one : concerned(source))
        store::open_gaps_of_credential(transaction, ids, one->brand_id, one->credential, reason, until, gap_after(one->interval));
}

/// Each brand is told at once, by its own channels and with the name of a source of its own; and of the end, too.
void bury(store::Transaction& transaction, IdMaker& ids, const Watched& source, const std::string& reason, Time now) {
    store::bury_credential(transaction, source.credential, reason, now);
    for (const auto* one : concerned(source)) {
        store::open_gaps_of_credential(transaction, ids, one->brand_id, one->credential, reason, {}, {});
        tell(transaction, ids, *one, "credential_dead", reason, "credential:" + one->name + ":" + day_of(now), now);
        if (one != &source) store::tell_of_end(transaction, one->brand_id, one->id);
    }
}

} // namespace

bool note_credential(store::Transaction& transaction, IdMaker& ids, const Watched& source, const Outcome& outcome, Time until, Time now) {
    if (outcome.ending == Ending::reauth) {
        // A permission that one stream lacks leaves the others alone.
        if (!source.credential.empty() && outcome.whole_credential)
            bury(transaction, ids, source, outcome.reason, now);
        else
            tell(transaction, ids, source, "credential_dead", outcome.reason, "credential:" + source.name + ":" + day_of(now), now);
        return true;
    }
    if (outcome.whole_credential && !source.credential.empty()) rest_credential(transaction, ids, source, until, outcome.reason);
    const bool slow = outcome.tell || (outcome.whole_credential && until - now >= long_wait);
    if (!slow) return false;
    tell_slow(transaction, ids, source, outcome.reason, until, now);
    if (outcome.whole_credential)
        for (const auto* one : source.others) tell_slow(transaction, ids, *one, outcome.reason, until, now);
    return true;
}

Outcome note_billed(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Billed& billed, Time now) {
    const auto cost = source.credential.empty() ? 0 : source.connector->cost_of(billed);
    if (cost <= 0) return {};
    const auto outcome = source.connector->afford(store::add_unasked(transaction, source.credential, cost, now), now);
    if (!outcome.ok()) note_credential(transaction, ids, source, outcome, outcome.not_before.value_or(now + long_wait), now);
    return outcome;
}

// ---- a page ------------------------------------------------------------------------------------------------

namespace {

/// The stretch that ends with this page was not read and no gap tells of it yet: larum did not run, or what failed was
/// tried again only now. True: there is a gap.
bool note_pause(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::StreamRow& row, Time asked_at) {
    if (!row.standing || row.walk_at || !row.covered_to) return false;
    if (asked_at - *row.covered_to <= gap_after(row.interval.value_or(source.interval))) return false;
    store::open_gap(transaction, ids, source.brand_id, source.id, row.stream.name, *row.covered_to,
                    row.failures > 0 && !row.failed_reason.empty() ? row.failed_reason : "the source was not read", false);
    return true;
}

void note_gap_end(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::StreamRow& row, Time covered_to, Time now) {
    const auto gap = store::close_gap(transaction, source.brand_id, source.id, row.stream.name, covered_to);
    if (!gap || !gap->told) return;
    store::notice(transaction, source.brand_id, *source.brand, "source_back",
                  {{"source", source.name}, {"reason", gap->reason}, {"from", format_time(gap->from)}, {"to", format_time(*gap->to)}, {"recovered", gap->recovered}},
                  to_text(gap->id), ids, now);
}

void note_lost(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::StreamRow& row,
               const std::vector<connectors::Gap>& gaps, Time now) {
    for (const auto& gap : gaps)
        store::notice(transaction, source.brand_id, *source.brand, "source_gap",
                      {{"source", source.name}, {"reason", gap.reason}, {"from", format_time(gap.from)}, {"to", format_time(gap.to)}},
                      source.name + ":" + row.stream.name + ":" + format_time(gap.to), ids, now);
}

/// A good answer may say that the next would not be one.
void note_budget(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::PollResult& result, Time now) {
    if (source.credential.empty()) return;
    if (result.outcome.whole_credential && result.outcome.not_before) {
        rest_credential(transaction, ids, source, *result.outcome.not_before, "the platform's budget is used up");
        if (result.outcome.tell) note_credential(transaction, ids, source, result.outcome, *result.outcome.not_before, now);
    }
    if (!result.page.used) return;
    store::note_used(transaction, source.credential, *result.page.used);
    if (*result.page.used < used_too_much) return;
    rest_credential(transaction, ids, source, now + used_rest, "the platform's budget is nearly used up");
    for (const auto* one : concerned(source)) tell_slow(transaction, ids, *one, "the platform's budget is nearly used up", now + used_rest, now);
}

} // namespace

void note_page(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::Lease& lease, const store::StreamRow& row,
               Time asked_at, const connectors::PollResult& result, double chance, Time now) {
    const auto& page = result.page;
    const auto wait = row.interval.value_or(source.interval);
    const auto began = row.walk_at.value_or(asked_at); // what was written after the walk began may stand above its first page
    const bool paused = note_pause(transaction, ids, source, row, asked_at);
    auto reading = reading_of(source, now);
    reading.one_by_one = lease.one_by_one;
    reading.stream = row.stream.name;
    if (source.webhooks) reading.webhook_since = lease.created_at; // what is older, no webhook was asked for
    if (!source.seen_when_posted) reading.backfill_before = lease.created_at - source.alert_since;
    if (lease.last_ok && now - *lease.last_ok > gap_after(source.interval)) reading.unread_since = *lease.last_ok - source.interval;
    const auto saved = store::save_page(transaction, ids, reading, page, source.name);
    store::StreamNews news{row.stream.name, page.cursor, next_reading(page, wait, chance, now), 0, newest_of(page), {}, {}, {}};
    if (page.more) {
        news.walk_at = began;
    } else {
        news.covered_to = began;
        news.covered_from = oldest_of(page);
    }
    store::save_stream(transaction, source.brand_id, source.id, news);
    store::change_streams(transaction, source.brand_id, source.id, page.streams, now);
    store::note_source(transaction, source.brand_id, source.id, {true, {}, saved.fresh.size(), newest_of(page)}, now);
    store::count_hours(transaction, source.brand_id, source.id, saved.fresh_posted);
    store::count_recovered(transaction, source.brand_id, source.id, row.stream.name, row.standing, saved.fresh_posted, now);
    if (!page.more && row.standing && (paused || row.walk_at || row.failures > 0 || !row.covered_to)) note_gap_end(transaction, ids, source, row, began, now);
    note_lost(transaction, ids, source, row, page.gaps, now);
    note_budget(transaction, ids, source, result, now);
    note_unknown(transaction, source, page.unknown, now);
}

// ---- a failure ---------------------------------------------------------------------------------------------

void note_failure(store::Transaction& transaction, IdMaker& ids, const Watched& source, const store::Lease& lease, const store::StreamRow& row,
                  const Outcome& outcome, double chance, Time now) {
    store::note_source(transaction, source.brand_id, source.id, {false, outcome.reason, 0, {}}, now);
    const auto since = row.covered_to.value_or(lease.created_at);
    if (outcome.ending == Ending::gone) {
        if (row.standing) {
            store::open_gap(transaction, ids, source.brand_id, source.id, row.stream.name, since, outcome.reason, true);
            tell(transaction, ids, source, "source_failing", outcome.reason, "gone:" + source.name + ":" + row.stream.name, now);
        }
        store::retire_stream(transaction, source.brand_id, source.id, row.stream.name);
        return;
    }
    // A dead credential keeps its streams from being read; once it lives they are due.
    const bool buried = outcome.ending == Ending::reauth && outcome.whole_credential && !source.credential.empty();
    const auto again = buried                              ? now + source.interval
                       : outcome.ending == Ending::reauth ? now + silence_after(source.interval)
                                                          : next_try(outcome, row.failures + 1, chance, now);
    store::StreamNews news{row.stream.name, {}, again, row.failures + 1, {}, {}, {}, {}, outcome.reason};
    store::save_stream(transaction, source.brand_id, source.id, news);
    bool told = note_credential(transaction, ids, source, outcome, again, now);
    if (outcome.ending != Ending::reauth &&
        store::silence_to_tell(transaction, source.brand_id, source.id, now - silence_after(source.interval), now)) {
        tell(transaction, ids, source, "source_silent", outcome.reason, "source:" + source.name + ":" + format_time(now), now);
        told = true;
    }
    const bool long_enough = outcome.ending == Ending::reauth || now - since > gap_after(row.interval.value_or(source.interval));
    if (row.standing && long_enough) store::open_gap(transaction, ids, source.brand_id, source.id, row.stream.name, since, outcome.reason, told);
}

void note_unknown(store::Transaction& transaction, const Watched& source, const std::vector<std::string>& names, Time now) {
    std::map<std::string, std::int64_t> counts; // in an order that all daemons lock their rows in
    for (const auto& name : names) ++counts[plain(name, name_bytes_max)];
    for (const auto& [name, count] : counts) store::count_unknown(transaction, {source.name, name, count, now});
}

void note_probe(store::Transaction& transaction, IdMaker& ids, const Watched& source, const connectors::Probe& probe, double chance, Time now) {
    if (!probe.outcome.ok()) {
        note_credential(transaction, ids, source, probe.outcome, next_try(probe.outcome, 1, chance, now), now);
        // Asked again tomorrow, or when the credential is given back: the readings tell what else goes wrong.
        store::note_probe(transaction, source.brand_id, source.id, probe.missing, probe.notes, now);
        return;
    }
    const auto lost = store::note_probe(transaction, source.brand_id, source.id, probe.missing, probe.notes, now);
    if (!source.credential.empty()) store::note_expiry(transaction, source.credential, probe.expires_at);
    std::string names;
    for (const auto& one : lost) names += (names.empty() ? "" : ", ") + one;
    if (!lost.empty()) tell(transaction, ids, source, "permission_missing", names, "permission:" + source.name + ":" + names + ":" + day_of(now), now);
}

} // namespace larum::intake
