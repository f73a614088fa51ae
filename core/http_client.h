#pragma once

#include "core/http.h"

#include <memory>

namespace larum {

struct HttpSettings {
    std::string proxy;    ///< «http://host:port»; empty: none. The environment is never asked
    int threads = 4;      ///< of the whole process; only the first maker's number counts
    int hosts_max = 64;   ///< connections of that many hosts are kept
    std::string user_agent = "larum/0.1";
};

/// The real Http, on cpprestsdk. It resolves the name itself, refuses addresses that are not public
/// (core/address.h) unless the request allows them, and dials the very address that it checked, while the
/// certificate is still verified for the name. `timeout` bounds the whole call but the resolving of the name.
/// Behind a proxy the names are resolved there, so addresses cannot be checked here.
/// Requests other than GET never reuse a connection: a reused one that the other side had just closed would be
/// sent again by the library, and an alert could be seen twice.
/// Stated gaps of cpprestsdk 2.10: an https address with a port of its own gets a `Host` without the port (the
/// library verifies the certificate against that header); a host that has IPv6 addresses only cannot be reached;
/// response headers, and a single chunk of a chunked answer, are bounded by the time-out alone.
std::unique_ptr<Http> make_http(const HttpSettings& settings = {});

} // namespace larum
