#include "daemon/store/held_credential.h"

#include "core/error.h"
#include "daemon/store/sources.h"

#include <thread>

namespace larum::store {

namespace {

using namespace std::chrono_literals;

constexpr int claims_max = 40;
constexpr auto claim_again = 250ms;

/// Longer than a probe takes: there is no heartbeat behind it.
const char* const claim_sql =
    "UPDATE credential SET fence = fence + 1, lease_until = larum_now() + interval '60 seconds'"
    " WHERE credential_id = $1 AND (lease_until IS NULL OR lease_until < larum_now())"
    " RETURNING fence, sealed_session";

} // namespace

std::string session_purpose(const std::string& credential) { return "credential:" + credential; }

void declare_credential(Transaction& transaction, const std::string& credential, const std::string& kind,
                        int burst, Time now) {
    transaction.run_prepared("INSERT INTO credential (credential_id, kind, tokens, tokens_at) VALUES ($1, "
                             "$2, $3, $4) ON CONFLICT DO NOTHING",
                             {credential, kind, burst, now});
}

HeldCredential::HeldCredential(Store& store, const std::string& kind, const std::string& credential,
                               int burst, Time now)
    : store_(store), credential_(credential) {
    store_.pool().with(
        [&](Transaction& transaction) { declare_credential(transaction, credential, kind, burst, now); });
    for (int claims = 0; !claim(); ++claims) {
        if (claims == claims_max)
            throw Error(Error::Kind::stopped,
                        kind + ": the running larum is calling with this credential; try again");
        std::this_thread::sleep_for(claim_again);
    }
}

bool HeldCredential::claim() {
    bool held = false;
    store_.pool().with([&](Transaction& transaction) {
        const auto row = transaction.run_prepared(claim_sql, {credential_});
        held = !row.empty();
        if (!held) return;
        fence_ = row.at(0, 0).integer();
        if (row.at(0, 1).null()) return;
        try {
            session_ = store_.key().unseal(from_bytea(row.at(0, 1).view()), session_purpose(credential_));
        } catch (const Error&) {
            session_.clear(); // sealed by a key that was lost: the connector opens a new session
        }
    });
    return held;
}

bool HeldCredential::keep(const std::string& session) {
    Lease lease;
    lease.credential = credential_;
    lease.credential_fence = fence_;
    bool kept = false;
    store_.pool().with([&](Transaction& transaction) {
        kept = save_session(transaction, lease, store_.key().seal(session, session_purpose(credential_)));
    });
    return kept;
}

HeldCredential::~HeldCredential() {
    try {
        store_.pool().with([&](Transaction& transaction) {
            transaction.run_prepared(
                "UPDATE credential SET lease_until = NULL WHERE credential_id = $1 AND fence = $2",
                {credential_, fence_});
        });
    } catch (const std::exception&) {
        // The lease ends by itself.
    }
}

} // namespace larum::store
