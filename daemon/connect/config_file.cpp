#include "daemon/connect/config_file.h"

#include "core/crypto.h"
#include "core/error.h"
#include "daemon/connect/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace larum::connect {

namespace {

constexpr mode_t new_file_mode = 0640;
constexpr mode_t any_may_write = 0222;

Error refused(const std::filesystem::path& path, const std::string& what) {
    return Error(Error::Kind::config,
                 path.string() + ": " + what + "; nothing was written (--dry-run prints the block instead)");
}

/// A temporary file beside the target, gone unless it took the target's place.
class Aside {
public:
    explicit Aside(const std::filesystem::path& target)
        : target_(target), path_(target.string() + '.' + to_hex(random_bytes(6))),
          file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
        if (file_ < 0) throw failed("no file can be made in its folder");
    }
    ~Aside() {
        if (file_ >= 0) close(file_);
        unlink(path_.c_str());
    }
    Aside(const Aside&) = delete;
    Aside& operator=(const Aside&) = delete;

    void write(const std::string& text) const {
        for (std::size_t at = 0; at < text.size();) {
            const auto count = ::write(file_, text.data() + at, text.size() - at);
            if (count < 0) throw failed("it cannot be written");
            at += static_cast<std::size_t>(count);
        }
    }
    void own(uid_t user, gid_t group, mode_t mode) const {
        if (fchown(file_, user, group) != 0 || fchmod(file_, mode) != 0)
            throw failed("its owner and mode cannot be kept");
    }
    void take_place() const {
        if (fsync(file_) != 0 || rename(path_.c_str(), target_.c_str()) != 0)
            throw failed("it cannot be replaced");
        const int folder = open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) return; // it is replaced; only a crash of the machine right now could undo it
        fsync(folder);
        close(folder);
    }

private:
    Error failed(const std::string& what) const {
        return refused(target_, what + " (" + std::strerror(errno) + ")");
    }

    std::filesystem::path target_;
    std::filesystem::path path_;
    int file_;
};

} // namespace

ConfigFile::ConfigFile(const std::filesystem::path& file) {
    std::error_code none;
    path_ = std::filesystem::weakly_canonical(std::filesystem::absolute(file), none);
    if (none) path_ = std::filesystem::absolute(file);
}

bool ConfigFile::exists() const {
    std::error_code ignored;
    return std::filesystem::exists(path_, ignored);
}

std::string ConfigFile::text() const {
    if (!exists()) return {};
    std::ifstream file(path_, std::ios::binary);
    if (!file) throw refused(path_, "it cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

void ConfigFile::check_replaceable() const {
    const auto folder = path_.parent_path();
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
        throw refused(path_, "the folder " + folder.string() + " does not exist");
    struct stat now {};
    if (stat(path_.c_str(), &now) == 0) {
        // Root may write what has no bit for it, but who took the bit away meant everybody.
        if ((now.st_mode & any_may_write) == 0 || access(path_.c_str(), W_OK) != 0)
            throw refused(path_, "it is read-only");
        if (!S_ISREG(now.st_mode)) throw refused(path_, "it is no regular file");
        if (geteuid() != 0 && now.st_uid != geteuid())
            throw refused(path_, "it belongs to another user, who would lose it");
    }
    if (access(folder.c_str(), W_OK | X_OK) != 0)
        throw refused(path_, "the folder " + folder.string() + " is read-only for you");
}

void ConfigFile::replace(const std::string& text) const {
    check_replaceable();
    struct stat before {};
    const bool there = stat(path_.c_str(), &before) == 0;
    const Aside aside(path_);
    aside.write(text);
    if (there) {
        aside.own(before.st_uid, before.st_gid, before.st_mode & 07777);
    } else {
        const auto service = service_owner();
        aside.own(geteuid(), service ? service->group : getegid(), new_file_mode);
    }
    aside.take_place();
}

} // namespace larum::connect
