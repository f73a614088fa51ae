#pragma once

#include <chrono>
#include <filesystem>

namespace larum::store {

/// A lock between processes (flock): it ends with the process that holds it, however that ends.
class FileLock {
public:
    /// Makes the file (0600, the folder's owner's) when it is missing.
    explicit FileLock(const std::filesystem::path& file);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

    class Turn {
    public:
        explicit Turn(FileLock& lock) : lock_(&lock) {}
        ~Turn() { lock_->unlock(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        FileLock* lock_;
    };

    /// Alone until the result goes. Throws Error::Kind::database when others hold it for longer than `wait_max`.
    Turn exclusive(std::chrono::seconds wait_max);

    void share(); ///< together with other sharers; waits for an exclusive holder
    bool try_exclusive();
    void unlock() noexcept;

private:
    std::filesystem::path file_;
    int descriptor_ = -1;
};

} // namespace larum::store
