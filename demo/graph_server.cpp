#include "demo/graph_server.h"

#include "core/crypto.h"
#include "core/error.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace larum::demo {

using nlohmann::json;

namespace {

constexpr int page_most = 100;

json envelope(const GraphError& error) {
    json inner = {{"message", error.what()},
                  {"type", "OAuthException"},
                  {"code", error.code},
                  {"fbtrace_id", "AsimulatedTrace"}};
    if (error.subcode > 0) inner["error_subcode"] = error.subcode;
    return {{"error", inner}};
}

std::optional<Time> read_unix(const std::string& text) {
    std::int64_t seconds = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc())
        return std::nullopt;
    return Time(std::chrono::seconds(seconds));
}

std::int64_t unix_seconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string bearer(const Request& request) {
    const auto value = header(request.headers, "Authorization");
    if (value.starts_with("Bearer ")) return value.substr(7);
    return parameter(request.query, "access_token");
}

/// «/v26.0/123/feed» without its version; empty when there is none.
std::string without_version(const std::string& path) {
    if (!path.starts_with("/v")) return {};
    const auto slash = path.find('/', 1);
    return slash == path.npos ? "/" : path.substr(slash);
}

/// The whole URL of the next page, token and all, as Graph hands it out.
void write_paging(json& list, const std::string& base, std::string_view query, const std::string& token) {
    json paging = {{"cursors", {{"before", "QVFIUbefore"}, {"after", "QVFIUafter"}}}};
    if (list.contains("next")) {
        std::string next = base + "?access_token=" + token + "&limit=" + parameter(query, "limit");
        for (const auto& [name, value] : list["next"].items())
            next += '&' + name + '=' + value.get<std::string>();
        paging["next"] = next;
        list.erase("next");
    }
    list["paging"] = paging;
}

} // namespace

GraphServer::GraphServer(const Clock& clock, Settings settings)
    : clock_(clock), settings_(std::move(settings)), world_(settings_.page_id, settings_.page_name),
      server_([this](const Request& request) { return answer(request); }, settings_.port) {}

// ---- answering ---------------------------------------------------------------------------------------

HttpAnswer GraphServer::answer(const Request& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (!instead_.empty()) {
        auto instead = std::move(instead_.front());
        instead_.pop_front();
        return instead;
    }
    auto given = answer_graph(request);
    if (truncate_ > 0) {
        --truncate_;
        given.body.resize(given.body.size() / 2);
    }
    return given;
}

HttpAnswer GraphServer::answer_graph(const Request& request) {
    try {
        const auto path = without_version(request.path);
        if (path.empty()) throw GraphError(2500, 0, "Unknown path components: " + request.path);
        check_budget();
        const auto token = bearer(request);
        const bool posted = request.method == "POST";
        if (path == "/debug_token") {
            if (token != settings_.app_id + '|' + settings_.app_secret)
                throw GraphError(190, 0, "Invalid OAuth access token signature.");
            return {200, headers(), debug_token(request.query).dump()};
        }
        check_token(token);
        check_proof(token, posted ? request.body : request.query);
        return {200, headers(),
                (posted && path == "/" ? batch(request.body) : read(path, request.query)).dump()};
    } catch (const GraphError& error) {
        return {400, headers(), envelope(error).dump()};
    }
}

void GraphServer::check_budget() {
    ++calls_; // calls made while throttled count, too
    if (throttled_code_ != 0)
        throw GraphError(throttled_code_, 0,
                         "(#" + std::to_string(throttled_code_) + ") request limit reached");
    if (calls_allowed_ > 0 && calls_ > calls_allowed_)
        throw GraphError(
            80001, 0,
            "(#80001) There have been too many calls to this Page account. Wait a bit and try again.");
}

void GraphServer::check_token(const std::string& token) {
    if (token.empty())
        throw GraphError(104, 0, "(#104) An access token is required to request this resource.");
    if (token != settings_.token)
        throw GraphError(190, 0, "Invalid OAuth access token - Cannot parse access token");
    if (token_subcode_ >= 0) throw GraphError(190, token_subcode_, "Error validating access token");
    if (token_expires_ && *token_expires_ <= clock_.now())
        throw GraphError(190, 463, "Error validating access token: Session has expired");
}

void GraphServer::check_proof(const std::string& token, std::string_view parameters) {
    const auto proof = parameter(parameters, "appsecret_proof");
    if (proof.empty())
        throw GraphError(100, 0, "API calls from the server require an appsecret_proof argument");
    if (proof != to_hex(hmac_sha256(settings_.app_secret, token)))
        throw GraphError(100, 0, "Invalid appsecret_proof provided in the API argument");
}

json GraphServer::read(const std::string& path, std::string_view query) {
    if (!parameter(query, "ids").empty())
        throw GraphError(100, 0, "(#100) The parameter ids is no longer supported; use batch requests");
    const auto slash = path.find('/', 1);
    const auto node = path.substr(1, slash == path.npos ? path.npos : slash - 1);
    if (slash != path.npos) return list(node, path.substr(slash + 1), query);
    return world_.node(node == "me" ? settings_.page_id : node, read_fields(parameter(query, "fields")));
}

ListQuery GraphServer::read_list_query(std::string_view query) const {
    ListQuery read;
    const auto limit = parameter(query, "limit");
    if (!limit.empty()) std::from_chars(limit.data(), limit.data() + limit.size(), read.limit);
    if (read.limit < 1 || read.limit > page_most)
        throw GraphError(100, 0, "(#100) Param limit must be at most " + std::to_string(page_most));
    read.fields = read_fields(parameter(query, "fields"));
    read.since = read_unix(parameter(query, "since"));
    read.until = read_unix(parameter(query, "until"));
    read.after = parameter(query, "after");
    if (read.after.empty()) read.after = parameter(query, "__paging_token");
    read.newest_first = parameter(query, "order") == "reverse_chronological";
    read.replies = parameter(query, "filter") == "stream";
    return read;
}

json GraphServer::list(const std::string& node, const std::string& edge, std::string_view query) {
    if (missing_permissions_.contains(edge))
        throw GraphError(10, 0, "(#10) This endpoint requires the 'pages_read_user_content' permission");
    const auto asked = read_list_query(query);
    json shown;
    if (edge == "comments")
        shown = world_.comments(node, asked);
    else if (edge == "messages")
        shown = world_.messages(node, asked);
    else if (node != settings_.page_id)
        world_.find(node), throw GraphError(100, 0, "(#100) Unknown edge " + edge);
    else if (edge == "feed")
        shown = world_.posts(Wall::page, asked, short_pages_);
    else if (edge == "visitor_posts")
        shown = world_.posts(Wall::visitors, asked, short_pages_);
    else if (edge == "tagged")
        shown = world_.posts(Wall::tagged, asked, short_pages_);
    else if (edge == "conversations")
        shown = world_.conversations(asked);
    else if (edge == "ratings")
        throw GraphError(12, 0, "(#12) recommendation is deprecated for versions v22.0 and higher");
    else if (edge == "subscribed_apps")
        shown["data"] = callback_.empty() ? json::array() : json::array({json{{"id", settings_.app_id}}});
    else
        throw GraphError(2500, 0, "Unknown path components: /" + edge);
    const auto base = url() + "/v26.0/";
    write_paging(shown, base + node + '/' + edge, query, settings_.token);
    for (auto& item : shown["data"])
        if (item.contains("messages"))
            write_paging(item["messages"], base + item["id"].get<std::string>() + "/messages", {},
                         settings_.token);
    return shown;
}

json GraphServer::batch(std::string_view form) {
    const auto items = json::parse(parameter(form, "batch"), nullptr, false);
    if (!items.is_array() || items.size() > 50)
        throw GraphError(100, 0, "(#100) batch must be a list of at most 50 requests");
    json answers = json::array();
    for (const auto& item : items) {
        const auto url = item.value("relative_url", "");
        const auto mark = std::min(url.size(), url.find('?'));
        try {
            const auto body =
                read('/' + url.substr(0, mark), std::string_view(url).substr(std::min(url.size(), mark + 1)));
            answers.push_back({{"code", 200}, {"body", body.dump()}});
        } catch (const GraphError& error) {
            answers.push_back({{"code", 400}, {"body", envelope(error).dump()}});
        }
    }
    return answers;
}

json GraphServer::debug_token(std::string_view query) {
    const bool known = parameter(query, "input_token") == settings_.token;
    const bool expired = token_expires_ && *token_expires_ <= clock_.now();
    json data = {
        {"app_id", settings_.app_id},
        {"type", token_type_},
        {"application", "Simulated"},
        {"data_access_expires_at", unix_seconds(clock_.now() + std::chrono::hours(24 * 60))},
        {"expires_at", token_expires_ ? unix_seconds(*token_expires_) : 0},
        {"is_valid", known && !expired && token_subcode_ < 0},
        {"scopes", {"pages_show_list", "pages_read_engagement", "pages_messaging", "pages_manage_metadata"}}};
    if (missing_permissions_.empty()) data["scopes"].push_back("pages_read_user_content");
    if (token_type_ == "PAGE") data["profile_id"] = settings_.page_id;
    if (expired || token_subcode_ >= 0)
        data["error"] = {{"code", 190},
                         {"subcode", expired ? 463 : token_subcode_},
                         {"message", "Error validating access token"}};
    return {{"data", data}};
}

Headers GraphServer::headers() const {
    Headers all = {{"Content-Type", "application/json; charset=UTF-8"},
                   {"facebook-api-version", served_version_}};
    const bool counted = calls_allowed_ > 0;
    if (!counted && throttled_code_ == 0) return all; // the headers appear only after enough calls
    const int percent = throttled_code_ != 0 ? 100 : std::min(100, 100 * calls_ / calls_allowed_);
    const int minutes = percent >= 100 ? std::max(throttled_minutes_, 1) : 0;
    const json app = {{"call_count", percent / 2}, {"total_time", 1}, {"total_cputime", 1}};
    all.emplace_back("X-App-Usage", app.dump());
    const json pages = {{"type", "pages"},
                        {"call_count", percent},
                        {"total_cputime", 1},
                        {"total_time", 1},
                        {"estimated_time_to_regain_access", minutes}};
    json by_business;
    by_business[settings_.page_id] = json::array({pages});
    all.emplace_back("X-Business-Use-Case-Usage", by_business.dump());
    return all;
}

// ---- moods ---------------------------------------------------------------------------------------------

void GraphServer::throttle(int code, int minutes) {
    const std::lock_guard lock(mutex_);
    throttled_code_ = code;
    throttled_minutes_ = minutes;
}

void GraphServer::allow_calls(int count) {
    const std::lock_guard lock(mutex_);
    calls_allowed_ = count;
    calls_ = 0;
}

void GraphServer::relent() {
    const std::lock_guard lock(mutex_);
    throttled_code_ = throttled_minutes_ = calls_allowed_ = calls_ = 0;
}

void GraphServer::break_token(int subcode) {
    const std::lock_guard lock(mutex_);
    token_subcode_ = subcode;
}

void GraphServer::expire_token_at(Time at) {
    const std::lock_guard lock(mutex_);
    token_expires_ = at;
}

void GraphServer::mend_token() {
    const std::lock_guard lock(mutex_);
    token_subcode_ = -1;
    token_expires_.reset();
    missing_permissions_.clear();
}

void GraphServer::use_token_type(const std::string& type) {
    const std::lock_guard lock(mutex_);
    token_type_ = type;
}

void GraphServer::miss_permission(const std::string& edge) {
    const std::lock_guard lock(mutex_);
    missing_permissions_.insert(edge);
}

void GraphServer::answer_next(HttpAnswer answer, int count) {
    const std::lock_guard lock(mutex_);
    instead_.insert(instead_.end(), static_cast<std::size_t>(count), answer);
}

void GraphServer::truncate_next(int count) {
    const std::lock_guard lock(mutex_);
    truncate_ = count;
}

void GraphServer::short_pages(bool on) {
    const std::lock_guard lock(mutex_);
    short_pages_ = on;
}

void GraphServer::serve_version(const std::string& version) {
    const std::lock_guard lock(mutex_);
    served_version_ = version;
}

std::vector<Request> GraphServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

} // namespace larum::demo
