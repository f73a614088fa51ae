#include "daemon/store/held_credential.h"

#include "core/error.h"
#include "daemon/store/sources.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace larum::store {

namespace {

using namespace std::chrono_literals;

constexpr int claims_max = 40;
constexpr auto claim_again = 250ms;

constexpr int extended_every_ms = 2000;

const std::string one_lease = "larum_now() + interval '" + std::string(lease_length) + "'";

const std::string claim_sql = "UPDATE credential SET fence = fence + 1, lease_until = " + one_lease +
                              " WHERE credential_id = $1 AND (lease_until IS NULL OR lease_until < larum_now())"
                              " RETURNING fence, sealed_session";

/// Where the handler of signals writes to; -1: nobody listens.
std::atomic<int> heard_at = -1;

void note_signal(int signal) {
    const int before = errno;
    const auto byte = static_cast<char>(signal);
    if (const int at = heard_at.load(); at >= 0) (void)!write(at, &byte, 1);
    errno = before;
}

} // namespace

std::string session_purpose(const std::string& credential) { return "credential:" + credential; }

void declare_credential(Transaction& transaction, const std::string& credential, const std::string& kind,
                        int burst, Time now) {
    transaction.run_prepared("INSERT INTO credential (credential_id, kind, tokens, tokens_at) VALUES ($1, "
                             "$2, $3, $4) ON CONFLICT DO NOTHING",
                             {credential, kind, burst, now});
}

/// Hears the signals that would end the process, so that it does not go without letting the credential go. Where
/// somebody hears them already it is left to them.
class HeldCredential::Goodbye {
public:
    Goodbye() {
        if (pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) throw Error(Error::Kind::stopped, "this process has too many files open");
        int nobody = -1;
        if (!heard_at.compare_exchange_strong(nobody, ends_[1])) return;
        for (auto& one : heard_) one.heard = hear(one);
    }
    ~Goodbye() {
        for (const auto& one : heard_)
            if (one.heard) sigaction(one.signal, &one.before, nullptr);
        int ours = ends_[1];
        heard_at.compare_exchange_strong(ours, -1);
        close(ends_[0]);
        close(ends_[1]);
    }
    Goodbye(const Goodbye&) = delete;
    Goodbye& operator=(const Goodbye&) = delete;

    void stop() const { (void)!write(ends_[1], "", 1); }

    enum class News { none, stop, signal };
    News wait() {
        pollfd one{ends_[0], POLLIN, 0};
        char byte = 0;
        if (poll(&one, 1, extended_every_ms) <= 0 || read(ends_[0], &byte, 1) != 1) return News::none;
        signal_ = byte;
        return byte == 0 ? News::stop : News::signal;
    }

    /// As if nobody had heard it.
    void die() const {
        signal(signal_, SIG_DFL);
        kill(getpid(), signal_);
    }

private:
    struct Hearing {
        int signal;
        bool heard = false;
        struct sigaction before {};
    };
    static bool hear(Hearing& one) {
        if (sigaction(one.signal, nullptr, &one.before) != 0 || one.before.sa_handler != SIG_DFL) return false;
        struct sigaction ours {};
        ours.sa_handler = note_signal;
        ours.sa_flags = SA_RESTART;
        return sigaction(one.signal, &ours, nullptr) == 0;
    }

    int ends_[2] = {-1, -1};
    int signal_ = 0;
    Hearing heard_[3] = {{SIGINT}, {SIGTERM}, {SIGHUP}};
};

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
    goodbye_ = std::make_unique<Goodbye>();
    alive_ = std::thread([this] { keep_alive(); });
}

bool HeldCredential::claim() {
    bool held = false;
    store_.pool().with([&](Transaction& transaction) {
        const auto row = transaction.run_prepared(claim_sql.c_str(), {credential_});
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

void HeldCredential::keep_alive() {
    for (;;) {
        const auto news = goodbye_->wait();
        if (news == Goodbye::News::stop) return;
        if (news == Goodbye::News::none) {
            extend();
            continue;
        }
        release();
        return goodbye_->die();
    }
}

void HeldCredential::extend() {
    try {
        store_.pool().with([&](Transaction& transaction) {
            transaction.run_prepared(("UPDATE credential SET lease_until = " + one_lease + " WHERE credential_id = $1 AND fence = $2").c_str(),
                                     {credential_, fence_});
        });
    } catch (const std::exception&) {
        // Tried again; without the database the session could not be kept either.
    }
}

void HeldCredential::release() {
    try {
        store_.pool().with([&](Transaction& transaction) {
            transaction.run_prepared("UPDATE credential SET lease_until = NULL WHERE credential_id = $1 AND fence = $2", {credential_, fence_});
        });
    } catch (const std::exception&) {
        // The lease ends by itself.
    }
}

HeldCredential::~HeldCredential() {
    goodbye_->stop();
    alive_.join();
    release();
}

} // namespace larum::store
