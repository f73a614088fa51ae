#pragma once

#include "config/option.h"

#include <string>
#include <string_view>

namespace larum::connectors {

/// Whether the source may call private addresses (`private_allowed`, a setting that larum itself describes).
bool private_allowed(const config::Value& table);

/// Adds a problem when `host`, the value of `key`, is not the beginning of an address such as https://api.example:
/// without a path, and http:// only together with `private_allowed`.
void check_host(const config::Value& table, const char* key, const std::string& host, config::Problems&);

/// «forum.example:8080» of «https://forum.example:8080/path».
std::string host_name(std::string_view url);

} // namespace larum::connectors
