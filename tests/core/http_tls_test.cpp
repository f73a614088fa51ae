// The certificate is verified for the name although the address is dialled.
#include "core/error.h"
#include "core/http_client.h"
#include "support/catch.h"
#include "support/database.h"
#include "support/process.h"

#include <cstdlib>
#include <filesystem>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

namespace {

/// OpenSSL's own server with a self-signed certificate for `name`, which the test process trusts.
struct TlsServer {
    explicit TlsServer(const std::string& name) {
        const auto key = (folder.path() / "key.pem").string(), certificate = (folder.path() / "cert.pem").string();
        Process make({"/usr/bin/env", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                      "-keyout", key, "-out", certificate, "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name},
                     folder.path() / "made");
        INFO(make.output());
        REQUIRE(make.wait(30s) == 0);
        ::setenv("SSL_CERT_FILE", certificate.c_str(), 1);
        server = std::make_unique<Process>(std::vector<std::string>{"/usr/bin/env", "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", key,
                                                                    "-cert", certificate, "-www"},
                                           folder.path() / "served");
        // It says «ACCEPT 127.0.0.1:PORT».
        REQUIRE(eventually([&] { return server->output().find("ACCEPT 127.0.0.1:") != std::string::npos; }));
        const auto said = server->output();
        port = std::to_string(std::atoi(said.c_str() + said.find("ACCEPT 127.0.0.1:") + 17));
    }
    ~TlsServer() { ::unsetenv("SSL_CERT_FILE"); }

    TemporaryFolder folder;
    std::unique_ptr<Process> server;
    std::string port;
};

HttpRequest to(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.private_allowed = true;
    request.timeout = 10s;
    return request;
}

} // namespace

TEST_CASE("a certificate for the name is taken", "[http][tls]") {
    const TlsServer server("localhost");
    CHECK(make_http()->send(to("https://localhost:" + server.port + "/")).status == 200);
}

TEST_CASE("a trusted certificate for another name is refused", "[http][tls]") {
    const TlsServer server("other.example");
    try {
        make_http()->send(to("https://localhost:" + server.port + "/"));
        FAIL("it was taken");
    } catch (const Error& error) {
        CHECK(error.kind() == Error::Kind::unreachable);
        CHECK(std::string(error.what()).rfind("localhost: ", 0) == 0);
    }
}

TEST_CASE("a certificate that nobody vouches for is refused", "[http][tls]") {
    const TlsServer server("localhost");
    ::setenv("SSL_CERT_FILE", "/dev/null", 1);
    CHECK_THROWS_AS(make_http()->send(to("https://localhost:" + server.port + "/")), Error);
}
