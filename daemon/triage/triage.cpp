#include "daemon/triage/triage.h"

#include "core/error.h"
#include "core/post_json.h"
#include "daemon/store/answers.h"
#include "daemon/store/corrections.h"
#include "daemon/store/escalations.h"
#include "daemon/store/opinions.h"
#include "daemon/store/posts.h"
#include "daemon/store/odds.h"
#include "daemon/triage/answers.h"
#include "daemon/triage/opinions.h"
#include "daemon/triage/suppressed.h"
#include "daemon/triage/threads.h"

namespace larum::triage {

namespace {

constexpr int batch_posts_max = 400;
constexpr int tries_max = 3;
constexpr Span deadlines_every = std::chrono::seconds{30};

std::vector<store::NewIdentity> identities_of(const store::Waiting& waiting, const Assessment& made, double least) {
    std::vector<store::NewIdentity> identities;
    for (const auto& candidate : made.match.candidates)
        if (candidate.probability >= least) identities.push_back({store::identity_subject(waiting.id, waiting.post), candidate});
    return identities;
}

std::vector<Id> ids_of(const std::vector<store::Waiting>& waiting) {
    std::vector<Id> ids;
    for (const auto& one : waiting) ids.push_back(one.id);
    return ids;
}

/// Only a post that was decided before can have been corrected.
void heed_corrections(store::Transaction& transaction, BrandId brand_id, const std::vector<store::Waiting>& waiting, std::vector<Asked>& batch) {
    std::vector<Id> decided;
    for (const auto& one : waiting)
        if (one.revision > 1) decided.push_back(one.id);
    const auto said = store::corrections(transaction, brand_id, decided);
    for (std::size_t i = 0; i < waiting.size(); ++i)
        if (const auto found = said.find(waiting[i].id); found != said.end()) batch[i].correction = found->second;
}

/// Those that are decided with their deadline in view need no reminder.
void note_due(store::Transaction& transaction, BrandId brand_id, const std::vector<store::Waiting>& waiting, const std::vector<Asked>& batch) {
    std::vector<Id> due;
    for (std::size_t i = 0; i < waiting.size(); ++i)
        if (batch[i].answer_due) due.push_back(waiting[i].id);
    store::note_due_seen(transaction, brand_id, due);
}

/// Where a person spoke about the author, nothing else may move what is thought: then taking it back restores it.
void keep_odds(store::Transaction& transaction, BrandId brand_id, const std::vector<std::string>& causes, std::vector<Asked>& batch) {
    std::vector<Post> posts;
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (causes[i] == "identity") posts.push_back(batch[i].post);
    if (posts.empty()) return;
    const auto kept = store::odds_of(transaction, brand_id, posts);
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (const auto found = kept.find(store::odds_name(batch[i].post)); found != kept.end()) batch[i].odds = found->second;
}

} // namespace

Triage::Triage(store::Store& store, const config::Config& config, Judges judges, Seams seams)
    : store_(store), config_(config), judges_(std::move(judges)), seams_(std::move(seams)) {
    for (const auto& brand : config.brands) {
        const auto id = store.brand(brand.name);
        brands_.push_back({id, std::make_unique<Assessor>(judges_.of(brand.name), brand, id)});
    }
}

bool Triage::tick(Time now) {
    look_at_deadlines(now);
    for (std::size_t i = 0; i < brands_.size(); ++i) {
        auto& brand = brands_[turn_++ % brands_.size()];
        if (turn_of(brand, now)) return true;
    }
    return false;
}

void Triage::look_at_deadlines(Time now) {
    if (now < deadlines_at_ && now >= deadlines_at_ - deadlines_every) return; // else: a clock that went back
    for (const auto& brand : brands_)
        store_.pool().with([&](store::Transaction& transaction) {
            store::queue_due_answers(transaction, store_.ids(), brand.id, now + brand.assessor->brand().answer_due_before);
        });
    deadlines_at_ = now + deadlines_every;
}

bool Triage::turn_of(Eyes& brand, Time now) {
    std::vector<store::Claim> claims;
    store_.pool().with([&](store::Transaction& transaction) {
        claims = store::claim_triage(transaction, brand.id, store_.slot(), batch_posts_max);
    });
    if (claims.empty()) return false;
    seams_.after_claim();
    if (claims.size() == 1) {
        decide_one(brand, claims.front(), now);
        return true;
    }
    try {
        decide(brand, claims, now);
    } catch (const std::exception&) {
        // Together they failed; one by one shows which row it was.
        for (const auto& claim : claims) decide_one(brand, claim, now);
    }
    return true;
}

void Triage::decide_one(Eyes& brand, const store::Claim& claim, Time now) {
    try {
        decide(brand, {claim}, now);
    } catch (const std::exception& error) {
        // When it was the database that went away, this throws too, and the claim just expires.
        give_way(brand, claim, error.what(), now);
    }
}

Asked Triage::asked(const store::Waiting& waiting, const config::Brand& brand, Time now) const {
    Asked made;
    made.post = waiting.post;
    const auto* source = config_.find_source(waiting.post.source);
    // A post reported by hand, or of a source that is no longer configured, is matched by own data only.
    made.matching = source && source->matching ? *source->matching : Matching::own_data;
    const bool by_post = source && source->seen == config::Seen::posted;
    if (!by_post) made.late = decide::is_late(waiting.post.posted_at, waiting.first_seen_at, waiting.late_excused, brand);
    made.backfilled = waiting.backfilled;
    made.answer_due = decide::answer_is_due(waiting.post, by_post ? waiting.post.posted_at : now, waiting.first_seen_at, waiting.backfilled, brand);
    made.again = waiting.revision > 1;
    return made;
}

void Triage::go_on(store::Transaction& transaction, Eyes& brand) {
    if (std::exchange(brand.went_on, true)) return;
    if (const auto odds = store::latest_odds(transaction, brand.id)) brand.assessor->go_on_from(*odds);
}

void Triage::decide(Eyes& brand, const std::vector<store::Claim>& claims, Time now) {
    std::size_t decided = 0;
    store_.pool().with([&](store::Transaction& transaction) {
        go_on(transaction, brand);
        std::vector<store::Waiting> waiting;
        std::vector<std::string> causes;
        for (const auto& claim : claims) {
            if (!store::finish_claim(transaction, claim)) continue; // another daemon took it over: theirs is the word
            for (auto& one : store::waiting_posts(transaction, brand.id, claim.posts)) {
                waiting.push_back(std::move(one));
                causes.push_back(claim.cause);
            }
        }
        std::vector<Asked> batch;
        for (const auto& one : waiting) batch.push_back(asked(one, brand.assessor->brand(), now));
        heed_corrections(transaction, brand.id, waiting, batch);
        heed_threads(transaction, *brand.assessor, batch);
        note_due(transaction, brand.id, waiting, batch);
        heed_answers(transaction, brand.id, batch);
        const auto* opinions = opinions_of(config_, brand.assessor->brand());
        if (opinions) heed_opinions(transaction, brand.id, ids_of(waiting), *opinions, batch);
        keep_odds(transaction, brand.id, causes, batch);
        seams_.before_assess(batch);
        respect_suppressed(transaction, brand.id, store_.key(), batch);
        const auto made = brand.assessor->assess(transaction, batch);
        write(transaction, brand, waiting, causes, made, now);
        if (opinions) store::want_opinions(transaction, brand.id, worth_asking(ids_of(waiting), batch, made, *opinions), now);
        seams_.before_commit();
        decided = batch.size();
    });
    decided_ += decided;
}

void Triage::write(store::Transaction& transaction, Eyes& brand, const std::vector<store::Waiting>& waiting,
                   const std::vector<std::string>& causes, const std::vector<Assessment>& made, Time now) {
    const config::Brand& settings = brand.assessor->brand();
    std::vector<store::NewDecision> decisions;
    std::vector<store::NewIdentity> identities;
    std::vector<store::Raised> raised;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto& one = waiting[i];
        decisions.push_back({one.id, one.revision, causes[i], &made[i].verdict, &made[i].match, &made[i].decision, made[i].looked_for ? match::packed(made[i].odds) : 0});
        if (made[i].decision.urgency == Urgency::none) continue;
        for (auto& identity : identities_of(one, made[i], settings.suggest_min)) identities.push_back(std::move(identity));
        if (made[i].decision.urgency < Urgency::flag) continue;
        const auto* source = config_.find_source(one.post.source);
        const bool by_post = source && source->seen == config::Seen::posted;
        raised.push_back(store::raised(one.id, one.post, made[i].decision, by_post ? one.post.posted_at : one.first_seen_at));
    }
    store::insert_decisions(transaction, brand.id, decisions, now);
    store::suggest_identities(transaction, brand.id, identities, store_.ids(), now);
    if (!raised.empty()) store::raise(transaction, brand.id, settings, raised, store_.ids(), now);
}

void Triage::give_way(Eyes& brand, const store::Claim& claim, const std::string& reason, Time now) {
    store_.pool().with([&](store::Transaction& transaction) {
        if (claim.posts.size() > 1) {
            store::halve_claim(transaction, store_.ids(), claim);
        } else if (claim.tries >= tries_max && store::finish_claim(transaction, claim)) {
            store::bury(transaction, store_.ids(), brand.id,
                        {{"post", "triage", claim.posts.empty() ? "" : to_text(claim.posts.front()), reason, ""}}, now);
        }
        // A single post with tries left is taken again when its claim expires.
    });
}

} // namespace larum::triage
