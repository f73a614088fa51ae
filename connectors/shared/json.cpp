#include "connectors/shared/json.h"

#include "core/text.h"

namespace larum::connectors::json {

namespace {

const Json* find(const Json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

} // namespace

Json parse(std::string_view bytes) { return Json::parse(bytes, nullptr, false); }

std::string text(const Json& object, const char* name) {
    const auto* value = find(object, name);
    if (value && value->is_string()) return text::valid_utf8(value->get_ref<const std::string&>());
    return value && value->is_number_integer() ? value->dump() : std::string();
}

const Json& member(const Json& object, const char* name) {
    static const Json nothing = Json::object();
    const auto* value = find(object, name);
    return value && value->is_object() ? *value : nothing;
}

const Json& list(const Json& object, const char* name) {
    static const Json nothing = Json::array();
    const auto* value = find(object, name);
    return value && value->is_array() ? *value : nothing;
}

std::optional<std::int64_t> count(const Json& object, const char* name) {
    const auto* value = find(object, name);
    return value && value->is_number_integer() ? std::optional(value->get<std::int64_t>()) : std::nullopt;
}

std::optional<double> number(const Json& object, const char* name) {
    const auto* value = find(object, name);
    return value && value->is_number() ? std::optional(value->get<double>()) : std::nullopt;
}

bool flag(const Json& object, const char* name) {
    const auto* value = find(object, name);
    return value && value->is_boolean() && value->get<bool>();
}

std::string raw(const Json& item) { return item.dump(-1, ' ', false, Json::error_handler_t::replace); }

} // namespace larum::connectors::json
