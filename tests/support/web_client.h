#pragma once

#include "core/http.h"

#include <map>
#include <string>
#include <string_view>

namespace larum::test {

/// A tiny HTTP/1.1 client over a blocking socket: one request a connection, the cookie kept between them.
class Client {
public:
    explicit Client(int port) : port_(port) {}

    HttpAnswer send(const std::string& method, const std::string& target, const std::string& body = {},
                    const Headers& headers = {});
    HttpAnswer get(const std::string& target) { return send("GET", target); }
    /// With JSON type and the CSRF token that was given at sign-in.
    HttpAnswer write(const std::string& method, const std::string& target, const std::string& body = "{}");
    HttpAnswer sign_in(const std::string& name, const std::string& password);

    std::string cookie; ///< «name=value», as received
    std::string csrf;

private:
    int port_;
};

/// A bare connection for what no proper client does.
class Wire {
public:
    explicit Wire(int port);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    void say(std::string_view bytes);
    /// What comes until `enough` is in it, the other side closes, or five seconds pass.
    std::string hear(std::string_view enough);
    bool closed_within(int milliseconds);

private:
    int socket_;
    std::string heard_;
};

} // namespace larum::test
