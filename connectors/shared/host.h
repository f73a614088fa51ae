#pragma once

#include "config/option.h"

#include <string>

namespace larum::connectors {

/// Whether the source may call private addresses (`private_allowed`, a setting that larum itself describes).
bool private_allowed(const config::Value& table);

/// Adds a problem when `host`, the value of `key`, is not the beginning of an address such as https://api.example:
/// without a path, and http:// only together with `private_allowed`.
void check_host(const config::Value& table, const char* key, const std::string& host, config::Problems&);

} // namespace larum::connectors
