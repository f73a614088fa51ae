#pragma once

#include <nlohmann/json.hpp>

#include <string>

/// Reading what the store gave as JSON: a member that is absent or of another type is empty.
namespace larum::review {

inline std::string text_of(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

inline nlohmann::json field(const nlohmann::json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nlohmann::json(nullptr) : *found;
}

} // namespace larum::review
