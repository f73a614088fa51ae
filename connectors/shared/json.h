#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Reading a platform's JSON without ever throwing: what is absent or of another type is empty.
namespace larum::connectors::json {

using Json = nlohmann::json;

/// The document; discarded (`is_discarded()`) when the bytes are no JSON.
Json parse(std::string_view bytes);

/// The text in a member, valid UTF-8; whole numbers are taken too, since ids come as either.
std::string text(const Json& object, const char* name);
/// The object or list in a member; an empty one otherwise. Refers into `object`.
const Json& member(const Json& object, const char* name);
const Json& list(const Json& object, const char* name);
std::optional<std::int64_t> count(const Json& object, const char* name);
std::optional<double> number(const Json& object, const char* name);
bool flag(const Json& object, const char* name);

/// An item for the dead letters: as compact JSON, invalid bytes replaced.
std::string raw(const Json& item);

} // namespace larum::connectors::json
