#include "core/crypto.h"
#include "core/error.h"
#include "core/http_client.h"
#include "core/log.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_signals.h"
#include "daemon/daemon.h"
#include "daemon/review/password.h"
#include "daemon/store/accounts.h"
#include "daemon/store/import.h"
#include "demo/story.h"

#include <CLI/CLI.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <mutex>

namespace larum::commands {

namespace {

using std::filesystem::path;

constexpr int usual_port = 8420;
const std::string account_name = "demo";

struct Given {
    int port = 0; ///< 0: the usual one, else any that is free
    std::optional<int> exit_after;
};

/// A folder that goes with the demo. Others may pass through it (the private database may run as another user),
/// but not look into it.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "larum-demo-XXXXXX").string();
        if (!mkdtemp(name.data())) throw Error(Error::Kind::config, "no folder can be made in " + std::filesystem::temp_directory_path().string());
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const path& where() const { return path_; }

private:
    path path_;
};

/// A port that is free now: `wanted`, else any. 0 when `wanted` is taken.
int free_port(int wanted) {
    const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(wanted));
    socklen_t size = sizeof address;
    const bool bound = bind(listening, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(listening);
    return bound ? ntohs(address.sin_port) : 0;
}

int page_port(const Given& given) {
    if (given.port != 0) {
        if (free_port(given.port) == 0)
            throw Error(Error::Kind::config, "port " + std::to_string(given.port) + " is taken; expected a free one, or no --port at all");
        return given.port;
    }
    const int usual = free_port(usual_port);
    return usual != 0 ? usual : free_port(0);
}

/// What the user sees: the story's steps and the chat's messages, each with its second.
class Screen {
public:
    explicit Screen(Time start) : start_(start) {}

    void step(const std::string& what, Time now) {
        const std::lock_guard lock(mutex_);
        std::printf("%4lld s  %s\n", seconds(now), what.c_str());
        std::fflush(stdout);
    }

    void message(const demo::ChatMessage& message, Time now) {
        const std::lock_guard lock(mutex_);
        std::printf("\n%4lld s  ┌─ chat %s%s\n", seconds(now), message.channel.c_str(), message.edits > 0 ? ", the same message edited" : "");
        std::size_t at = 0;
        while (at < message.text.size()) {
            const auto end = std::min(message.text.find('\n', at), message.text.size());
            std::printf("        │ %s\n", message.text.substr(at, end - at).c_str());
            at = end + 1;
        }
        std::printf("        └─\n\n");
        std::fflush(stdout);
    }

private:
    long long seconds(Time now) const { return std::chrono::duration_cast<std::chrono::seconds>(now - start_).count(); }

    std::mutex mutex_;
    Time start_;
};

/// The shop's records, and an account whose password holds for this run only.
std::string fill(store::Store& store, const std::string& brand, const demo::Files& files, Time now) {
    const store::ImportInto into{store.brand(brand), store.key()};
    store::import_file(store.pool(), store.ids(), into, store::ImportKind::customers, files.customers);
    store::import_file(store.pool(), store.ids(), into, store::ImportKind::cases, files.cases);
    store::import_file(store.pool(), store.ids(), into, store::ImportKind::contacts, files.contacts);
    const std::string password = random_token().substr(0, 14);
    const auto hash = review::hash_password(password);
    store.pool().with([&](store::Transaction& transaction) {
        const Id account = store.ids().next();
        store::add_account(transaction, account, account_name, hash, "pl", now);
        store::grant(transaction, account, into.brand, store::Role::admin);
    });
    return password;
}

void greet(int port, const std::string& password) {
    std::printf("\n  larum is running. Everything here is simulated and goes when you press Ctrl-C.\n\n"
                "    page      http://127.0.0.1:%d\n    name      %s\n    password  %s\n\n"
                "  Below: what people do on the shop's page, and what the service team's chat shows.\n"
                "  The first urgent message comes within seconds. Then open the page: the queue on the left, her story\n"
                "  with all she tried on the right.\n\n",
                port, account_name.c_str(), password.c_str());
    std::fflush(stdout);
}

class Demo {
public:
    explicit Demo(const Given& given) : given_(given) {}

    int play(const Signals& signals) {
        std::fprintf(stderr, "larum: setting up a private database and the simulated platforms\n");
        const int port = page_port(given_), hooks = free_port(0);
        demo::GraphServer graph(clock_, demo::story_page());
        demo::ChatServer chat(clock_);
        const demo::Places places{folder_.where(), "127.0.0.1:" + std::to_string(port), "127.0.0.1:" + std::to_string(hooks), graph.url(),
                                  chat.slack_api()};
        demo::set_the_scene(graph, clock_.now());
        const auto files = demo::write_files(places, graph.settings(), chat.settings(), clock_.now());
        std::filesystem::permissions(folder_.where(), std::filesystem::perms(0711));
        const auto config = std::make_shared<const config::Config>(config::read_config(files.config));
        log::start(log::Level::warn, "text");
        const auto store = store::open_store(*config, clock_);
        auto story = demo::tell_story();
        const auto password = fill(*store, story.brand, files, clock_.now());
        const auto http = make_http();
        const Judge judge;
        Screen screen(clock_.now());
        chat.on_change([&](const demo::ChatMessage& message) { screen.message(message, clock_.now()); });
        const Daemon daemon(config, *store, *http, judge, clock_);
        if (!graph.subscribe("http://" + places.hooks + demo::story_hook)) throw Error(Error::Kind::bug, "the demo's webhook was not taken");
        greet(port, password);
        tell(story, graph, screen, signals);
        chat.on_change({});
        std::fprintf(stderr, "\nlarum: ending; nothing is left behind\n");
        return 0;
    }

private:
    /// Plays the story, then waits for Ctrl-C or the given end.
    void tell(demo::Story& story, demo::GraphServer& graph, Screen& screen, const Signals& signals) {
        const Time start = clock_.now();
        std::size_t next = 0;
        bool told_end = false;
        while (true) {
            const Time now = clock_.now();
            for (; next < story.steps.size() && now - start >= story.steps[next].at; ++next) {
                screen.step(story.steps[next].what, now);
                story.steps[next].action(graph);
            }
            graph.deliver();
            if (!told_end && now - start >= story.length) {
                screen.step("the story is told; the page stays until you press Ctrl-C", now);
                told_end = true;
            }
            if (given_.exit_after && now - start >= std::chrono::seconds{*given_.exit_after}) return;
            if (const int signal = signals.wait(std::chrono::milliseconds{100}); signal == SIGTERM || signal == SIGINT) return;
        }
    }

    Given given_;
    SystemClock clock_;
    Folder folder_;
};

} // namespace

void add_demo(CLI::App& app, Invocation& invocation) {
    auto* command = app.add_subcommand("demo", "The whole product on this machine: simulated platforms play a story.");
    command->footer("Example: larum demo --port 8420");
    const auto given = std::make_shared<Given>();
    command->add_option("--port", given->port, "port of the page (default: 8420 when it is free, else any)")->check(CLI::Range(1, 65535));
    command->add_option("--exit-after", given->exit_after, "end by itself after so many seconds")->check(CLI::Range(1, 86400));
    command->callback([&invocation, given] {
        invocation.work = [given] {
            const Signals signals; // before any thread is born
            return Demo(*given).play(signals);
        };
    });
}

} // namespace larum::commands
