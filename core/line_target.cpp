#include "core/line_target.h"

#include <algorithm>
#include <charconv>

namespace larum {

namespace {

[[noreturn]] void no_target(const LineRequest& request) {
    const std::string expected = request.form == LineRequest::Form::websocket ? "wss://host/path" : "https://host/path";
    throw Error(Error::Kind::config, "not the address of a line; expected " + expected + " without a user in it");
}

std::uint16_t port_of(std::string_view digits, const LineRequest& request) {
    std::uint16_t port = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) no_target(request);
    return port;
}

} // namespace

std::string LineTarget::authority() const {
    const auto name = host.find(':') == host.npos ? host : "[" + host + "]";
    return port == (secure ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

LineTarget target_of(const LineRequest& request) {
    const bool socket = request.form == LineRequest::Form::websocket;
    const std::string_view secure = socket ? "wss://" : "https://", plain = socket ? "ws://" : "http://";
    std::string_view rest = request.url;
    LineTarget target;
    target.secure = rest.starts_with(secure);
    if (!target.secure && !rest.starts_with(plain)) no_target(request);
    if (!target.secure && !request.private_allowed)
        throw Error(Error::Kind::refused, "a line without TLS is opened to private addresses only, with private_allowed");
    rest.remove_prefix(target.secure ? secure.size() : plain.size());
    const auto path = std::min(rest.find_first_of("/?#"), rest.size());
    auto authority = rest.substr(0, path);
    rest = rest.substr(path, rest.find('#') - path);
    if (!rest.empty()) target.resource = (rest.front() == '/' ? "" : "/") + std::string(rest);
    if (authority.find('@') != authority.npos || target.resource.find_first_of(" \r\n") != target.resource.npos) no_target(request);
    target.port = target.secure ? 443 : 80;
    const auto bracket = authority.find(']');
    if (const auto colon = authority.rfind(':'); colon != authority.npos && (bracket == authority.npos || colon > bracket)) {
        target.port = port_of(authority.substr(colon + 1), request);
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
    if (authority.empty()) no_target(request);
    target.host = authority;
    return target;
}

} // namespace larum
