#include "daemon/review/review.h"

#include "core/crypto.h"
#include "core/error.h"
#include "daemon/review/page.h"
#include "daemon/review/password.h"
#include "daemon/review/session.h"

#include <algorithm>
#include <condition_variable>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace larum::review {

using nlohmann::json;

namespace {

constexpr Span touch_every = std::chrono::minutes{1};
constexpr Span sweep_every = std::chrono::minutes{10};

web::Response refused(const Refusal& refusal) {
    return web::Response::error(refusal.status, refusal.code, refusal.sentence);
}

/// The grant of the brand in the path, when it is enough. A brand that the account has no part in looks like one
/// that does not exist.
const store::Grant* grant_for(const store::Account& account, const std::string& brand, Need need) {
    if (need == Need::account) return nullptr;
    for (const auto& one : account.brands) {
        if (one.name != brand) continue;
        const auto least = need == Need::admin      ? store::Role::admin
                           : need == Need::reviewer ? store::Role::reviewer
                                                    : store::Role::viewer;
        if (one.role < least) throw Refusal(403, "role", "Your role for this brand does not allow that.");
        return &one;
    }
    throw Refusal(404, "not_found", "There is nothing here.");
}

void check_csrf(const web::Request& request, const std::string& token, const store::Session& session) {
    if (request.method == "GET" || request.method == "HEAD") return;
    const auto given = request.header("X-CSRF-Token");
    const bool known = equal_in_constant_time(hash_of_token(given), session.csrf_hash);
    if (!known || !equal_in_constant_time(given, csrf_of_token(token)))
        throw Refusal(403, "csrf", "The page's token is missing or old; load the page again.");
}

/// Who is let in by a cookie; a 401 when nobody is.
struct Visitor {
    std::string token;
    std::string token_hash;
    store::Session session;
    store::Account account;
};

Visitor visitor_of(const web::Request& request, store::Transaction& tx, Time now) {
    Visitor visitor;
    visitor.token = request.cookie(cookie_name);
    const Refusal nobody(401, "signed_out", "Sign in first.");
    if (visitor.token.empty() || visitor.token.size() > 128) throw nobody;
    visitor.token_hash = hash_of_token(visitor.token);
    const auto session = store::find_session(tx, visitor.token_hash, now);
    if (!session) throw nobody;
    visitor.session = *session;
    auto account = store::find_account(tx, session->account);
    if (!account) throw nobody;
    visitor.account = std::move(*account);
    if (session->used_at + touch_every < now) store::touch_session(tx, visitor.token_hash, now);
    return visitor;
}

web::Response too_many(Span wait) {
    auto response = web::Response::error(429, "too_many", "Too many tries to sign in. Wait a few minutes.");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait).count() + 1;
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
    return response;
}

/// A form of another site can send neither this type nor this header.
bool from_elsewhere(const web::Request& request) {
    const auto site = request.header("Sec-Fetch-Site");
    return (!site.empty() && site != "same-origin") || request.header("Content-Type").rfind("application/json", 0) != 0;
}

} // namespace

std::vector<ApiRoute> api_routes() {
    std::vector<ApiRoute> all;
    for (auto part : {account_routes(), queue_routes(), act_routes(), brand_routes(), person_routes()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

Review::Review(store::Pool& pool, IdMaker& ids, const Clock& clock, std::shared_ptr<const config::Config> config,
               const store::InstallationKey* key)
    : pool_(pool), ids_(ids), clock_(clock), config_(std::move(config)), key_(key) {}

void Review::use(std::shared_ptr<const config::Config> config) {
    const std::lock_guard lock(mutex_);
    config_ = std::move(config);
}

House Review::house() {
    const std::lock_guard lock(mutex_);
    return {pool_, ids_, clock_, config_, key_};
}

void Review::add_routes(web::Server& server) {
    server.route("POST", "/api/session", [this](const web::Request& request) { return sign_in(request); },
                 web::Place::worker, {.body_bytes_max = 4096});
    server.route("GET", "/api/events", [this](const web::Request& request) { return events(request); });
    for (const auto& route : api_routes())
        server.route(route.method, route.pattern,
                     [this, route](const web::Request& request) { return in_session(route, request); });
    add_page_routes(server);
}

web::Response Review::in_session(const ApiRoute& route, const web::Request& request) {
    try {
        const auto parts = house();
        const auto now = clock_.now();
        auto tx = pool_.begin();
        const auto visitor = visitor_of(request, *tx, now);
        check_csrf(request, visitor.token, visitor.session);
        const auto* grant = grant_for(visitor.account, request.part("brand"), route.need);
        Visit visit{request, parts, *tx, visitor.account, visitor.token_hash, now, grant};
        auto response = route.act(visit);
        tx->commit();
        return response;
    } catch (const Refusal& refusal) {
        return refused(refusal);
    }
}

web::Response Review::sign_in(const web::Request& request) {
    if (from_elsewhere(request)) return web::Response::error(403, "csrf", "Sign in from larum's own page.");
    const auto body = json::parse(request.body, nullptr, false);
    const auto now = clock_.now();
    try {
        if (!body.is_object()) throw Refusal(400, "input", "The body is no JSON object.");
        const auto name = text_field(body, "name", 100);
        const auto& given = body.value("password", json());
        if (!given.is_string()) throw Refusal(400, "input", "password is missing.");
        if (const auto wait = limits_.count(name, address_of(request), now); wait > Span::zero()) return too_many(wait);

        std::optional<store::Login> login;
        pool_.with([&](store::Transaction& tx) { login = store::find_login(tx, name); });
        const auto password = given.get<std::string>().substr(0, password_bytes_max + 1);
        // No connection is held while the password is hashed; nobody's hash takes as long as somebody's.
        const bool fits = password_fits(password, login ? login->password_hash : nobodys_hash());
        if (!fits || !login || login->disabled)
            throw Refusal(401, "wrong", "The name or the password is not right.");

        const auto token = random_token();
        std::optional<store::Account> account;
        pool_.with([&](store::Transaction& tx) {
            store::end_session(tx, hash_of_token(request.cookie(cookie_name)));
            store::open_session(tx, hash_of_token(token), login->account, hash_of_token(csrf_of_token(token)), now);
            account = store::find_account(tx, login->account);
        });
        limits_.forget(name);
        auto response = answer(session_body(*account, house(), token), 201);
        response.headers.emplace_back("Set-Cookie", session_cookie(token));
        return response;
    } catch (const Refusal& refusal) {
        return refused(refusal);
    }
}

web::Response Review::events(const web::Request& request) {
    try {
        auto tx = pool_.begin();
        const auto visitor = visitor_of(request, *tx, clock_.now());
        tx->commit();
        web::Response response;
        response.events = live_.open(visitor.token_hash, visitor.account);
        if (!response.events) return web::Response::error(503, "busy", "Too many pages are open.");
        return response;
    } catch (const Refusal& refusal) {
        return refused(refusal);
    }
}

std::string Review::address_of(const web::Request& request) const {
    // Behind a proxy on this machine every peer is loopback; the proxy's own entry is the last.
    const bool loopback = request.address == "127.0.0.1" || request.address == "::1";
    const auto forwarded = request.header("X-Forwarded-For");
    if (!loopback || forwarded.empty()) return request.address;
    const auto comma = forwarded.rfind(',');
    auto last = comma == std::string::npos ? forwarded : forwarded.substr(comma + 1);
    last.erase(0, last.find_first_not_of(' '));
    return last.substr(0, 64);
}

bool Review::tick(Time now) {
    if (swept_at_ + sweep_every < now) {
        pool_.with([now](store::Transaction& tx) { store::sweep_sessions(tx, now); });
        swept_at_ = now;
    }
    return live_.tick(pool_, now);
}

void Review::run(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any news;
    bool away = false;
    while (!stop.stop_requested()) {
        try {
            tick(clock_.now());
            away = false;
        } catch (const Error& error) {
            if (!away) spdlog::warn("review: {}", error.what());
            away = true;
        }
        std::unique_lock lock(mutex);
        news.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    }
    live_.end_all();
}

} // namespace larum::review
