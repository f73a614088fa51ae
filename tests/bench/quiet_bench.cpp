#include "bench/bench.h"

#include "core/error.h"
#include "support/database.h"
#include "support/http_server.h"
#include "support/process.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

/// What larum costs while nothing happens: many sources, each read every minute, none with anything new.
namespace larum::bench {

namespace {

constexpr int sources = 200;
constexpr auto settles = std::chrono::seconds{75}; ///< first readings and probes of all credentials
constexpr auto measured = std::chrono::seconds{120};

struct Seconds {
    double own = 0;
    int parent = 0;
};

/// CPU seconds of a process and of the children that it has buried.
Seconds cpu_of(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string whole((std::istreambuf_iterator<char>(in)), {});
    if (const auto end = whole.rfind(')'); end != whole.npos) whole.erase(0, end + 2);
    std::istringstream fields(whole);
    std::string state;
    Seconds seconds;
    fields >> state >> seconds.parent;
    long skipped = 0, user = 0, system = 0, buried_user = 0, buried_system = 0;
    for (int i = 0; i < 9; ++i) fields >> skipped;
    fields >> user >> system >> buried_user >> buried_system;
    seconds.own = static_cast<double>(user + system + buried_user + buried_system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    return seconds;
}

/// Of the server whose backend `backend` is.
double server_seconds(int backend) {
    const int postmaster = cpu_of(backend).parent;
    double all = cpu_of(postmaster).own;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const int pid = std::atoi(entry.path().filename().c_str());
        if (pid <= 0) continue;
        if (const auto one = cpu_of(pid); one.parent == postmaster) all += one.own;
    }
    return all;
}

/// Empty lists for every page; to a probe, the page that the token names.
test::Scripted answer(const test::SeenRequest& request) {
    test::Scripted made;
    made.headers = {{"Content-Type", "application/json"}, {"facebook-api-version", "v26.0"}};
    made.body = R"({"data":[]})";
    if (request.target.find("/me?") != request.target.npos) {
        const auto token = header(request.headers, "Authorization");
        made.body = R"({"id":")" + token.substr(token.find(' ') + 1) + R"(","name":"Strona"})";
    }
    return made;
}

std::string config_of(const std::string& database, const std::string& state, const std::string& host) {
    std::string text = "state_dir = \"" + state + "\"\n[database]\nurl = \"" + database +
                       "\"\n[listen]\npage = \"127.0.0.1:0\"\nhooks = \"127.0.0.1:0\"\n[brand.acme]\n";
    for (int i = 0; i < sources; ++i) {
        const auto page = std::to_string(1000 + i);
        setenv(("LARUM_BENCH_TOKEN_" + page).c_str(), page.c_str(), 1);
        text += "[source.wall" + page + "]\nkind = \"facebook\"\nmatching = \"own_data\"\nprivate_allowed = true\ninterval = \"60s\"\nhost = \"" + host +
                "\"\npage = \"" + page + "\"\ntoken = \"env:LARUM_BENCH_TOKEN_" + page + "\"\napp_secret = \"env:LARUM_BENCH_TOKEN_" + page + "\"\n";
    }
    return text;
}

} // namespace

void quiet() {
    test::TestDatabase database;
    test::TemporaryFolder folder;
    test::HttpServer platform(answer);
    const auto host = platform.url("");
    const auto config = folder.path() / "larum.toml";
    std::ofstream(config) << config_of(database.url(), (folder.path() / "state").string(), host);
    test::Process larum({test::larum_program(), "run", "--config", config.string()}, folder.path() / "output");
    if (!test::eventually([&] { return larum.output().find("running with") != std::string::npos; }))
        throw Error(Error::Kind::bug, "larum did not start: " + larum.output());
    std::printf("quiet: %d pages of three streams each, every 60 s, with nothing new\n", sources);
    std::fflush(stdout);
    std::this_thread::sleep_for(settles);
    const int backend = std::atoi(database.ask("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() LIMIT 1").c_str());
    const auto calls = platform.seen().size();
    const auto own = cpu_of(larum.pid()).own, server = server_seconds(backend);
    std::this_thread::sleep_for(measured);
    const double length = std::chrono::duration<double>(measured).count();
    const double own_share = (cpu_of(larum.pid()).own - own) / length * 100, server_share = (server_seconds(backend) - server) / length * 100;
    std::printf("quiet: %.1f calls/s; larum %.1f %% of one core, PostgreSQL %.1f %%, together %.1f %% (asked: under 10 %%)\n",
                static_cast<double>(platform.seen().size() - calls) / length, own_share, server_share, own_share + server_share);
}

} // namespace larum::bench
