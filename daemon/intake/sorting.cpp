#include "daemon/intake/sorting.h"

#include "core/error.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace larum::intake {

namespace {

constexpr int tries_max = 5;

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

void append(connectors::Page& to, connectors::Page&& from) {
    append(to.posts, std::move(from.posts));
    append(to.contacts, std::move(from.contacts));
    append(to.deletions, std::move(from.deletions));
    append(to.streams, std::move(from.streams));
    append(to.gaps, std::move(from.gaps));
    append(to.rejected, std::move(from.rejected));
    to.billed.posts += from.billed.posts;
    to.billed.users += from.billed.users;
}

class Sorting {
public:
    Sorting(const Assembly& assembly, const Watch& watch) : assembly_(assembly), watch_(watch) {}

    void add(const store::RawWebhook& body) {
        const auto bury = [&](const std::string& reason) { sorted.letters.push_back(letter_of(body, reason)); };
        const auto app = assembly_.apps.find(body.app);
        if (body.tries > tries_max) return bury("it could not be saved " + std::to_string(tries_max) + " times");
        if (app == assembly_.apps.end()) return bury("the app is no longer configured");
        std::set<std::string> unwatched;
        try {
            for (auto& entry : app->second.receiver->entries({body.body, body.note, body.received_at}))
                if (!add_entry(entry, *app->second.kind, body)) unwatched.insert(entry.account);
        } catch (const Error& error) {
            bury(error.what());
        } catch (const std::exception&) {
            bury("it makes no sense"); // the text may quote what was sent
        }
        if (unwatched.empty()) return;
        // One letter, however many of its thousand entries nobody wants.
        const auto others = unwatched.size() > 1 ? " and " + std::to_string(unwatched.size() - 1) + " more" : "";
        bury("no source watches the account " + plain(*unwatched.begin(), name_bytes_max) + others);
    }

    Sorted sorted;

private:
    /// False when no source claims it.
    bool add_entry(connectors::WebhookEntry& entry, const connectors::Kind& app, const store::RawWebhook& body) {
        const Watched* claimed = nullptr;
        std::set<std::string> billed; // credentials: the platform takes its money once, whoever hears of it
        for (const auto& [id, source] : watch_.all()) {
            if (entry.account.empty() || source.connector->account() != entry.account || !hears(*source.kind, app)) continue;
            claimed = &source;
            auto& own = sorted.sources[id];
            own.poll.insert(own.poll.end(), entry.poll.begin(), entry.poll.end());
            auto part = part_for(source, entry.page);
            if (!billed.insert(source.credential).second) part.billed = {};
            append(own.page, std::move(part));
        }
        for (const auto& name : entry.page.unknown) note_unknown(name, claimed, body);
        if (!claimed) ++sorted.counts[body.app].unclaimed;
        return claimed != nullptr;
    }

    static connectors::Page part_for(const Watched& source, connectors::Page page) {
        if (source.kind->gives_contacts) {
            page.posts.clear();
            page.deletions.clear();
            page.rejected.clear();
            page.streams.clear();
        } else {
            page.contacts.clear();
        }
        return page;
    }

    void note_unknown(const std::string& name, const Watched* source, const store::RawWebhook& body) {
        auto shown = plain(name, name_bytes_max);
        if (sorted.unknown.size() >= store::unknown_names_max && sorted.unknown.count({body.app, shown}) == 0) shown = store::other_names;
        auto& unknown = sorted.unknown[{body.app, shown}];
        if (unknown.count++ == 0) unknown.example = &body;
        if (source != nullptr) unknown.brand = source->brand_id;
    }

    const Assembly& assembly_;
    const Watch& watch_;
};

} // namespace

Sorted sort_webhooks(const std::vector<store::RawWebhook>& bodies, const Assembly& assembly, const Watch& watch) {
    Sorting sorting(assembly, watch);
    for (const auto& body : bodies) sorting.add(body);
    return std::move(sorting.sorted);
}

store::DeadLetter letter_of(const store::RawWebhook& body, const std::string& reason) {
    return {"webhook", body.app, to_text(body.id), reason, body.body};
}

std::string plain(std::string_view text, std::size_t most) {
    std::string all(text.substr(0, most));
    std::replace_if(all.begin(), all.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return all;
}

} // namespace larum::intake
