#pragma once

#include "connectors/connector.h"
#include "core/id.h"
#include "daemon/store/pq.h"

#include <string>
#include <vector>

/// Posts as platforms deliver them: inserted, edited, deleted, each page in its caller's one transaction.
namespace larum::store {

/// What a page is saved for.
struct Reading {
    BrandId brand = 0;
    Id source = 0;
    Time now{};
    bool seen_when_posted = false; ///< `seen = "posted"`: posted_at is also the time first seen
    bool by_webhook = false;
    bool one_by_one = false; ///< the careful way after a collision with another source's page
    /// Posts written from here on were first seen late because the source could not be read.
    std::optional<Time> unread_since;
    /// Posts written before were there long before the source was connected: they raise no alert.
    std::optional<Time> backfill_before;
    Span refresh_within{}; ///< the platform wants new posts to be looked at again within; zero: it does not
    std::string stream; ///< the one that was read; empty: a webhook
    /// A webhook should bring posts written from here on: those that a poll saves are noted as awaited (misses.h).
    std::optional<Time> webhook_since;
};

/// What a page changed. Ids of posts in the page's order.
struct Saved {
    std::vector<Id> fresh;
    std::vector<Time> fresh_posted; ///< when each of `fresh` was written
    std::vector<Id> edited;
    std::vector<Id> named; ///< whose author's handle or name came only now
    std::vector<Id> joined; ///< that stood there by hand and are their source's now, or the other way round (reported.h)
    std::vector<Id> restated; ///< of which the platform says something else beside the text: deadline, orders
    std::vector<Id> deleted;
    std::size_t rejected = 0;
    std::size_t contacts = 0;
};

/// Saves posts, deletions, contacts, gaps and unreadable items of `page` and queues for triage what is new or edited, and
/// what gained an author's name, another deadline for an answer or other orders. Saving the same page twice changes
/// nothing. A post keeps its first row for ever: an edit replaces the text (the earlier one is kept only under a hold), a
/// deletion blanks every text and leaves a tombstone that no later copy revives; an edit or deletion of an unknown post
/// makes its row. A post that was handed in by its link and is brought by a source too is one row, whichever came first.
/// The order in which an edit and its original arrive does not matter where the platform tells edit times.
/// Throws Error::Kind::database when another transaction saved one of the posts meanwhile: roll back and save
/// again with `one_by_one`.
Saved save_page(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page,
                const std::string& source_name);

/// Keeps an item that made no sense, for a person to look at and run again.
struct DeadLetter {
    std::string kind; ///< item, webhook, post, alert
    std::string source;
    std::string reference;
    std::string reason;
    std::string body;
};
void bury(Transaction& transaction, IdMaker& ids, BrandId brand, const std::vector<DeadLetter>& letters, Time now);

} // namespace larum::store
