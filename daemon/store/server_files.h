#pragma once

#include "daemon/store/programs.h"

#include <filesystem>
#include <optional>
#include <string>

/// What lies in the folders of the private server (cluster.h).
namespace larum::store {

/// Makes `state_dir`/postgres (0700, its server user's). Throws Error::Kind::config when that user cannot enter it.
void make_home(const std::filesystem::path& state_dir);

/// Whom the server runs as when we are root: the owner of `home`.
std::optional<SystemUser> user_of(const std::filesystem::path& home);

/// The major version that made the data; nothing when there are none.
std::optional<int> data_version(const std::filesystem::path& data);

/// The private server's postgresql.conf and pg_hba.conf.
void write_settings(const std::filesystem::path& data);

struct Running {
    pid_t pid = 0;
    std::filesystem::path socket;
};

/// The server that runs on `data`. Waits while it is starting or stopping, at most a minute.
std::optional<Running> running_server(const std::filesystem::path& data);

/// Removes a pid file whose number is by now that of a process which has nothing to do with these data. In every
/// other case the server itself knows best.
void remove_stale_pid_file(const std::filesystem::path& data);

/// A folder for the server's socket whose path is short (107 bytes are all a socket's may have), made for `user`.
/// `runtime` empty: /run, $XDG_RUNTIME_DIR, beside the data, or the temporary folder, the first that will do.
std::filesystem::path socket_folder(const std::filesystem::path& home, const std::optional<SystemUser>& user,
                                    const std::filesystem::path& runtime);

/// Sets a log aside that has grown past its bound.
void keep_log_small(const std::filesystem::path& log);

std::string log_tail(const std::filesystem::path& log);

/// The last line in which a server or a program says why it gives up, else its last line.
std::string failure_in(const std::string& words);

} // namespace larum::store
