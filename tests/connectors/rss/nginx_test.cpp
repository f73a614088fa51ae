// Feeds over a real web server: what a scripted answer cannot show.
#include "connectors/connector.h"
#include "core/http_client.h"
#include "support/catch.h"
#include "support/process.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
namespace fs = std::filesystem;

namespace {

int free_port() {
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(made);
    return ntohs(address.sin_port);
}

void write_file(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

std::string read_file(const fs::path& path) {
    std::stringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
}

std::string feed(const std::vector<std::string>& titles, int ttl) {
    std::string items;
    for (const auto& one : titles)
        items += "<item><guid>" + one + "</guid><title>" + one + "</title><pubDate>Sun, 05 Apr 2026 07:00:00 GMT</pubDate></item>";
    return "<rss version=\"2.0\"><channel><title>Forum</title><ttl>" + std::to_string(ttl) + "</ttl>" + items + "</channel></rss>";
}

/// nginx on loopback with a folder of feeds, all of it below one temporary folder.
class Nginx {
public:
    Nginx() : folder_(fs::temp_directory_path() / ("larum-nginx-" + std::to_string(::getpid()))), port_(free_port()) {
        fs::create_directories(folder_ / "www");
        fs::create_directories(folder_ / "logs");
        write_file(folder_ / "nginx.conf", configuration());
    }
    ~Nginx() {
        process_.reset();
        fs::remove_all(folder_);
    }
    bool start() {
        const auto program = fs::exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        process_ = std::make_unique<Process>(std::vector<std::string>{program, "-p", folder_.string(), "-c", (folder_ / "nginx.conf").string()}, folder_ / "output");
        return eventually([&] { return fs::exists(folder_ / "nginx.pid") && fs::file_size(folder_ / "nginx.pid") > 0; }, std::chrono::seconds{10});
    }
    void put(const std::string& name, const std::string& text) { write_file(folder_ / "www" / name, text); }
    std::string url(const std::string& name) const { return "http://127.0.0.1:" + std::to_string(port_) + "/" + name; }
    /// «path status» of each request so far; nginx writes it when the answer is out.
    std::string log(std::size_t lines) const {
        std::string all;
        eventually([&] { return std::ranges::count(all = read_file(folder_ / "access.log"), '\n') >= static_cast<std::ptrdiff_t>(lines); }, std::chrono::seconds{5});
        return all;
    }
    std::string complaint() const { return process_ ? process_->output() : ""; }

private:
    std::string configuration() const {
        const auto here = folder_.string();
        return "daemon off; master_process off; pid " + here + "/nginx.pid; error_log " + here + "/error.log;\nevents {}\nhttp {\n" +
               "  log_format brief '$uri $status $sent_http_content_encoding'; access_log " + here + "/access.log brief;\n" +
               "  client_body_temp_path " + here + "/a; proxy_temp_path " + here + "/b; fastcgi_temp_path " + here + "/c; uwsgi_temp_path " + here + "/d; scgi_temp_path " + here + "/e;\n" +
               "  types { application/rss+xml xml; }\n  gzip on; gzip_min_length 1; gzip_types application/rss+xml;\n" +
               "  server { listen 127.0.0.1:" + std::to_string(port_) + "; root " + here + "/www;\n" +
               "    location = /gone.xml { return 410; }\n    location = /moved.xml { return 301 /feed.xml; }\n    location = /away.xml { return 302 /feed.xml; }\n" +
               "    location = /busy.xml { add_header Retry-After 120 always; return 503; }\n  }\n}\n";
    }
    fs::path folder_;
    int port_;
    std::unique_ptr<Process> process_;
};

/// The real client, allowed to call loopback, as `private_allowed` of a source does it.
class LoopbackHttp final : public Http {
public:
    HttpAnswer send(const HttpRequest& request) override {
        auto onward = request;
        onward.private_allowed = true;
        return http_->send(onward);
    }

private:
    std::unique_ptr<Http> http_ = make_http();
};

struct Source {
    Source(Http& http, const std::string& url) {
        config::Problems problems;
        connector = find_kind("rss")->make(config::parse_toml("url = \"" + url + "\"\n", "test"), {}, problems, {http}).connector;
        REQUIRE(problems.empty());
    }
    PollResult poll() {
        Session session;
        Call call{*parse_time("2026-04-05T12:00:00Z"), session};
        auto result = connector->poll(stream, call);
        if (result.page.cursor) stream.cursor = *result.page.cursor;
        return result;
    }
    std::unique_ptr<Connector> connector;
    Stream stream{"feed", "", {}};
};

} // namespace

TEST_CASE("a feed on a real web server is asked only for what is new, and obeyed", "[rss][nginx]") {
    Nginx nginx;
    nginx.put("feed.xml", feed({"first"}, 45));
    if (!nginx.start()) {
        WARN("skipped: nginx (package nginx-light) does not run here: " + nginx.complaint().substr(0, 300));
        return;
    }
    LoopbackHttp http;

    SECTION("an unchanged feed is answered 304, a changed one is read again") {
        Source source(http, nginx.url("feed.xml"));
        const auto first = source.poll();
        REQUIRE(first.outcome.ok());
        CHECK(first.page.posts.size() == 1);
        CHECK(first.page.next_in == std::optional<Span>(std::chrono::minutes{45}));
        CHECK(source.poll().page.posts.empty());
        nginx.put("feed.xml", feed({"first", "second"}, 45)); // another size, hence another ETag
        CHECK(source.poll().page.posts.size() == 2);
        CHECK(nginx.log(3).find("/feed.xml 200 gzip\n/feed.xml 304 -\n/feed.xml 200 gzip\n") == 0);
    }
    SECTION("a feed that moved for good is remembered at its new place") {
        Source source(http, nginx.url("moved.xml"));
        CHECK(source.poll().page.more);
        CHECK(source.poll().page.posts.size() == 1);
        source.poll();
        CHECK(nginx.log(3) == "/moved.xml 301 -\n/feed.xml 200 gzip\n/feed.xml 304 -\n");
    }
    SECTION("a feed that is elsewhere this time is asked at its own place the next") {
        Source source(http, nginx.url("away.xml"));
        source.poll();
        CHECK(source.poll().page.posts.size() == 1);
        source.poll();
        CHECK(nginx.log(3) == "/away.xml 302 -\n/feed.xml 200 gzip\n/away.xml 302 -\n");
    }
    SECTION("a feed that is gone is retired, a missing one comes again, a busy one rests as told") {
        CHECK(Source(http, nginx.url("gone.xml")).poll().outcome.ending == Ending::gone);
        CHECK(Source(http, nginx.url("missing.xml")).poll().outcome.ending == Ending::later);
        const auto busy = Source(http, nginx.url("busy.xml")).poll().outcome;
        CHECK(busy.ending == Ending::later);
        CHECK(busy.not_before == parse_time("2026-04-05T12:02:00Z"));
    }
}
