// The webhook listener of the real daemon, over HTTP.
#include "core/crypto.h"
#include "demo/graph_server.h"
#include "stories/installation.h"
#include "support/catch.h"
#include "support/web_client.h"

#include <atomic>
#include <thread>

using namespace larum;
using namespace std::chrono_literals;

namespace {

/// A daemon with one page and its app; the page itself answers polls with nothing.
struct Listener {
    SystemClock clock;
    demo::GraphServer graph{clock};
    test::Installation here;
    int port = test::free_port();
    std::unique_ptr<test::Process> daemon;

    Listener() {
        const auto& page = graph.settings();
        const auto secret = here.folder.path() / "secret", token = here.folder.path() / "token", verify = here.folder.path() / "verify";
        std::ofstream(secret) << page.app_secret;
        std::ofstream(token) << page.token;
        std::ofstream(verify) << page.verify_token;
        here.hooks = "127.0.0.1:" + std::to_string(port);
        here.write("[source.wall]\nkind = \"facebook\"\nmatching = \"own_data\"\nprivate_allowed = true\nhost = \"" + graph.url() + "\"\npage = \"" +
                   page.page_id + "\"\ntoken = \"file:" + token.string() + "\"\napp_secret = \"file:" + secret.string() +
                   "\"\n[app.meta]\nkind = \"facebook\"\napp_secret = \"file:" + secret.string() + "\"\nverify_token = \"file:" + verify.string() + "\"\n");
        start();
    }
    void start() {
        daemon = here.start();
        REQUIRE(says(*daemon, "running with"));
    }

    std::string event(int number) const {
        const auto& page = graph.settings().page_id;
        const auto at = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(clock.now().time_since_epoch()).count());
        return R"({"object":"page","entry":[{"id":")" + page + R"(","time":)" + at +
               R"(,"changes":[{"field":"feed","value":{"from":{"id":"7","name":"Jan Przyk\u0142ad"},"message":"Pytanie )" + std::to_string(number) +
               R"(","post_id":")" + page + "_" + std::to_string(number) + R"(","created_time":)" + at + R"(,"item":"post","verb":"add"}}]}]})";
    }
    HttpAnswer send(const std::string& body, const std::string& path = "/hooks/meta") const {
        return test::Client(port).send("POST", path, body, {{"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256(graph.settings().app_secret, body))}});
    }
    std::string ask(const std::string& sql) { return here.database.ask(sql); }
};

} // namespace

TEST_CASE("the webhook listener answers the handshake, events, strangers and too much as it should", "[stories]") {
    Listener web;
    const auto shaken = test::Client(web.port).get("/hooks/meta?hub.mode=subscribe&hub.challenge=123&hub.verify_token=" + web.graph.settings().verify_token);
    CHECK(shaken.status == 200);
    CHECK(shaken.body == "123");
    CHECK(header(shaken.headers, "Content-Type") == "text/plain");
    CHECK(test::Client(web.port).get("/hooks/meta").status == 403);

    CHECK(web.send(web.event(1)).status == 200);
    CHECK(web.ask("SELECT count(*) FROM raw_webhook") == "1");
    CHECK(test::Client(web.port).send("POST", "/hooks/meta", web.event(2)).status == 401);
    CHECK(web.send(web.event(2), "/hooks/other").status == 404);
    CHECK(web.send(web.event(2), "/hooks").status == 404);
    CHECK(test::Client(web.port).send("DELETE", "/hooks/meta").status == 405);
    CHECK(web.send(std::string((8u << 20) + 1, 'x')).status == 413);
    CHECK(web.ask("SELECT count(*) FROM raw_webhook") == "1");
    CHECK(test::eventually([&] { return web.ask("SELECT count(*) FROM post") == "1"; }));
    CHECK(test::eventually([&] { return web.ask("SELECT verified || ' ' || forged FROM app") == "1 2"; }));
}

TEST_CASE("a daemon that is killed amid webhooks loses none that it answered", "[stories]") {
    Listener web;
    std::vector<int> answered;
    std::mutex mutex;
    std::atomic<int> number = 0;
    for (int kill = 0; kill < 3; ++kill) {
        std::atomic<bool> killed = false;
        std::vector<std::thread> senders;
        for (int t = 0; t < 4; ++t)
            senders.emplace_back([&] {
                while (!killed) {
                    const int mine = ++number;
                    try {
                        if (web.send(web.event(mine)).status != 200) continue;
                    } catch (const std::exception&) {
                        continue; // nobody answered: the platform would come again
                    }
                    const std::lock_guard lock(mutex);
                    answered.push_back(mine);
                }
            });
        const auto enough = static_cast<std::size_t>(kill + 1) * 100;
        CHECK(test::eventually([&] {
            const std::lock_guard lock(mutex);
            return answered.size() >= enough;
        }));
        web.daemon->signal(SIGKILL);
        CHECK(web.daemon->wait(30s));
        killed = true;
        for (auto& one : senders) one.join();
        web.start();
    }
    INFO(web.daemon->output());
    CHECK(test::eventually([&] { return web.ask("SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == "0"; }));
    std::string ids;
    for (const int one : answered) ids += (ids.empty() ? "" : ",") + ("'" + web.graph.settings().page_id + "_" + std::to_string(one) + "'");
    CHECK(web.ask("SELECT count(*) FROM post WHERE native_id IN (" + ids + ")") == std::to_string(answered.size()));
    CHECK(web.ask("SELECT count(*) = count(DISTINCT native_id) FROM post") == "t");
}
