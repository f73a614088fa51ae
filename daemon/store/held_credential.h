#pragma once

#include "daemon/store/store.h"

#include <memory>
#include <string>
#include <thread>

namespace larum::store {

/// Under what a credential's session is sealed.
std::string session_purpose(const std::string& credential);

/// Makes the credential's row when there is none, with `burst` tokens in its bucket.
void declare_credential(Transaction& transaction, const std::string& credential, const std::string& kind,
                        int burst, Time now);

/// A credential while a person's command uses it beside running daemons: a refresh token may be good for one
/// use, so it is theirs or ours, and a session that changed is kept for them. Held as long as the object lives, and
/// let go with it, or when SIGINT, SIGTERM or SIGHUP ends the process; a process that dies otherwise holds it for the
/// length of a daemon's lease.
class HeldCredential {
public:
    /// Waits a few seconds while a daemon calls with it. Throws Error::Kind::stopped when it stays in use.
    /// Its row is made when the database does not know it yet.
    HeldCredential(Store& store, const std::string& kind, const std::string& credential, int burst, Time now);
    ~HeldCredential();
    HeldCredential(const HeldCredential&) = delete;
    HeldCredential& operator=(const HeldCredential&) = delete;

    const std::string& session() const { return session_; } ///< unsealed; empty when there is none
    bool keep(const std::string& session);                  ///< false: it was taken over meanwhile

private:
    class Goodbye;
    bool claim();
    void keep_alive();
    void extend();
    void release();

    Store& store_;
    std::string credential_;
    std::int64_t fence_ = 0;
    std::string session_;
    std::unique_ptr<Goodbye> goodbye_;
    std::thread alive_; ///< last: it uses what stands above
};

} // namespace larum::store
