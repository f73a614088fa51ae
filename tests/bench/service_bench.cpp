#include "bench/bench.h"
#include "bench/ground.h"

#include "core/crypto.h"
#include "core/error.h"
#include "demo/graph_server.h"
#include "support/database.h"
#include "support/process.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

/// The real daemon as its users meet it: from a webhook's receipt to the alert at a receiver, and its memory over
/// very many posts.
namespace larum::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int posts_per_second = 200;
constexpr int seconds_long = 20;
constexpr int urgent_every = 20; ///< 5 %
constexpr int repetitions = 5;
constexpr int first_number = 1'000'000;

std::string file_of(const test::TemporaryFolder& folder, const char* name, const std::string& text) {
    const auto path = folder.path() / name;
    std::ofstream(path) << text;
    return path.string();
}

/// When each numbered alert arrived.
class Receiver {
public:
    Receiver() : server_([this](const demo::Request& request) { return take(request); }) {}
    std::string url() const { return server_.url() + "/alerts"; }

    bool wait_for(std::size_t count, std::chrono::seconds most) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, most, [&] { return arrived_.size() >= count; });
    }
    std::map<int, Steady::time_point> take_all() {
        const std::lock_guard lock(mutex_);
        return std::move(arrived_);
    }

private:
    HttpAnswer take(const demo::Request& request) {
        const auto now = Steady::now();
        const std::lock_guard lock(mutex_);
        // The post's number is its only run of seven digits.
        for (std::size_t at = 0, run = 0; at <= request.body.size(); ++at) {
            if (at < request.body.size() && std::isdigit(static_cast<unsigned char>(request.body[at]))) {
                ++run;
                continue;
            }
            if (run == 7) arrived_.emplace(std::stoi(request.body.substr(at - run, run)), now);
            run = 0;
        }
        changed_.notify_all();
        return {200, {}, "{}"};
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<int, Steady::time_point> arrived_;
    demo::Server server_;
};

std::string event(const std::string& page, int number, bool urgent) {
    const auto text = urgent ? "Dzwonię i piszę po raz trzeci w sprawie " + std::to_string(number) + " i nadal żadnej odpowiedzi, skandal!"
                             : "Czy sklep jest otwarty w niedzielę? Ładne te nowe kubki, pozdrawiam " + std::to_string(number);
    const auto at = std::to_string(std::time(nullptr));
    return R"({"object":"page","entry":[{"id":")" + page + R"(","time":)" + at + R"(,"changes":[{"field":"feed","value":{"from":{"id":"7)" +
           std::to_string(number) + R"(","name":"Jan Przykład"},"message":")" + text + R"(","post_id":")" + page + "_" + std::to_string(number) +
           R"(","created_time":)" + at + R"(,"item":"post","verb":"add"}}]}]})";
}

double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Sends events at a steady pace from a few threads; when each urgent one was sent.
std::map<int, Steady::time_point> send_events(const std::string& hook, const demo::GraphServer::Settings& page, int from) {
    std::mutex mutex;
    std::map<int, Steady::time_point> sent;
    constexpr int threads = 4;
    const auto start = Steady::now();
    std::vector<std::thread> senders;
    for (int t = 0; t < threads; ++t)
        senders.emplace_back([&, t] {
            for (int i = t; i < posts_per_second * seconds_long; i += threads) {
                std::this_thread::sleep_until(start + std::chrono::microseconds(1'000'000LL * i / posts_per_second));
                const bool urgent = i % urgent_every == 0;
                HttpRequest request;
                request.method = "POST";
                request.url = hook;
                request.body = event(page.page_id, from + i, urgent);
                request.headers = {{"Content-Type", "application/json"},
                                   {"X-Hub-Signature-256", "sha256=" + to_hex(hmac_sha256(page.app_secret, request.body))}};
                const auto now = Steady::now();
                if (demo::call_loopback(request).status != 200) throw Error(Error::Kind::refused, "an event was refused");
                if (!urgent) continue;
                const std::lock_guard lock(mutex);
                sent[from + i] = now;
            }
        });
    for (auto& one : senders) one.join();
    return sent;
}

std::string resident(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmRSS:", 0) == 0) return line.substr(6);
    return "0 kB";
}

} // namespace

void alert_latency() {
    const SystemClock clock;
    test::TestDatabase database;
    test::TemporaryFolder folder;
    Receiver receiver;
    demo::GraphServer graph(clock, {});
    const auto& page = graph.settings();
    const int hooks = test::free_port();
    const auto config = file_of(folder, "larum.toml",
        "state_dir = \"" + (folder.path() / "state").string() + "\"\n[database]\nurl = \"" + database.url() +
        "\"\nconnections = 12\n[listen]\npage = \"127.0.0.1:0\"\nhooks = \"127.0.0.1:" + std::to_string(hooks) +
        "\"\n[brand.acme]\nlanguage = \"pl\"\nmode = \"live\"\nburst_alerts = 0\nfold_similar = false\n"
        "[brand.acme.playbook]\nurgent = [{after = \"0s\", channels = [\"desk\"]}]\n"
        "[channel.desk]\nkind = \"webhook\"\ndetail = \"full\"\nper_second = 0\nprivate_allowed = true\nurl = \"file:" + file_of(folder, "receiver", receiver.url()) +
        "\"\n[source.wall]\nkind = \"facebook\"\nmatching = \"own_data\"\nprivate_allowed = true\nhost = \"" + graph.url() + "\"\npage = \"" +
        page.page_id + "\"\ntoken = \"file:" + file_of(folder, "token", page.token) + "\"\napp_secret = \"file:" + file_of(folder, "secret", page.app_secret) +
        "\"\n[app.meta]\nkind = \"facebook\"\napp_secret = \"file:" + file_of(folder, "secret2", page.app_secret) + "\"\nverify_token = \"file:" +
        file_of(folder, "verify", page.verify_token) + "\"\n");
    test::Process larum({test::larum_program(), "run", "--config", config}, folder.path() / "output");
    if (!test::eventually([&] { return larum.output().find("running with") != std::string::npos; }))
        throw Error(Error::Kind::bug, "larum did not start: " + larum.output());
    std::printf("alert: webhook receipt to receipt of the alert, %d posts/s for %d s, 5 %% urgent, %d repetitions\n", posts_per_second, seconds_long,
                repetitions);
    std::vector<double> medians, tails;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        const auto sent = send_events("http://127.0.0.1:" + std::to_string(hooks) + "/hooks/meta", page, first_number + repetition * 100'000);
        if (!receiver.wait_for(sent.size(), std::chrono::seconds{60})) std::printf("  not every alert came within 60 s\n");
        const auto arrived = receiver.take_all();
        std::vector<double> waits;
        for (const auto& [number, at] : sent)
            if (const auto found = arrived.find(number); found != arrived.end())
                waits.push_back(std::chrono::duration<double, std::milli>(found->second - at).count());
        if (waits.empty()) throw Error(Error::Kind::bug, "no alert came: " + larum.output());
        medians.push_back(percentile(waits, 0.5));
        tails.push_back(percentile(waits, 0.99));
        std::printf("  %zu of %zu alerts, p50 %.0f ms, p99 %.0f ms\n", waits.size(), sent.size(), medians.back(), tails.back());
    }
    std::printf("alert: median of p50 %.0f ms, of p99 %.0f ms (asked: p99 under 500 ms)\n", percentile(medians, 0.5), percentile(tails, 0.5));
}

void memory() {
    const char* given = std::getenv("LARUM_BENCH_POSTS");
    const int posts = given ? std::atoi(given) : 1'000'000;
    test::TestDatabase database;
    test::TemporaryFolder folder;
    {
        std::ofstream file(folder.path() / "posts.jsonl");
        for (int i = 0; i < posts; ++i)
            file << R"({"platform":"forum","id":")" << i << R"(","author":{"id":"a)" << i % 100'000 << R"(","name":"Jan Przykład"},"text":")"
                 << (i % 20 ? "Czy sklep jest otwarty w niedzielę? Ładne te nowe kubki." : "Paczka nie doszła, nikt nie odbiera telefonu, wstyd.")
                 << R"(","posted_at":"2026-04-05T22:41:03Z"})" << '\n';
    }
    const auto config = file_of(folder, "larum.toml",
        "state_dir = \"" + (folder.path() / "state").string() + "\"\n[database]\nurl = \"" + database.url() +
        "\"\n[listen]\npage = \"127.0.0.1:0\"\nhooks = \"127.0.0.1:0\"\n[brand.acme]\n[source.posts]\nkind = \"file\"\nmatching = \"full\"\n"
        "interval = \"1s\"\npath = \"" + (folder.path() / "posts.jsonl").string() + "\"\n");
    const auto start = Steady::now();
    test::Process larum({test::larum_program(), "run", "--config", config}, folder.path() / "output");
    std::printf("memory: resident memory of the daemon over %d posts from a file\n", posts);
    for (int quarter = 1; quarter <= 4; ++quarter) {
        const auto wanted = std::to_string(static_cast<long long>(posts) * quarter / 4);
        test::eventually([&] { return database.ask("SELECT count(*) >= " + wanted + " FROM decision") == "t" || !larum.running(); },
                         std::chrono::seconds{1800});
        std::printf("  after %s posts: %s, %.0f s\n", wanted.c_str(), resident(larum.pid()).c_str(),
                    std::chrono::duration<double>(Steady::now() - start).count());
        std::fflush(stdout);
    }
    std::printf("memory: asked: under 200 MB, flat over the second half\n");
}

} // namespace larum::bench
