#pragma once

#include "daemon/review/live.h"
#include "daemon/review/sign_in_limits.h"
#include "daemon/review/visit.h"

#include <memory>
#include <mutex>
#include <stop_token>

namespace larum::review {

/// The review page and its API. Everything under /api but signing in needs a session; every brand in a path needs
/// a role of that brand; what is not listed does not exist.
class Review {
public:
    /// `key` keys the suppression list; without one customers can be neither erased nor heard from the page.
    Review(store::Pool& pool, IdMaker& ids, const Clock& clock, std::shared_ptr<const config::Config> config,
           const store::InstallationKey* key = nullptr);

    /// Before `server.start()`. The server must be stopped before this object ends.
    void add_routes(web::Server& server);

    /// A reloaded config counts from the next request on.
    void use(std::shared_ptr<const config::Config> config);

    /// One look for news; sends it to open pages. True when there was some.
    bool tick(Time now);

    /// Ticks every second until asked to stop, then ends all streams. A database that is away is waited for.
    void run(std::stop_token stop);

    Live& live() { return live_; }

private:
    House house();
    web::Response in_session(const ApiRoute& route, const web::Request& request);
    web::Response sign_in(const web::Request& request);
    web::Response events(const web::Request& request);
    std::string address_of(const web::Request& request) const;

    store::Pool& pool_;
    IdMaker& ids_;
    const Clock& clock_;
    std::mutex mutex_; ///< of config_
    std::shared_ptr<const config::Config> config_;
    const store::InstallationKey* key_;
    SignInLimits limits_;
    Live live_;
    Time swept_at_{};
};

/// Every route of the API that needs a session, for the access matrix.
std::vector<ApiRoute> api_routes();

/// The name of the session cookie. The prefix binds it to this host over TLS, or to a loopback address, which
/// browsers treat alike.
constexpr const char* cookie_name = "__Host-larum";

} // namespace larum::review
