#include "daemon/store/file_lock.h"

#include "core/error.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace larum::store {

FileLock::FileLock(const std::filesystem::path& file) : file_(file) {
    descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0)
        throw Error(Error::Kind::config, file.string() + " cannot be opened: " + std::strerror(errno));
    struct stat folder{};
    // Made by root in the daemon's folder: the daemon must be able to open it too.
    if (geteuid() == 0 && stat(file.parent_path().c_str(), &folder) == 0 &&
        fchown(descriptor_, folder.st_uid, folder.st_gid) != 0)
        errno = 0;
}

FileLock::~FileLock() { close(descriptor_); }

FileLock::Turn FileLock::exclusive(std::chrono::seconds wait_max) {
    const auto deadline = std::chrono::steady_clock::now() + wait_max;
    while (!try_exclusive()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw Error(Error::Kind::database, "another larum has held " + file_.string() + " for longer than " +
                                                   std::to_string(wait_max.count()) + " s");
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return Turn(*this);
}

void FileLock::share() {
    while (flock(descriptor_, LOCK_SH) != 0)
        if (errno != EINTR) throw Error(Error::Kind::bug, file_.string() + " cannot be locked: " + std::strerror(errno));
}

bool FileLock::try_exclusive() { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

void FileLock::unlock() noexcept { flock(descriptor_, LOCK_UN); }

} // namespace larum::store
