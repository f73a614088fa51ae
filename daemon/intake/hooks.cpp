#include "daemon/intake/hooks.h"

#include "core/error.h"
#include "daemon/store/ledger.h"
#include "daemon/store/posts.h"
#include "daemon/store/sources.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace larum::intake {

namespace {

constexpr int bodies_per_step = 100;
constexpr int tries_max = 5;

void append(connectors::Page& to, connectors::Page&& from) {
    std::move(from.posts.begin(), from.posts.end(), std::back_inserter(to.posts));
    std::move(from.contacts.begin(), from.contacts.end(), std::back_inserter(to.contacts));
    std::move(from.deletions.begin(), from.deletions.end(), std::back_inserter(to.deletions));
    std::move(from.streams.begin(), from.streams.end(), std::back_inserter(to.streams));
    std::move(from.rejected.begin(), from.rejected.end(), std::back_inserter(to.rejected));
}

} // namespace

/// What a batch of bodies holds, by who it is for.
struct Hooks::Sorted {
    struct ForSource {
        connectors::Page page;
        std::vector<std::string> poll;
    };
    std::map<Id, ForSource> sources;
    std::vector<store::DeadLetter> letters;
    std::map<std::string, store::AppCounts> counts;
};

Hooks::Hooks(store::Store& store, const Clock& clock, const Assembly& assembly, const Watch& watch)
    : store_(store), clock_(clock), assembly_(assembly), watch_(watch) {}

connectors::WebhookAnswer Hooks::accept(const std::string& app, const connectors::WebhookRequest& request) {
    const auto receiver = assembly_.receivers.find(app);
    if (receiver == assembly_.receivers.end()) return {404, "", false};
    const auto now = clock_.now();
    auto answer = receiver->second->accept(request, now);
    if (answer.status == 401) count(app, {0, 1, 0});
    if (!answer.store) return answer;
    store_.pool().with([&](store::Transaction& transaction) { store::keep_webhook(transaction, store_.ids().next(), app, request.body, answer.note, now); });
    count(app, {1, 0, 0});
    if (stored) stored();
    return answer;
}

void Hooks::count(const std::string& app, const store::AppCounts& counts) {
    const std::lock_guard lock(mutex_);
    auto& all = counts_[app];
    all.verified += counts.verified;
    all.forged += counts.forged;
    all.unclaimed += counts.unclaimed;
}

bool Hooks::save_counts(Time now) {
    std::map<std::string, store::AppCounts> counts;
    {
        const std::lock_guard lock(mutex_);
        counts.swap(counts_);
    }
    if (counts.empty()) return false;
    store_.pool().with([&](store::Transaction& transaction) { store::count_webhooks(transaction, counts, now); });
    return true;
}

bool Hooks::tick(Time now) {
    std::vector<store::RawWebhook> bodies;
    store_.pool().with([&](store::Transaction& transaction) { bodies = store::claim_webhooks(transaction, bodies_per_step, store_.slot()); });
    if (bodies.empty()) {
        save_counts(now);
        return false;
    }
    const auto sorted = sort(bodies, now);
    try {
        save(bodies, sorted, false, now);
    } catch (const store::DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        save(bodies, sorted, true, now); // a poll brought one of these posts at the same moment
    }
    return true;
}

/// An entry is for every source of its account: posts for those that give posts, messages for those that give contacts.
void Hooks::sort_entry(connectors::WebhookEntry& entry, const store::RawWebhook& body, Sorted& sorted) const {
    bool claimed = false;
    for (const auto& [id, source] : watch_.all()) {
        if (entry.account.empty() || source.connector->account() != entry.account) continue;
        claimed = true;
        auto& own = sorted.sources[id];
        own.poll.insert(own.poll.end(), entry.poll.begin(), entry.poll.end());
        auto page = entry.page;
        if (source.kind->gives_contacts) {
            page.posts.clear();
            page.deletions.clear();
            page.rejected.clear();
            page.streams.clear();
        } else {
            page.contacts.clear();
        }
        append(own.page, std::move(page));
    }
    if (claimed) return;
    ++sorted.counts[body.app].unclaimed;
    sorted.letters.push_back({"webhook", body.app, to_text(body.id), "no source watches the account " + entry.account, body.body});
}

Hooks::Sorted Hooks::sort(const std::vector<store::RawWebhook>& bodies, Time) const {
    Sorted sorted;
    for (const auto& body : bodies) {
        const auto bury = [&](const std::string& reason) { sorted.letters.push_back({"webhook", body.app, to_text(body.id), reason, body.body}); };
        const auto receiver = assembly_.receivers.find(body.app);
        if (body.tries > tries_max) {
            bury("it could not be saved " + std::to_string(tries_max) + " times");
        } else if (receiver == assembly_.receivers.end()) {
            bury("the app is no longer configured");
        } else {
            try {
                for (auto& entry : receiver->second->entries({body.body, body.note, body.received_at})) sort_entry(entry, body, sorted);
            } catch (const Error& error) {
                bury(error.what());
            } catch (const std::exception&) {
                bury("it makes no sense"); // the text may quote what was sent
            }
        }
    }
    return sorted;
}

void Hooks::save(const std::vector<store::RawWebhook>& bodies, const Sorted& sorted, bool one_by_one, Time now) {
    const auto transaction = store_.pool().begin();
    if (!store::finish_webhooks(*transaction, bodies, store_.slot(), now)) {
        spdlog::warn("intake: webhooks were taken over by another daemon; they are left to it");
        return;
    }
    for (const auto& [id, own] : sorted.sources) {
        const auto& source = watch_.all().at(id);
        auto page = own.page;
        mark_own(*source.brand, page);
        const store::Reading reading{source.brand_id, id, now, source.seen_when_posted, true, one_by_one, {}, {}, source.kind->refresh_within, {}};
        const auto saved = store::save_page(*transaction, store_.ids(), reading, page, source.name);
        std::optional<Time> newest;
        for (const auto& post : page.posts) newest = std::max(newest.value_or(post.posted_at), post.posted_at);
        store::count_hours(*transaction, source.brand_id, id, saved.fresh_posted);
        store::note_hook(*transaction, source.brand_id, id, saved.fresh.size(), newest);
        store::change_streams(*transaction, source.brand_id, id, page.streams, now);
        store::make_due(*transaction, source.brand_id, id, own.poll, now);
    }
    if (!watch_.brands().empty()) store::bury(*transaction, store_.ids(), watch_.brands().front(), sorted.letters, now);
    if (!sorted.counts.empty()) store::count_webhooks(*transaction, sorted.counts, now);
    transaction->commit();
}

} // namespace larum::intake
