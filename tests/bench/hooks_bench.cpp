#include "bench/bench.h"
#include "bench/ground.h"
#include "bench/web_load.h"

#include "core/crypto.h"
#include "core/error.h"
#include "daemon/store/raw_webhooks.h"
#include "demo/graph_server.h"
#include "support/process.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <thread>

/// Webhooks into the real daemon, one event each, with a disk that is asked to be sure (fsync) before any answer.
namespace larum::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int events_per_second = 2000;
constexpr int seconds_long = 20;
constexpr int overload_per_second = 20'000;
constexpr int overload_seconds = 3;

std::string event(const std::string& page, int number) {
    const auto at = std::to_string(std::time(nullptr));
    return R"({"object":"page","entry":[{"id":")" + page + R"(","time":)" + at + R"(,"changes":[{"field":"feed","value":{"from":{"id":"7)" +
           std::to_string(number) + R"(","name":"Jan Przyk\u0142ad"},"message":"Czy sklep jest otwarty w niedziel\u0119? \u0141adne te nowe kubki, )" +
           R"(pozdrawiam serdecznie z wakacji nad jeziorem )" + std::to_string(number) + R"(","post_id":")" + page + "_" + std::to_string(number) +
           R"(","created_time":)" + at + R"(,"item":"post","verb":"add"}}]}]})";
}

std::vector<std::string> requests(const demo::GraphServer::Settings& page, int from, int count) {
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        const auto body = event(page.page_id, from + i);
        all.push_back("POST /hooks/meta HTTP/1.1\r\nHost: larum.example\r\nContent-Type: application/json\r\nX-Hub-Signature-256: sha256=" +
                      to_hex(hmac_sha256(page.app_secret, body)) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    return all;
}

std::string file_of(const test::TemporaryFolder& folder, const char* name, const std::string& text) {
    const auto path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
}

/// The plain way: a body a commit, by four workers at the same pace.
void plain_way(PrivateServer& server, const std::string& body) {
    constexpr int workers = 4;
    constexpr int count = events_per_second * seconds_long / 2;
    std::mutex mutex;
    Answered all;
    const auto start = Steady::now();
    std::vector<std::thread> threads;
    for (int w = 0; w < workers; ++w)
        threads.emplace_back([&, w] {
            std::vector<double> waits;
            for (int i = w; i < count; i += workers) {
                const auto due = start + std::chrono::microseconds(1'000'000LL * i / events_per_second);
                std::this_thread::sleep_until(due);
                const std::vector<store::NewWebhook> one = {{server.store->ids().next(), "plain", body, "", server.clock.now()}};
                server.store->pool().with([&](store::Transaction& transaction) { store::keep_webhooks(transaction, one); });
                waits.push_back(std::chrono::duration<double, std::milli>(Steady::now() - due).count());
            }
            const std::lock_guard lock(mutex);
            all.milliseconds.insert(all.milliseconds.end(), waits.begin(), waits.end());
        });
    for (auto& one : threads) one.join();
    all.per_second = count / std::chrono::duration<double>(Steady::now() - start).count();
    std::sort(all.milliseconds.begin(), all.milliseconds.end());
    std::printf("  a commit each, 4 workers, asked %d/s: %.0f/s, p50 %.1f ms, p99 %.1f ms (without HTTP and signatures)\n", events_per_second, all.per_second,
                all.percentile(0.5), all.percentile(0.99));
    server.store->pool().with([](store::Transaction& transaction) { transaction.run("TRUNCATE raw_webhook"); });
}

void print(const char* what, const Answered& answered, int asked) {
    std::printf("  %s, asked %d/s: %.0f/s, p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.0f ms, %d answered 503, %d failed\n", what, asked,
                answered.per_second, answered.percentile(0.5), answered.percentile(0.99), answered.percentile(0.999), answered.percentile(1), answered.refused,
                answered.failed);
    std::fflush(stdout);
}

std::int64_t ask(PrivateServer& server, const std::string& sql) {
    std::int64_t answer = 0;
    server.store->pool().with([&](store::Transaction& transaction) { answer = transaction.run(sql).at(0, 0).integer(); });
    return answer;
}

} // namespace

void hook_latency() {
    const SystemClock clock;
    PrivateServer server;
    demo::GraphServer graph(clock, {});
    const auto& page = graph.settings();
    std::printf("hooks: the answer to a webhook of %zu bytes, durable before it is given\n", event(page.page_id, 1'000'000).size());
    plain_way(server, event(page.page_id, 1'000'000));

    const test::TemporaryFolder folder;
    const int port = test::free_port();
    const auto config = file_of(folder, "larum.toml",
        "state_dir = \"" + server.config.state_dir.string() + "\"\n[listen]\npage = \"127.0.0.1:0\"\nhooks = \"127.0.0.1:" + std::to_string(port) +
        "\"\n[brand.acme]\nlanguage = \"pl\"\n[source.wall]\nkind = \"facebook\"\nmatching = \"own_data\"\nprivate_allowed = true\nhost = \"" + graph.url() +
        "\"\npage = \"" + page.page_id + "\"\ntoken = \"file:" + file_of(folder, "token", page.token) + "\"\napp_secret = \"file:" +
        file_of(folder, "secret", page.app_secret) + "\"\n[app.meta]\nkind = \"facebook\"\napp_secret = \"file:" + file_of(folder, "secret2", page.app_secret) +
        "\"\nverify_token = \"file:" + file_of(folder, "verify", page.verify_token) + "\"\n");
    test::Process larum({test::larum_program(), "run", "--config", config}, folder.path() / "output");
    if (!test::eventually([&] { return larum.output().find("running with") != std::string::npos; }))
        throw Error(Error::Kind::bug, "larum did not start: " + larum.output());

    send_at_pace({port, 64, events_per_second / 4}, requests(page, 1'000'000, events_per_second)); // warm
    const auto sent = requests(page, 2'000'000, events_per_second * seconds_long);
    print("larum run, splitting and judging them meanwhile", send_at_pace({port, 64, events_per_second}, sent), events_per_second);
    const auto start = Steady::now();
    const auto all = std::to_string(events_per_second * (seconds_long + 1));
    test::eventually([&] { return ask(server, "SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == 0 || !larum.running(); }, std::chrono::seconds{600});
    std::printf("  %lld of %s events are posts %.1f s after the last was sent\n", static_cast<long long>(ask(server, "SELECT count(*) FROM post")), all.c_str(),
                std::chrono::duration<double>(Steady::now() - start).count());

    const auto flood = requests(page, 3'000'000, overload_per_second * overload_seconds);
    print("overload over 200 connections", send_at_pace({port, 200, overload_per_second}, flood), overload_per_second);
    std::printf("hooks: asked: p99 under 20 ms at %d events/s\n", events_per_second);
}

} // namespace larum::bench
