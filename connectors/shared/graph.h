#pragma once

#include "config/secret.h"
#include "connectors/connector.h"
#include "core/http.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What Facebook, Messenger, Instagram and Threads share: how Meta's Graph API is called and how its answers are understood.
namespace larum::connectors::graph {

/// The version that every URL names. A call without one, or with a dead one, is silently served by another.
inline constexpr std::string_view version = "v26.0";

using Query = std::vector<std::pair<std::string, std::string>>;

/// Whom we speak to and for whom.
struct Access {
    std::string platform = "facebook"; ///< how error texts call us
    std::string host = "https://graph.facebook.com";
    std::string page; ///< native id of the page or account
    std::string app_id;
    config::Secret token;
    config::Secret app_secret; ///< empty where calls are not proven: Instagram Login and Threads
    bool private_allowed = false;
    std::string api_version{graph::version};
};

/// A GET of `path` («/102938/feed») with the version, the bearer token and its appsecret_proof.
HttpRequest get(const Access& access, std::string_view path, const Query& query);

/// One request for many objects: the answer has one item for each, in the same order. The older way, `?ids=`, answers
/// an error since v26.0. `paths` are relative and encoded already («123?fields=id»).
HttpRequest batch(const Access& access, const std::vector<std::string>& paths);

/// A path segment made of what came from outside.
std::string encode(std::string_view text);

/// What Graph knows of our token, asked with the app's own. Its query holds the token: Graph takes it
/// nowhere else.
HttpRequest debug_token(const Access& access);

/// Exchanges a token of 60 days for a new one (`grant`: «ig_refresh_token», «th_refresh_token»). This call, too, takes
/// the token in its query only.
HttpRequest refresh_token(const Access& access, const std::string& grant);

class Document; // graph_json.h

/// An answer after its envelope was read. `document` is there only when `outcome` is ok.
struct Reply {
    Outcome outcome;
    std::shared_ptr<const Document> document;
    std::optional<double> used; ///< share of the budget used, 0..1
    bool too_much = false;      ///< Graph could not put so long a page together: a shorter one may pass
};

/// Sends and classifies. Network trouble is an outcome here, too.
Reply call(Http& http, const Access& access, const HttpRequest& request, Time now);

/// What an answer means for the caller; the table of error codes is behind it.
Reply understand(const Access& access, const HttpAnswer& answer, Time now);

// ---- pieces, for the connectors and their tests ------------------------------------------------------

/// hex(HMAC-SHA256(key = app secret, data = token)).
std::string appsecret_proof(const config::Secret& app_secret, const config::Secret& token);

/// The outcome of Graph's error `code`/`subcode` (0: none).
Outcome outcome_of(const std::string& platform, int code, int subcode, Time now);

struct Usage {
    std::optional<double> used;     ///< highest of all percentages, 0..1
    std::optional<Time> not_before; ///< when the platform says that calls work again
};
Usage read_usage(const Headers& headers, Time now);

std::string write_query(const Query& query); ///< percent-encoded
Query read_query(std::string_view text);

/// Where `paging.next` goes on: its position only. Host, token and all else of the URL are left behind.
Query position_of(std::string_view next_url);

} // namespace larum::connectors::graph
