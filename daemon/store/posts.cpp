#include "daemon/store/posts.h"

#include "daemon/store/escalations.h"
#include "daemon/store/page_posts.h"
#include "daemon/store/page_rest.h"
#include "daemon/store/refresh.h"

#include <algorithm>

namespace larum::store {

Saved save_page(Transaction& transaction, IdMaker& ids, const Reading& reading, const connectors::Page& page,
                const std::string& source_name) {
    Saved saved;
    auto arriving = arriving_of(page);
    if (!arriving.empty()) {
        look_up(transaction, reading, arriving);
        saved.joined = join_reported(transaction, reading, arriving);
        add_new(transaction, ids, reading, page, arriving, saved);
        saved.edited = apply_edits(transaction, reading, arriving);
        saved.named = name_authors(transaction, reading, arriving);
        saved.restated = take_restated(transaction, reading, arriving);
        // What is judged again anyway need not be so twice.
        for (const auto* others : {&saved.edited, &saved.joined})
            std::erase_if(saved.restated, [&](Id id) { return std::find(others->begin(), others->end(), id) != others->end(); });
        update_counts(transaction, reading, arriving);
        note_seen(transaction, reading, arriving);
        end_awaiting(transaction, reading, arriving);
    }
    keep_refreshed(transaction, reading, saved.fresh);
    keep_refreshed(transaction, reading, saved.joined);
    saved.deleted = delete_posts(transaction, ids, reading, page);
    saved.contacts = save_contacts(transaction, ids, reading, page.contacts);
    save_gaps(transaction, ids, reading, page.gaps);
    saved.rejected = bury_rejected(transaction, ids, reading, page.rejected, source_name);
    queue_for_triage(transaction, ids, reading.brand, saved.fresh, "new");
    queue_for_triage(transaction, ids, reading.brand, saved.edited, "edit");
    queue_for_triage(transaction, ids, reading.brand, saved.named, "author");
    queue_for_triage(transaction, ids, reading.brand, saved.joined, "edit");
    queue_for_triage(transaction, ids, reading.brand, saved.restated, "platform");
    auto changed = saved.edited;
    changed.insert(changed.end(), saved.joined.begin(), saved.joined.end());
    changed.insert(changed.end(), saved.restated.begin(), saved.restated.end());
    changed.insert(changed.end(), saved.deleted.begin(), saved.deleted.end());
    if (!changed.empty()) note_news(transaction, reading.brand, changed, reading.now);
    return saved;
}

} // namespace larum::store
