#include "daemon/store/cluster.h"

#include "core/error.h"
#include "daemon/store/file_lock.h"
#include "daemon/store/server_files.h"

#include <chrono>
#include <thread>

namespace larum::store {

namespace fs = std::filesystem;

namespace {

constexpr auto start_wait_max = std::chrono::seconds{60};

/// Enough for the server's own files and its first write-ahead log.
constexpr std::uintmax_t free_bytes_min = 100u << 20;

[[noreturn]] void refuse(const std::string& text) { throw Error(Error::Kind::config, text); }

void check_space(const fs::path& folder) {
    std::error_code trouble;
    const auto space = fs::space(folder, trouble);
    if (trouble || space.available >= free_bytes_min) return;
    throw Error(Error::Kind::database, "the disk is full: " + std::to_string(space.available >> 20) + " MB are free in " +
                                           folder.string() + ", the private database needs " +
                                           std::to_string(free_bytes_min >> 20) + " MB to start");
}

/// The programs for the data that are there, else the newest.
Programs programs_for(const fs::path& data, const fs::path& root) {
    const auto made_by = data_version(data);
    if (const auto found = find_programs(made_by, root)) return *found;
    if (!made_by)
        refuse("database.url is \"embedded\", but no PostgreSQL server (15 to 17) is installed: apt-get install "
               "postgresql, or set database.url to a server of yours");
    const auto other = find_programs({}, root);
    refuse(data.string() + " was made by PostgreSQL " + std::to_string(*made_by) + ", which is not installed" +
           (other ? " (" + std::to_string(other->major) + " is)" : "") + ". Install postgresql-" +
           std::to_string(*made_by) + "; to move to a newer one: larum db backup FILE, set that folder aside, " +
           "larum db restore FILE");
}

} // namespace

struct Cluster::Impl {
    fs::path home; ///< state folder / postgres
    fs::path data = home / "data";
    Places places;
    std::optional<SystemUser> user;
    Programs programs;
    FileLock starting{home / "starting.lock"}; ///< held while anybody starts or stops the server
    FileLock using_it{home / "using.lock"};    ///< shared by all who use it
    fs::path socket;

    Impl(fs::path its_home, Places its_places)
        : home(std::move(its_home)), places(std::move(its_places)), user(user_of(home)),
          programs(programs_for(data, places.programs)) {}

    void enter();
    void leave() noexcept;
    void initialize();
    void start();
    void make_database();
    ProgramEnd control(std::vector<std::string> arguments) const;
};

/// pg_ctl with our data folder.
ProgramEnd Cluster::Impl::control(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {programs.path("pg_ctl"), "-D", data.string(), "-s"});
    return run_program(std::move(arguments), user);
}

/// Made aside and renamed, so that a crash in the middle leaves nothing that looks whole.
void Cluster::Impl::initialize() {
    check_space(home);
    const auto aside = home / "data.new";
    fs::remove_all(aside);
    std::vector<std::string> arguments = {programs.path("initdb"), "-D", aside.string(), "-U", "postgres",
                                          "-A", "trust", "-E", "UTF8", "--locale=C", "--data-checksums", "--no-instructions"};
    if (places.keep == Keep::for_now) arguments.push_back("--no-sync");
    const auto end = run_program(arguments, user);
    if (!end.good()) {
        std::error_code ignored;
        fs::remove_all(aside, ignored);
        throw Error(Error::Kind::database, "the private database cannot be made in " + home.string() + ": " + failure_in(end.output));
    }
    write_settings(aside);
    fs::rename(aside, data);
}

void Cluster::Impl::start() {
    check_space(home);
    if (socket.empty()) socket = socket_folder(home, user, places.runtime);
    keep_log_small(home / "log");
    const std::string hurry = places.keep == Keep::for_now ? " -c fsync=off -c full_page_writes=off" : "";
    const auto deadline = std::chrono::steady_clock::now() + start_wait_max;
    for (;;) {
        remove_stale_pid_file(data);
        // No server runs on our data, so whatever is left in its own socket folder is a killed one's.
        for (const auto& left : fs::directory_iterator(socket)) {
            std::error_code ignored;
            fs::remove(left, ignored);
        }
        const auto end = control({"-w", "-t", "60", "-l", (home / "log").string(), "-o",
                                  "-k '" + socket.string() + "' -h ''" + hurry, "start"});
        if (end.good()) return;
        // After a kill its children may still hold the shared memory for a moment.
        const auto words = log_tail(home / "log");
        const bool in_a_moment = words.find("still in use") != std::string::npos;
        if (!in_a_moment || std::chrono::steady_clock::now() > deadline)
            throw Error(Error::Kind::database, "the private database does not start: " +
                                                   failure_in(words.empty() ? end.output : words) + " (see " +
                                                   (home / "log").string() + ")");
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

/// The role and the database, when they are missing; only after a start, which is rare.
void Cluster::Impl::make_database() {
    const auto server = "host='" + socket.string() + "' port=5432 user=postgres dbname=postgres";
    const auto ask = [&](const std::string& statement) {
        auto end = run_program({programs.path("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, server}, user);
        if (end.good()) return end.output;
        throw Error(Error::Kind::database, "the private database cannot be prepared: " + failure_in(end.output));
    };
    if (ask("SELECT 1 FROM pg_roles WHERE rolname = 'larum'").empty()) ask("CREATE ROLE larum LOGIN");
    if (ask("SELECT 1 FROM pg_database WHERE datname = 'larum'").empty())
        ask("CREATE DATABASE larum OWNER larum TEMPLATE template0");
}

void Cluster::Impl::enter() {
    const auto turn = starting.exclusive(start_wait_max);
    using_it.share();
    if (!data_version(data)) initialize();
    if (const auto running = running_server(data)) {
        socket = running->socket; // another's, or one whose starter was killed: ours as well now
        return;
    }
    start();
    make_database();
}

/// The last to leave stops the server.
void Cluster::Impl::leave() noexcept {
    try {
        const auto turn = starting.exclusive(start_wait_max);
        using_it.unlock();
        if (!using_it.try_exclusive()) return;
        control({"-w", "-t", "60", "-m", "fast", "stop"});
        std::error_code ignored;
        fs::remove(socket, ignored);
        using_it.unlock();
    } catch (const std::exception&) {
        // It goes on without us; whoever comes next adopts it.
    }
}

Cluster::Cluster(const fs::path& state_dir) : Cluster(state_dir, Places{}) {}

Cluster::Cluster(const fs::path& state_dir, const Places& places) {
    make_home(state_dir);
    impl_ = std::make_unique<Impl>(fs::canonical(state_dir) / "postgres", places);
    try {
        impl_->enter();
    } catch (...) {
        impl_->leave();
        throw;
    }
}

Cluster::~Cluster() { impl_->leave(); }

void Cluster::revive() {
    const auto turn = impl_->starting.exclusive(start_wait_max);
    if (const auto running = running_server(impl_->data)) return;
    impl_->start();
}

std::string Cluster::url() const {
    return "host='" + impl_->socket.string() + "' port=5432 user=larum dbname=larum";
}

const Programs& Cluster::programs() const { return impl_->programs; }

} // namespace larum::store
