#include "daemon/review/password.h"
#include "daemon/review/review.h"
#include "daemon/review/session.h"

#include <nlohmann/json.hpp>

/// The visitor's own account and session.
namespace larum::review {

using nlohmann::json;

namespace {

web::Response show_session(Visit& visit) {
    return answer(session_body(visit.account, visit.house, visit.request.cookie(cookie_name)));
}

web::Response sign_out(Visit& visit) {
    store::end_session(visit.transaction, visit.token_hash);
    auto response = answer({{"done", true}});
    response.headers.emplace_back("Set-Cookie", session_cookie({}));
    return response;
}

web::Response set_language(Visit& visit) {
    const auto language = word_field(visit.body(), "language", {"pl", "en"});
    store::set_language(visit.transaction, visit.account.id, language);
    return answer({{"language", language}});
}

/// Other sessions of the account end; this one goes on.
web::Response change_password(Visit& visit) {
    const auto body = visit.body();
    const auto now_used = text_field(body, "old", password_bytes_max);
    const auto wanted = text_field(body, "new", password_bytes_max);
    check_password(wanted);
    const auto login = store::find_login(visit.transaction, visit.account.name);
    if (!login || !password_fits(now_used, login->password_hash))
        throw Refusal(403, "wrong_password", "The password so far is not right.");
    store::set_password(visit.transaction, visit.account.id, hash_password(wanted), visit.token_hash);
    return answer({{"done", true}});
}

} // namespace

std::vector<ApiRoute> account_routes() {
    return {
        {"GET", "/api/session", Need::account, show_session},
        {"DELETE", "/api/session", Need::account, sign_out},
        {"PUT", "/api/account/language", Need::account, set_language},
        {"PUT", "/api/account/password", Need::account, change_password},
    };
}

} // namespace larum::review
