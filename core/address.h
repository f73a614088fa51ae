#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace larum {

/// Whether `address` (numeric IPv4 or IPv6) belongs to the public internet. Loopback, private, shared
/// (100.64/10), link-local, unique-local, multicast, documentation and cloud metadata addresses do not, nor do
/// IPv6 forms that carry such an IPv4 address inside. What is no address is not public.
bool is_public_address(std::string_view address);

/// The numeric addresses of `host`, IPv4 first, at most 16. A numeric host is its own address. Throws
/// Error::Kind::unreachable, naming the host, when there is none.
std::vector<std::string> resolve(const std::string& host);

} // namespace larum
