#pragma once

#include "core/http.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace larum::test {

struct SeenRequest {
    std::string method;
    std::string target; ///< path with query, as sent
    Headers headers;
    std::string body;
};

/// What the scripted server does with a request.
struct Scripted {
    enum class Way {
        whole,    ///< the answer as it stands
        truncate, ///< promises the whole body, sends half, closes
        hang,     ///< takes the request and never answers
        reset,    ///< closes with RST before any answer
        repeat,   ///< sends `body` again and again until `bytes`, as one body of known length
        chunks,   ///< like repeat, in one chunk of a chunked body
        headers,  ///< header lines without end, until `bytes`
    };
    int status = 200;
    Headers headers;
    std::string body;
    Way way = Way::whole;
    std::size_t bytes = 0;
    bool close = false; ///< close the connection after the answer, although keep-alive was promised
};

/// A scripted HTTP/1.1 server on a free loopback port. Stops, whatever its clients do, when it is destroyed.
class HttpServer {
public:
    using Script = std::function<Scripted(const SeenRequest&)>;
    explicit HttpServer(Script script);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    int port() const;
    std::string url(const std::string& target = "/") const; ///< http://127.0.0.1:PORT/...
    std::vector<SeenRequest> seen() const;
    int connections() const; ///< accepted so far

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// An Http without a network: answers what the test says and remembers what was asked.
class ScriptedHttp final : public Http {
public:
    using Script = std::function<HttpAnswer(const HttpRequest&)>;
    explicit ScriptedHttp(Script script) : script_(std::move(script)) {}
    HttpAnswer send(const HttpRequest& request) override {
        requests.push_back(request);
        return script_(request);
    }
    std::vector<HttpRequest> requests;

private:
    Script script_;
};

} // namespace larum::test

namespace larum {
namespace tests = test;
}
