#include "daemon/connect/secrets.h"

#include "config/option.h"
#include "core/error.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace larum::connect {

namespace {

Error trouble(const std::filesystem::path& path, const std::string& what) {
    return Error(Error::Kind::config,
                 "connect: " + path.string() + " " + what + " (" + std::strerror(errno) + ")");
}

void give(const std::filesystem::path& path) {
    if (const auto owner = service_owner(); owner && chown(path.c_str(), owner->user, owner->group) != 0)
        throw trouble(path, "cannot be given to the service's user");
}

bool write_all(int file, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto count = ::write(file, bytes.data() + at, bytes.size() - at);
        if (count < 0) return false;
        at += static_cast<std::size_t>(count);
    }
    return true;
}

} // namespace

std::optional<Owner> service_owner() {
    if (geteuid() != 0) return {};
    const auto* user = getpwnam("larum");
    return user ? std::optional<Owner>({user->pw_uid, user->pw_gid}) : std::nullopt;
}

bool may_read(const Owner& reader, const std::filesystem::path& file) {
    const auto path = file.string();
    const pid_t child = fork();
    if (child == 0) { // only the kernel knows; it is asked as that user
        const bool same =
            setgroups(1, &reader.group) == 0 && setgid(reader.group) == 0 && setuid(reader.user) == 0;
        _exit(same && access(path.c_str(), R_OK) == 0 ? 0 : 1);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool is_reference(std::string_view text) {
    return text.starts_with("file:/") || text.starts_with("env:") || text.starts_with("credential:");
}

Secrets::~Secrets() {
    for (const auto& one : kept_) close(one.memory);
    std::error_code ignored;
    for (const auto& one : written_) std::filesystem::remove(one, ignored);
    if (made_folder_) rmdir(folder_.c_str()); // only when nothing else lies in it
}

Answer Secrets::keep(const std::string& key, const std::string& file, const std::string& secret) {
    const auto path = folder_ / file;
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored))
        throw Error(Error::Kind::config, "connect: " + path.string() +
                                             " is there already; remove it when nothing uses it, or say " +
                                             key + " = file:" + path.string());
    const int memory = memfd_create("larum-connect", MFD_CLOEXEC);
    if (memory < 0 || !write_all(memory, secret)) throw trouble(path, "could not be prepared");
    // Asked again: the old one goes after the new one is there, so that the two references differ.
    std::erase_if(kept_, [&](const Kept& one) { return one.file == path && close(one.memory) == 0; });
    kept_.push_back({path, memory, secret});
    return {key, config::quote("file:" + path.string()),
            config::quote("file:/proc/self/fd/" + std::to_string(memory))};
}

void Secrets::make_folder() {
    if (mkdir(folder_.c_str(), 0700) == 0) {
        made_folder_ = true;
        give(folder_);
    } else if (errno != EEXIST) {
        throw trouble(folder_, "cannot be made");
    }
}

void Secrets::write() {
    if (kept_.empty()) return;
    make_folder();
    for (const auto& one : kept_) {
        const int file = open(one.file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) throw trouble(one.file, "cannot be made");
        written_.push_back(one.file);
        const bool fine = write_all(file, one.secret + "\n") && fsync(file) == 0;
        close(file);
        if (!fine) throw trouble(one.file, "cannot be written");
        give(one.file);
    }
}

std::vector<std::string> Secrets::files() const {
    std::vector<std::string> all;
    for (const auto& one : kept_) all.push_back(one.file.string());
    return all;
}

} // namespace larum::connect
