#include "daemon/review/visit.h"

#include "core/error.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

namespace larum::review {

using nlohmann::json;

Id Visit::id(std::string_view name) const {
    try {
        return id_from_text(request.part(name));
    } catch (const Error&) {
        throw Refusal(404, "not_found", "There is nothing here.");
    }
}

config::Brand Visit::brand_settings(const std::string& brand) const {
    if (const auto* found = house.config->find_brand(brand)) return *found;
    config::Brand unknown;
    unknown.name = brand;
    return unknown;
}

std::vector<BrandId> Visit::brands() const {
    std::vector<BrandId> all;
    for (const auto& one : account.brands) all.push_back(one.brand);
    return all;
}

json Visit::body() const {
    auto parsed = json::parse(request.body, nullptr, false);
    if (!parsed.is_object()) throw Refusal(400, "input", "The body is no JSON object.");
    return parsed;
}

std::string optional_text_field(const json& body, const char* name, std::size_t bytes_max) {
    const auto found = body.find(name);
    if (found == body.end() || found->is_null()) return {};
    if (!found->is_string()) throw Refusal(400, "input", std::string(name) + ": expected a text.");
    auto value = text::trim(text::valid_utf8(found->get_ref<const std::string&>()));
    if (value.size() > bytes_max)
        throw Refusal(400, "input", std::string(name) + ": at most " + std::to_string(bytes_max) + " bytes.");
    return value;
}

std::string text_field(const json& body, const char* name, std::size_t bytes_max) {
    auto value = optional_text_field(body, name, bytes_max);
    if (value.empty()) throw Refusal(400, "input", std::string(name) + " is missing.");
    return value;
}

std::string word_field(const json& body, const char* name, const std::vector<std::string>& allowed) {
    auto value = text_field(body, name, 64);
    std::string all;
    for (const auto& one : allowed) {
        if (one == value) return value;
        all += (all.empty() ? "" : ", ") + one;
    }
    throw Refusal(400, "input", std::string(name) + ": expected one of " + all + ".");
}

web::Response answer(const json& body, int status) {
    return web::Response::json(status, body.dump(-1, ' ', false, json::error_handler_t::replace));
}

} // namespace larum::review
