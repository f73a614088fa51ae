#pragma once

#include "config/config.h"
#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

/// Escalations begin here. Everything is set-based: a batch costs a handful of statements however long it is.
namespace larum::store {

/// A post that was decided flag or urgent, with what its escalation needs of it.
struct Raised {
    Id post_id = 0;
    std::string platform;
    std::string author_key; ///< empty: the author is hidden
    std::string thread;     ///< native id of the post's parent, else its own
    std::string text;
    Time at{};              ///< when it was seen; `posted_at` where the source is `seen = "posted"`
    Decision decision;
};

Raised raised(Id post_id, const Post& post, const Decision& decision, Time at);

/// Opens an escalation for each subject (one per customer and case, else per author and thread), or extends the
/// one that is open, and inserts its first alerts, all in the caller's transaction (DESIGN I2). Raising a post
/// again extends nothing twice; a post whose escalation a person has ended stays ended. Urgency none and watch are
/// passed over. Near-identical texts and bursts are folded by `Raised::at`; timers run by `now`. In shadow mode
/// escalations are written and no alert.
void raise(Transaction& transaction, BrandId brand_id, const config::Brand& brand, const std::vector<Raised>& posts,
           IdMaker& ids, Time now);

/// Something changed that sent messages show (text, deletion, reactions, identity, case): they are edited soon.
/// Whoever blanks a post's text calls it too, then its messages become stubs.
void note_news(Transaction& transaction, BrandId brand_id, const std::vector<Id>& post_ids, Time now);

/// Sees the brand's own public replies under posts of escalations that wait, and stops their timers. True when
/// there were any. Dispatch calls it every few seconds.
bool note_answers(Transaction& transaction, BrandId brand_id, Time now);

/// Larum reports on itself to the playbook's `service` channels. `code` names the sentence (daemon/dispatch/
/// wording.h), `body` fills it: {"source": "...", "reason": "..."}; no personal data. A `once` that was used
/// before sends nothing: «credential:facebook-page:2026-04-05».
void notice(Transaction& transaction, BrandId brand_id, const config::Brand& brand, const std::string& code,
            const nlohmann::json& body, const std::string& once, IdMaker& ids, Time now);

/// Shadow unless the config or a person says live.
config::Mode mode_of(Transaction& transaction, BrandId brand_id, const config::Brand& brand);

} // namespace larum::store
