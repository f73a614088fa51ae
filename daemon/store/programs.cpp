#include "daemon/store/programs.h"

#include "core/error.h"

#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

extern char** environ;

namespace larum::store {

namespace {

constexpr std::size_t output_bytes_max = 8192;

std::optional<SystemUser> user_named(const char* name) {
    const passwd* entry = getpwnam(name);
    if (entry == nullptr) return {};
    return SystemUser{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

std::vector<std::string> plain_environment() {
    std::vector<std::string> kept;
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string text = *one;
        if (text.rfind("PG", 0) != 0 && text.rfind("LC_", 0) != 0 && text.rfind("LANG", 0) != 0) kept.push_back(text);
    }
    kept.push_back("LC_ALL=C");
    return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& one : texts) all.push_back(one.data());
    all.push_back(nullptr);
    return all;
}

/// Everything until the other end is closed, but only the end of it is kept.
std::string read_tail(int from) {
    std::string tail;
    char piece[4096];
    for (;;) {
        const auto size = read(from, piece, sizeof piece);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return tail;
        tail.append(piece, static_cast<std::size_t>(size));
        if (tail.size() > output_bytes_max) tail.erase(0, tail.size() - output_bytes_max);
    }
}

int wait_for(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

std::optional<Programs> find_programs(std::optional<int> major, const std::filesystem::path& root) {
    for (int version = major.value_or(newest_server); version >= major.value_or(oldest_server); --version) {
        const auto folder = root / std::to_string(version) / "bin";
        if (access((folder / "postgres").c_str(), X_OK) == 0 && access((folder / "initdb").c_str(), X_OK) == 0)
            return Programs{version, folder};
    }
    return {};
}

std::optional<SystemUser> server_user() {
    if (geteuid() != 0) return {};
    for (const char* name : {"larum", "postgres"})
        if (const auto user = user_named(name); user && user->uid != 0) return user;
    throw Error(Error::Kind::config, "PostgreSQL does not run as root, and there is no user \"larum\" or \"postgres\"; "
                                     "make one: useradd --system larum");
}

std::vector<std::string> as_user(std::vector<std::string> arguments, const std::optional<SystemUser>& user) {
    if (!user) return arguments;
    const std::vector<std::string> before = {"setpriv", "--reuid=" + std::to_string(user->uid),
                                             "--regid=" + std::to_string(user->gid), "--init-groups", "--"};
    arguments.insert(arguments.begin(), before.begin(), before.end());
    return arguments;
}

ProgramEnd run_program(std::vector<std::string> arguments, const std::optional<SystemUser>& user,
                       const ProgramFiles& files) {
    const auto name = std::filesystem::path(arguments.front()).filename().string();
    arguments = as_user(std::move(arguments), user);
    auto environment = plain_environment();
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error(Error::Kind::bug, std::string("no pipe: ") + std::strerror(errno));

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (files.output)
        posix_spawn_file_actions_addopen(&actions, 1, files.output->c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    else
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    pid_t child = 0;
    const int trouble = posix_spawnp(&child, arguments.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                     pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (trouble != 0) {
        close(ends[0]);
        throw Error(Error::Kind::config, name + " cannot be run: " + std::strerror(trouble));
    }
    ProgramEnd end;
    end.output = read_tail(ends[0]);
    close(ends[0]);
    end.status = wait_for(child);
    return end;
}

} // namespace larum::store
