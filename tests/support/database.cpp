#include "support/database.h"

#include "daemon/store/address.h"
#include "daemon/store/migrate.h"
#include "daemon/store/programs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <mutex>
#include <thread>

extern char** environ;

namespace larum::test {

namespace {

namespace fs = std::filesystem;

/// One PostgreSQL for all tests of this process. A shell is its parent and waits for the end of a pipe whose other
/// end only this process has: however we end, it stops the server and removes the folder.
class Server {
public:
    static Server& the() {
        static Server server;
        return server;
    }

    std::string url(const std::string& database) const {
        return "host='" + folder_.string() + "' user='larum' dbname='" + database + "'";
    }
    const std::string& template_name() const { return template_name_; }

    std::string fresh_name() {
        const std::lock_guard lock(mutex_);
        return "test_" + std::to_string(++made_);
    }

    void administer(const std::string& statement) {
        const auto programs = *store::find_programs();
        // psql, because CREATE DATABASE must stand outside a transaction, which the pool does not offer.
        const auto end = store::run_program({programs.path("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement,
                                             "host='" + folder_.string() + "' user='postgres' dbname='postgres'"},
                                            {});
        if (!end.good()) throw Error(Error::Kind::database, "test server: " + end.output);
    }

private:
    Server() {
        const auto programs = store::find_programs();
        if (!programs) throw Error(Error::Kind::config, "tests need a PostgreSQL server (15 to 17) installed");
        user_ = store::server_user();
        std::string pattern = (fs::temp_directory_path() / "larum-tests-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw Error(Error::Kind::config, "tests: no temporary folder");
        folder_ = pattern;
        if (user_ && chown(folder_.c_str(), user_->uid, user_->gid) != 0)
            throw Error(Error::Kind::config, "tests: the temporary folder cannot be handed over");
        watch(*programs);
        administer("CREATE ROLE larum LOGIN CREATEDB");
        administer("CREATE DATABASE " + template_name_ + " OWNER larum TEMPLATE template0");
        store::Pool pool({.url = url(template_name_), .connections_max = 1});
        store::migrate(pool);
    }

    ~Server() {
        close(pipe_);
        waitpid(shell_, nullptr, 0);
    }

    /// Starts the shell that makes, keeps and removes the server.
    void watch(const store::Programs& programs) {
        const auto data = (folder_ / "data").string();
        auto initialize = store::as_user({programs.path("initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E",
                                             "UTF8", "--locale=C", "-N", "--no-instructions"},
                                            user_);
        auto serve = store::as_user({programs.path("postgres"), "-D", data, "-k", folder_.string(), "-c",
                                        "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c",
                                        "synchronous_commit=off", "-c", "jit=off", "-c", "max_connections=200", "-c",
                                        "shared_buffers=64MB", "-c", "autovacuum=off"},
                                       user_);
        const std::string script = "cd / && " + quoted(initialize) + " >" + quote(folder_ / "log") + " 2>&1 && { " +
                                   quoted(serve) + " >>" + quote(folder_ / "log") +
                                   " 2>&1 </dev/null & server=$!; cat >/dev/null; kill -QUIT $server; wait $server; }; "
                                   "cat >/dev/null; rm -rf " + quote(folder_);
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) throw Error(Error::Kind::bug, "tests: no pipe");
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID); // Ctrl-C is for us, not for the server
        std::string shell = "sh", flag = "-c", text = script;
        char* arguments[] = {shell.data(), flag.data(), text.data(), nullptr};
        if (posix_spawn(&shell_, "/bin/sh", &actions, &attributes, arguments, environ) != 0)
            throw Error(Error::Kind::bug, "tests: no shell");
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        close(ends[0]);
        pipe_ = ends[1];
        wait_until_ready(programs);
    }

    void wait_until_ready(const store::Programs& programs) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (std::chrono::steady_clock::now() < deadline) {
            if (store::run_program({programs.path("pg_isready"), "-q", "-h", folder_.string()}, {}).good()) return;
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
        std::ifstream log(folder_ / "log");
        throw Error(Error::Kind::database, "tests: the server did not start: " +
                                               std::string(std::istreambuf_iterator<char>(log), {}));
    }

    static std::string quote(const fs::path& path) { return "'" + path.string() + "'"; }
    static std::string quoted(const std::vector<std::string>& arguments) {
        std::string line;
        for (const auto& one : arguments) line += (line.empty() ? "'" : " '") + one + "'";
        return line;
    }

    std::optional<store::SystemUser> user_;
    fs::path folder_;
    pid_t shell_ = 0;
    int pipe_ = -1;
    std::mutex mutex_;
    int made_ = 0;
    const std::string template_name_ = "larum_template";
};

std::string created(const std::string& from_template) {
    auto& server = Server::the();
    const auto name = server.fresh_name();
    server.administer("CREATE DATABASE " + name + " OWNER larum TEMPLATE " + from_template);
    return name;
}

void dropped(const std::string& name) noexcept {
    try {
        Server::the().administer("DROP DATABASE " + name + " WITH (FORCE)");
    } catch (const std::exception&) {
        // The whole server goes when the process ends.
    }
}

} // namespace

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "larum-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error(Error::Kind::config, "tests: no temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

EmptyDatabase::EmptyDatabase(const std::string& from_template)
    : name_(created(from_template)), url_(Server::the().url(name_)) {}

EmptyDatabase::~EmptyDatabase() { dropped(name_); }

TestDatabase::TestDatabase()
    : name_(created(Server::the().template_name())), url_(Server::the().url(name_)),
      pool_(std::make_unique<store::Pool>(store::PoolSettings{.url = url_, .connections_max = 8})) {
    std::string pattern = (fs::temp_directory_path() / "larum-state-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw Error(Error::Kind::config, "tests: no temporary folder");
    state_dir_ = pattern;
}

TestDatabase::~TestDatabase() {
    pool_.reset();
    dropped(name_);
    std::error_code ignored;
    fs::remove_all(state_dir_, ignored);
}

config::Config TestDatabase::config() const {
    config::Config made;
    made.state_dir = state_dir_;
    made.database.url = url_;
    return made;
}

std::string TestDatabase::ask(const std::string& sql, const std::vector<store::Param>& parameters) {
    std::string answer;
    pool().with([&](store::Transaction& transaction) {
        const auto rows = transaction.run(sql, parameters);
        if (!rows.empty()) answer = rows.at(0, 0).text();
    });
    return answer;
}

} // namespace larum::test
