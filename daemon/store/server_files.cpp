#include "daemon/store/server_files.h"

#include "core/crypto.h"
#include "core/error.h"
#include "daemon/store/state_folder.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

namespace larum::store {

namespace fs = std::filesystem;

namespace {

constexpr auto settle_max = std::chrono::seconds{60};
constexpr std::uintmax_t log_bytes_max = 1u << 20;
constexpr std::size_t socket_path_max = 107 - sizeof("/.s.PGSQL.5432");

void hand_over(const fs::path& folder, const std::optional<SystemUser>& user) {
    if (user && chown(folder.c_str(), user->uid, user->gid) != 0)
        throw Error(Error::Kind::config, folder.string() + " cannot be handed to " + user->name + ": " + std::strerror(errno));
}

/// The lines of postmaster.pid: pid, data, start, port, socket folder, address, shared memory, state.
std::array<std::string, 8> pid_file(const fs::path& data) {
    std::array<std::string, 8> lines;
    std::ifstream in(data / "postmaster.pid");
    for (auto& line : lines) std::getline(in, line);
    return lines;
}

/// The server's processes work in its data folder.
bool works_in(pid_t pid, const fs::path& data) {
    std::error_code trouble;
    const auto folder = fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", trouble);
    return !trouble && fs::equivalent(folder, data, trouble) && !trouble;
}

/// Ours alone, or refused: in a temporary folder anybody could have put something by that name.
bool made_for(const fs::path& folder, const std::optional<SystemUser>& user) {
    const uid_t owner = user ? user->uid : geteuid();
    const bool made = mkdir(folder.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return false;
    if (made) hand_over(folder, user);
    struct stat found{};
    return lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == owner && (found.st_mode & 077) == 0;
}

} // namespace

void make_home(const fs::path& state_dir) {
    prepare_state_folder(state_dir);
    const auto home = state_dir / "postgres";
    make_private_folder(home, user_of(home));
    const auto user = user_of(home);
    if (user && !run_program({"test", "-w", home.string()}, user).good())
        throw Error(Error::Kind::config, "the private database runs as " + user->name + ", who cannot enter " +
                                             home.string() + "; set state_dir to a folder such as /var/lib/larum");
}

std::optional<SystemUser> user_of(const fs::path& home) {
    if (geteuid() != 0) return {};
    struct stat found{};
    for (const auto& folder : {home, home.parent_path()}) {
        if (stat(folder.c_str(), &found) != 0 || found.st_uid == 0) continue;
        const passwd* owner = getpwuid(found.st_uid);
        return SystemUser{found.st_uid, found.st_gid, owner != nullptr ? owner->pw_name : std::to_string(found.st_uid)};
    }
    return server_user();
}

std::optional<int> data_version(const fs::path& data) {
    std::ifstream in(data / "PG_VERSION");
    int version = 0;
    if (!(in >> version)) return {};
    return version;
}

void write_settings(const fs::path& data) {
    // Errors go to larum by their first line and not to this log at all: both would quote people's data.
    std::ofstream(data / "postgresql.conf") << R"(# Written by larum when it made this private server.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
)";
    // Who may enter the socket's folder (0700) is the server's own user, or root.
    std::ofstream(data / "pg_hba.conf") << "local all all trust\n";
}

std::optional<Running> running_server(const fs::path& data) {
    const auto deadline = std::chrono::steady_clock::now() + settle_max;
    for (;;) {
        const auto lines = pid_file(data);
        const pid_t pid = std::atoi(lines[0].c_str());
        if (pid <= 0 || !works_in(pid, data)) return {};
        if (lines[7].rfind("ready", 0) == 0) return Running{pid, lines[4]};
        if (std::chrono::steady_clock::now() > deadline)
            throw Error(Error::Kind::database, "the private database is " + (lines[7].empty() ? "starting" : lines[7]) +
                                                   " for longer than a minute");
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

void remove_stale_pid_file(const fs::path& data) {
    const pid_t pid = std::atoi(pid_file(data)[0].c_str());
    const bool lives = pid > 0 && fs::exists("/proc/" + std::to_string(pid));
    std::error_code ignored;
    if (lives && !works_in(pid, data)) fs::remove(data / "postmaster.pid", ignored);
}

fs::path socket_folder(const fs::path& home, const std::optional<SystemUser>& user, const fs::path& runtime) {
    const auto name = "larum-" + sha256_hex(home.string()).substr(0, 8);
    std::vector<fs::path> places;
    if (!runtime.empty()) {
        places = {runtime};
    } else {
        if (geteuid() == 0) places.push_back("/run");
        if (const char* own = std::getenv("XDG_RUNTIME_DIR"); own != nullptr && geteuid() != 0) places.push_back(own);
        if (geteuid() != 0) places.push_back("/run/larum");
        // Beside the data everybody who uses them sees it, which is not so of a temporary folder (PrivateTmp).
        places.insert(places.end(), {home, fs::temp_directory_path(), "/tmp"});
    }
    for (const auto& place : places) {
        const auto folder = place / name;
        std::error_code trouble;
        if (folder.string().size() > socket_path_max || !fs::is_directory(place, trouble)) continue;
        if (made_for(folder, user)) return folder;
    }
    throw Error(Error::Kind::config, "there is no place for the private database's socket: " + name +
                                         " can be made neither in /run nor in the temporary folder, or is another user's");
}

void keep_log_small(const fs::path& log) {
    std::error_code ignored;
    if (fs::file_size(log, ignored) > log_bytes_max && !ignored) fs::rename(log, log.string() + ".old", ignored);
}

std::string log_tail(const fs::path& log) {
    std::ifstream in(log, std::ios::binary | std::ios::ate);
    if (!in) return "";
    const auto size = static_cast<std::streamoff>(in.tellg());
    in.seekg(std::max<std::streamoff>(0, size - 2000));
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string failure_in(const std::string& words) {
    std::istringstream lines(words);
    std::string last = "it did not say why", failure;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        last = line;
        for (const auto* mark : {"PANIC:  ", "FATAL:  ", "error: "})
            if (const auto at = line.find(mark); at != std::string::npos) failure = line.substr(at + std::strlen(mark));
    }
    return failure.empty() ? last : failure;
}

} // namespace larum::store
