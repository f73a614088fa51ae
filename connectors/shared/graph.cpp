#include "connectors/shared/graph.h"

#include "connectors/shared/graph_json.h"
#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>
#include <charconv>

namespace larum::connectors::graph {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t answer_bytes_max = 8u << 20;

bool unreserved(unsigned char c) { return std::isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

/// Ids in a path come from outside; whatever they hold, they stay one segment.
std::string encode_path(std::string_view path) {
    std::string encoded;
    for (const char c : path) encoded += c == '/' ? "/" : encode(std::string_view(&c, 1));
    return encoded;
}

std::string decode(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            decoded += static_cast<char>(byte);
            i += 2;
        } else {
            decoded += text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

HttpRequest request(const Access& access, std::string method, const std::string& path_and_query,
                    const config::Secret& token) {
    HttpRequest made;
    made.method = std::move(method);
    made.url = access.host + '/' + access.api_version + path_and_query;
    made.headers = {{"Authorization", "Bearer " + token.reveal()}, {"Accept", "application/json"}};
    made.body_bytes_max = answer_bytes_max;
    made.private_allowed = access.private_allowed;
    return made;
}

/// Percentages of one usage object; the throttle bites at 100 of any of them.
void read_percentages(Element object, Usage& usage, Time now) {
    for (const char* name : {"call_count", "total_cputime", "total_time"})
        if (const auto percent = number(object, name))
            usage.used = std::max(usage.used.value_or(0), static_cast<double>(*percent) / 100);
    const auto minutes = number(object, "estimated_time_to_regain_access");
    if (minutes && *minutes > 0)
        usage.not_before =
            std::max(usage.not_before.value_or(now),
                     now + std::chrono::minutes(std::min<std::int64_t>(*minutes, 60 * 24 * 7)));
}

void read_usage_header(const std::string& text, Usage& usage, Time now) {
    simdjson::dom::parser parser;
    Element root;
    if (text.empty() || parser.parse(text).get(root) != simdjson::SUCCESS || !root.is_object()) return;
    read_percentages(root, usage, now);
    for (const auto business : simdjson::dom::object(root))
        if (business.value.is_array())
            for (const auto one : simdjson::dom::array(business.value))
                if (one.is_object()) read_percentages(one, usage, now);
}

std::optional<Time> retry_after(const Headers& headers, Time now) {
    const std::string text = header(headers, "Retry-After");
    unsigned seconds = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || read.ptr != text.data() + text.size()) return std::nullopt;
    return now + std::chrono::seconds(std::min(seconds, 86400u));
}

/// Only what a trace id is made of: the text goes into logs.
std::string trace(Element error) {
    std::string id = text(error, "fbtrace_id").substr(0, 40);
    std::erase_if(id, [](unsigned char c) { return !std::isalnum(c) && c != '_' && c != '-'; });
    return id.empty() ? "" : " (trace " + id + ")";
}

Outcome outcome_of_error(const Access& access, Element error, const Usage& usage, Time now) {
    const int code = static_cast<int>(number(error, "code").value_or(0));
    const int subcode = static_cast<int>(number(error, "error_subcode").value_or(0));
    auto outcome = outcome_of(access.platform, code, subcode, now);
    // The proof is refused with the code of any bad parameter; only the text tells.
    if (code == 100 && text(error, "message").find("appsecret_proof") != std::string::npos)
        outcome = outcome_of(access.platform, 104, 0, now);
    if (flag(error, "is_transient") && outcome.ending != Ending::reauth && !outcome.not_before)
        outcome.ending = Ending::later;
    if (outcome.not_before && usage.not_before) outcome.not_before = usage.not_before;
    outcome.reason += trace(error);
    return outcome;
}

bool is_html(std::string_view body) {
    const auto first = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    return first != body.npos && body[first] == '<';
}

Outcome outcome_of_no_json(const Access& access, const HttpAnswer& answer, Time now) {
    const std::string status = access.platform + ": status " + std::to_string(answer.status);
    if (answer.status == 429)
        return {Ending::later, status, retry_after(answer.headers, now).value_or(now + 5min), true};
    if (answer.status >= 500 || answer.status == 408)
        return {Ending::later, status, retry_after(answer.headers, now), false};
    if (answer.status >= 300 && answer.status < 400)
        return {Ending::broken, status + ": a redirect where JSON was due", {}, false};
    if (is_html(answer.body)) return {Ending::later, status + " with HTML where JSON was due", {}, false};
    if (Document::truncated(answer.body))
        return {Ending::later, status + " with JSON that ends in the middle", {}, false};
    return {Ending::broken, status + " with neither JSON nor HTML", {}, false};
}

/// A dead version is served by the next one without a word; its data may mean something else.
std::string version_note(const Access& access, const Headers& headers) {
    const auto served = header(headers, "facebook-api-version");
    // Threads counts its versions apart from Graph's.
    if (access.api_version != version || served.empty() || served == version) return {};
    return access.platform + ": asked for Graph " + std::string(version) + ", served by another version";
}

} // namespace

std::string encode(std::string_view text) {
    std::string encoded;
    for (const char c : text)
        if (unreserved(static_cast<unsigned char>(c)))
            encoded += c;
        else
            encoded += '%' + to_hex(std::string_view(&c, 1));
    return encoded;
}

std::string appsecret_proof(const config::Secret& app_secret, const config::Secret& token) {
    return to_hex(hmac_sha256(app_secret.reveal(), token.reveal()));
}

std::string write_query(const Query& query) {
    std::string text;
    for (const auto& [name, value] : query)
        text += (text.empty() ? "" : "&") + encode(name) + '=' + encode(value);
    return text;
}

Query read_query(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const auto pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        if (equals != pair.npos)
            query.emplace_back(decode(pair.substr(0, equals)), decode(pair.substr(equals + 1)));
    }
    return query;
}

Query position_of(std::string_view next_url) {
    const auto mark = next_url.find('?');
    Query position;
    if (mark == next_url.npos) return position;
    for (auto& [name, value] : read_query(next_url.substr(mark + 1)))
        if (name == "after" || name == "until" || name == "since" || name == "__paging_token" ||
            name == "offset")
            position.emplace_back(std::move(name), std::move(value));
    return position;
}

HttpRequest get(const Access& access, std::string_view path, const Query& query) {
    Query whole = query;
    if (!access.app_secret.empty())
        whole.emplace_back("appsecret_proof", appsecret_proof(access.app_secret, access.token));
    return request(access, "GET", encode_path(path) + '?' + write_query(whole), access.token);
}

HttpRequest batch(const Access& access, const std::vector<std::string>& paths) {
    std::string items;
    for (const auto& path : paths)
        items += (items.empty() ? "" : ",") + ("{\"method\":\"GET\",\"relative_url\":\"" + path + "\"}");
    auto made = request(access, "POST", "", access.token);
    made.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    made.body = write_query({{"batch", '[' + items + ']'},
                             {"include_headers", "false"},
                             {"appsecret_proof", appsecret_proof(access.app_secret, access.token)}});
    return made;
}

HttpRequest debug_token(const Access& access) {
    const config::Secret app_token(access.app_id + '|' + access.app_secret.reveal());
    return request(access, "GET", "/debug_token?" + write_query({{"input_token", access.token.reveal()}}),
                   app_token);
}

HttpRequest refresh_token(const Access& access, const std::string& grant) {
    const Query query = {{"grant_type", grant}, {"access_token", access.token.reveal()}};
    auto made = request(access, "GET", "", access.token);
    made.url = access.host + "/refresh_access_token?" + write_query(query); // the one path without a version
    return made;
}

Usage read_usage(const Headers& headers, Time now) {
    Usage usage;
    for (const char* name : {"X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage"})
        read_usage_header(header(headers, name), usage, now);
    return usage;
}

Reply understand(const Access& access, const HttpAnswer& answer, Time now) {
    const auto usage = read_usage(answer.headers, now);
    Reply reply;
    reply.used = usage.used;
    try {
        reply.document = Document::parse(answer.body);
    } catch (const Error&) {
        reply.outcome = outcome_of_no_json(access, answer, now);
        return reply;
    }
    const bool holds_something = reply.document->root().is_object() || reply.document->root().is_array();
    if (!holds_something) { // «null» is JSON, and no answer
        reply.outcome = outcome_of_no_json(access, answer, now);
        reply.document.reset();
    } else if (const auto error = member(reply.document->root(), "error")) {
        reply.outcome = outcome_of_error(access, *error, usage, now);
        reply.too_much = text(*error, "message").find("reduce the amount of data") != std::string::npos; // code 1, as all that is temporary
        reply.document.reset();
    } else if (answer.status != 200) {
        reply.outcome = outcome_of_no_json(access, answer, now);
        reply.document.reset();
    } else {
        reply.outcome.reason = version_note(access, answer.headers);
        // This answer is good, but the next call would be made while throttled.
        if (usage.used.value_or(0) >= 1) {
            reply.outcome.not_before = usage.not_before.value_or(now + 5min);
            reply.outcome.whole_credential = true;
        }
    }
    return reply;
}

Reply call(Http& http, const Access& access, const HttpRequest& request, Time now) {
    try {
        return understand(access, http.send(request), now);
    } catch (const Error& error) {
        const bool again = error.kind() == Error::Kind::unreachable || error.kind() == Error::Kind::too_large;
        if (!again && error.kind() != Error::Kind::refused) throw;
        return {{again ? Ending::later : Ending::broken, access.platform + ": " + error.what(), {}, false},
                nullptr,
                {}};
    }
}

} // namespace larum::connectors::graph
