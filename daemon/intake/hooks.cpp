#include "daemon/intake/hooks.h"

#include "core/error.h"
#include "core/reported.h"
#include "daemon/intake/outcome.h"
#include "daemon/store/ledger.h"
#include "daemon/store/misses.h"
#include "daemon/store/reported.h"
#include "daemon/store/sources.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace larum::intake {

namespace {

constexpr int bodies_per_step = 100;
constexpr std::size_t note_bytes_max = 200;
constexpr Span misses_every = std::chrono::minutes{1};
/// A post that a poll found first was missed when its webhook has not come by then.
constexpr Span webhook_patience = std::chrono::minutes{5};

connectors::WebhookAnswer come_again() {
    connectors::WebhookAnswer answer;
    answer.status = 503;
    return answer;
}

} // namespace

Hooks::Hooks(store::Store& store, const Clock& clock, const Assembly& assembly, const Watch& watch)
    : store_(store), clock_(clock), assembly_(assembly), watch_(watch), keeper_(store.reserved(), [this] { wake(); }) {}

void Hooks::wake() {
    if (stored) stored();
}

// ---- a request -------------------------------------------------------------------------------------------

std::optional<std::size_t> Hooks::body_bytes_max(const std::string& app) const {
    const auto found = assembly_.apps.find(app);
    if (found == assembly_.apps.end()) return {};
    return found->second.receiver->body_bytes_max();
}

void Hooks::accept(const std::string& app, const connectors::WebhookRequest& request, Answered answered) {
    const auto found = assembly_.apps.find(app);
    if (found == assembly_.apps.end()) return answered({404, {}, false});
    const auto now = clock_.now();
    auto answer = found->second.receiver->accept(request, now);
    if (answer.status == 401 || answer.status == 403) tally_.add(app, {.forged = 1});
    if (answer.ring) {
        tally_.add(app, {.rung = 1});
        if (bells_.ring(app)) wake();
    }
    if (!answer.store || answer.ring) return answered(std::move(answer));
    store::NewWebhook body{store_.ids().next(), app, request.body, plain(answer.note, note_bytes_max), now};
    keep(std::move(body), std::move(answer), std::move(answered));
}

void Hooks::keep(store::NewWebhook body, connectors::WebhookAnswer answer, Answered answered) {
    const auto told = [this, app = body.app, digest = Tally::digest(body), answer = std::move(answer), answered](bool kept) {
        tally_.add(app, kept ? store::AppCounts{.verified = 1, .duplicate = tally_.seen(digest)} : store::AppCounts{.unkept = 1});
        answered(kept ? answer : come_again());
    };
    const auto app = body.app;
    if (keeper_.keep(std::move(body), told)) return;
    tally_.add(app, {.unkept = 1});
    answered(come_again());
}

void Hooks::close() {
    keeper_.close();
    try {
        tally_.save(store_.pool(), clock_.now(), true);
    } catch (const Error& error) {
        spdlog::warn("webhooks: the last counts are lost: {}", error.what());
    }
}

// ---- what waits ------------------------------------------------------------------------------------------

bool Hooks::tick(Time now) {
    const bool rung = heed_bells(now);
    count_misses(now);
    std::vector<store::RawWebhook> bodies;
    store_.pool().with([&](store::Transaction& transaction) { bodies = store::claim_webhooks(transaction, bodies_per_step, store_.slot()); });
    tally_.save(store_.pool(), now, bodies.empty());
    if (bodies.empty()) return rung;
    const auto sorted = sort_webhooks(bodies, assembly_, watch_);
    try {
        save(bodies, sorted, false, now);
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        save(bodies, sorted, true, now); // a poll brought one of these posts at the same moment
    }
    return true;
}

/// Makes what the sources of a rung app always read due now: not the streams of single posts, of which there may be thousands.
bool Hooks::heed_bells(Time now) {
    const auto apps = bells_.heard(now);
    if (apps.empty()) return false;
    store_.pool().with([&](store::Transaction& transaction) {
        for (const auto& [id, source] : watch_.all()) {
            const bool called = std::any_of(apps.begin(), apps.end(), [&](const auto& app) { return hears(*source.kind, *assembly_.apps.at(app).kind); });
            if (!called) continue;
            std::vector<std::string> names;
            for (const auto& stream : source.connector->streams())
                if (!stream.live) names.push_back(stream.name);
            store::make_due(transaction, source.brand_id, id, names, now);
        }
    });
    return true;
}

/// Settles what polls found before a webhook brought it. Sources whose apps can only ring have missed nothing.
void Hooks::count_misses(Time now) {
    if (misses_counted_at_ && now >= *misses_counted_at_ && now - *misses_counted_at_ < misses_every) return;
    misses_counted_at_ = now;
    store_.pool().with([&](store::Transaction& transaction) {
        const auto bells = store::doorbells(transaction);
        const auto brings = [&](const Watched& source, const auto& app) {
            return hears(*source.kind, *app.second.kind) && std::find(bells.begin(), bells.end(), app.first) == bells.end();
        };
        std::vector<Id> promised;
        for (const auto& [id, source] : watch_.all())
            if (source.live || std::any_of(assembly_.apps.begin(), assembly_.apps.end(), [&](const auto& app) { return brings(source, app); }))
                promised.push_back(id);
        for (const auto brand : watch_.brands()) store::count_misses(transaction, brand, promised, now - webhook_patience);
    });
}

/// Posts that people hand in take their turn before any of a source is saved: later it would have to be raised, which
/// two daemons could wait for each other with.
void Hooks::take_turns_for_people(store::Transaction& transaction, const Sorted& sorted) const {
    std::set<BrandId> brands;
    for (const auto& [id, own] : sorted.sources)
        if (std::any_of(own.page.posts.begin(), own.page.posts.end(), is_reported)) brands.insert(watch_.all().at(id).brand_id);
    for (const auto brand : brands) store::take_turns(transaction, brand, store::Bringing::people);
}

void Hooks::save(const std::vector<store::RawWebhook>& bodies, const Sorted& sorted, bool one_by_one, Time now) {
    const auto transaction = store_.pool().begin();
    if (!store::finish_webhooks(*transaction, bodies, store_.slot(), now)) {
        spdlog::warn("intake: webhooks were taken over by another daemon; they are left to it");
        return;
    }
    take_turns_for_people(*transaction, sorted);
    for (const auto& [id, own] : sorted.sources) {
        const auto& source = watch_.all().at(id);
        auto page = own.page;
        mark_own(*source.brand, page);
        auto reading = reading_of(source, now);
        reading.by_webhook = true;
        reading.one_by_one = one_by_one;
        const auto saved = store::save_page(*transaction, store_.ids(), reading, page, source.name);
        std::optional<Time> newest;
        for (const auto& post : page.posts) newest = std::max(newest.value_or(post.posted_at), post.posted_at);
        store::count_hours(*transaction, source.brand_id, id, saved.fresh_posted);
        store::note_hook(*transaction, source.brand_id, id, saved.fresh.size(), newest);
        store::change_streams(*transaction, source.brand_id, id, page.streams, now);
        store::make_due(*transaction, source.brand_id, id, own.poll, now);
    }
    count_money(*transaction, sorted, now);
    save_unknown(*transaction, sorted, now);
    if (!watch_.brands().empty()) store::bury(*transaction, store_.ids(), watch_.brands().front(), sorted.letters, now);
    if (!sorted.counts.empty()) store::count_webhooks(*transaction, sorted.counts, now);
    transaction->commit();
}

/// Always in the order of credentials, whose rows several daemons lock.
void Hooks::count_money(store::Transaction& transaction, const Sorted& sorted, Time now) {
    std::multimap<std::string, std::pair<const Watched*, connectors::Billed>> all;
    for (const auto& [id, own] : sorted.sources) {
        const auto& source = watch_.all().at(id);
        all.emplace(source.credential, std::pair(&source, own.page.billed));
    }
    for (const auto& [credential, one] : all) note_billed(transaction, store_.ids(), *one.first, one.second, now);
}

void Hooks::save_unknown(store::Transaction& transaction, const Sorted& sorted, Time now) {
    for (const auto& [key, unknown] : sorted.unknown) {
        const auto& [app, name] = key;
        const bool keep = store::count_unknown(transaction, {app, name, unknown.count, now});
        const auto brand = unknown.brand != 0 || watch_.brands().empty() ? unknown.brand : watch_.brands().front();
        if (keep && brand != 0)
            store::bury(transaction, store_.ids(), brand, {letter_of(*unknown.example, "larum does not know events of the kind " + name)}, now);
    }
}

} // namespace larum::intake
