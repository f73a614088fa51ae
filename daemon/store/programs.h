#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

/// PostgreSQL's own programs, as Debian installs them side by side, and how larum runs them.
namespace larum::store {

inline constexpr int oldest_server = 15;
inline constexpr int newest_server = 17;

struct Programs {
    int major = 0;
    std::filesystem::path folder;
    std::string path(const std::string& name) const { return (folder / name).string(); }
};

/// The server programs of `major`, else the newest between 15 and 17. Nothing when they are not installed.
std::optional<Programs> find_programs(std::optional<int> major = {},
                                      const std::filesystem::path& root = "/usr/lib/postgresql");

struct SystemUser {
    uid_t uid = 0;
    gid_t gid = 0;
    std::string name;
};

/// PostgreSQL refuses root: whom its programs run as when we are root (`larum`, else `postgres`).
/// Nothing when we are not root. Throws Error::Kind::config when neither user exists.
std::optional<SystemUser> server_user();

struct ProgramEnd {
    int status = 0;     ///< exit status; 128 + signal when it was killed
    std::string output; ///< the last few KiB of stdout and stderr
    bool good() const { return status == 0; }
};

/// Runs `arguments` (the first is the program) to its end, as `user` when given, in `/`, with English messages
/// and none of the PG* variables of our own environment. `input` and `output` are files, for dumps.
struct ProgramFiles {
    std::optional<std::filesystem::path> output; ///< stdout goes here instead of into `ProgramEnd::output`
};
ProgramEnd run_program(std::vector<std::string> arguments, const std::optional<SystemUser>& user,
                       const ProgramFiles& files = {});

/// `arguments` with what makes them run as `user` before them.
std::vector<std::string> as_user(std::vector<std::string> arguments, const std::optional<SystemUser>& user);

} // namespace larum::store
