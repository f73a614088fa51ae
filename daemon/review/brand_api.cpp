#include "core/reported.h"
#include "daemon/review/visit.h"
#include "daemon/store/acts.h"
#include "daemon/store/review.h"
#include "daemon/store/source_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

/// What concerns a brand as a whole: reporting a post, its mode, its sources, its dead letters, its people.
namespace larum::review {

using nlohmann::json;

namespace {

store::Actor actor(const Visit& visit) { return {visit.grant->brand, visit.account.id, visit.now}; }

std::string link_field(const json& body) {
    auto url = text_field(body, "url", 2000);
    const bool plain = std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 0x7F; });
    const bool web = url.rfind("https://", 0) == 0 || url.rfind("http://", 0) == 0;
    if (!plain || !web || host_of_link(url).empty())
        throw Refusal(400, "input", "url: expected the post's address, beginning with https://.");
    return url;
}

Time written_at(const json& body, Time now) {
    const auto text = optional_text_field(body, "posted_at", 40);
    if (text.empty()) return now;
    const auto at = parse_time(text);
    if (!at || *at > now + std::chrono::minutes(10))
        throw Refusal(400, "input", "posted_at: expected a time that has passed, such as 2026-04-05T22:41:03Z.");
    return *at;
}

web::Response report(Visit& visit) {
    const auto body = visit.body();
    auto post = reported_post(link_field(body));
    post.text = text_field(body, "text", 20000);
    post.author.name = optional_text_field(body, "author", 200);
    post.posted_at = written_at(body, visit.now);
    const auto reported = store::report_post(visit.transaction, visit.house.ids, actor(visit), post);
    return answer({{"post", to_text(reported.post)}, {"fresh", reported.fresh}}, reported.fresh ? 201 : 200);
}

web::Response switch_mode(Visit& visit) {
    const auto mode = word_field(visit.body(), "mode", {"shadow", "live"});
    if (visit.brand_settings().mode)
        throw Refusal(409, "fixed", "The config file says this brand's mode; it is changed there.");
    store::switch_mode(visit.transaction, visit.house.ids, actor(visit), mode);
    return answer({{"mode", mode}});
}

web::Response show_people(Visit& visit) {
    return answer({{"people", store::read_people(visit.transaction, visit.grant->brand)}});
}

web::Response show_sources(Visit& visit) {
    auto sources = json::array();
    for (const auto& one : store::source_reports(visit.transaction, visit.brands(), visit.now)) sources.push_back(store::to_json(one));
    return answer({{"sources", std::move(sources)}, {"now", format_time(visit.now)}});
}

/// Dead letters may quote what no source claims: admins only.
web::Response show_dead_letters(Visit& visit) {
    std::vector<BrandId> brands;
    for (const auto& one : visit.account.brands)
        if (one.role == store::Role::admin) brands.push_back(one.brand);
    return answer({{"letters", store::read_dead_letters(visit.transaction, brands)}});
}

web::Response rerun(Visit& visit) {
    if (!store::rerun_dead_letter(visit.transaction, visit.house.ids, actor(visit), visit.id("id")))
        throw Refusal(409, "cannot_rerun", "This one cannot be run again from here.");
    return answer({{"done", true}});
}

} // namespace

std::vector<ApiRoute> brand_routes() {
    return {
        {"POST", "/api/brands/{brand}/posts", Need::reviewer, report},
        {"PUT", "/api/brands/{brand}/mode", Need::admin, switch_mode},
        {"GET", "/api/brands/{brand}/people", Need::viewer, show_people},
        {"GET", "/api/sources", Need::account, show_sources},
        {"GET", "/api/dead-letters", Need::account, show_dead_letters},
        {"POST", "/api/brands/{brand}/dead-letters/{id}/rerun", Need::admin, rerun},
    };
}

} // namespace larum::review
