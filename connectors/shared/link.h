#pragma once

#include "core/http.h"

#include <string>
#include <string_view>

namespace larum::connectors {

/// The parameter `name` in the query of the `Link` header's target of relation `relation` (RFC 8288); empty when there is none.
/// Only the parameter is taken, never the address: a server must not choose where our token is sent.
std::string link_parameter(const Headers& headers, std::string_view relation, std::string_view name);

} // namespace larum::connectors
