#pragma once

#include "config/secret.h"
#include "connectors/connector.h"

#include <functional>
#include <string>
#include <string_view>

/// What receivers of several platforms do alike.
namespace larum::connectors {

/// The decoded value of a parameter in the query of `target`; empty when there is none.
std::string query_parameter(std::string_view target, std::string_view name);

/// Two secrets are taken while one is exchanged for the other: `old_secret` may be empty.
struct Secrets {
    const config::Secret& secret;
    const config::Secret& old_secret;

    /// Whether `given` is what `made_with` makes of either. Compared in constant time; an empty `given` never is.
    bool made(std::string_view given, const std::function<std::string(std::string_view secret)>& made_with) const;
    /// Whether `given` is either of them.
    bool is_one(std::string_view given) const;
};

} // namespace larum::connectors
