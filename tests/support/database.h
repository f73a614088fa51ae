#pragma once

#include "config/config.h"
#include "daemon/store/pq.h"

#include <filesystem>
#include <memory>
#include <string>

namespace larum::test {

/// A fresh, migrated database in the one throwaway server of this test process. It is dropped with the object; the
/// server and its folder go when the process ends, however it ends.
class TestDatabase {
public:
    TestDatabase();
    ~TestDatabase();
    TestDatabase(const TestDatabase&) = delete;
    TestDatabase& operator=(const TestDatabase&) = delete;

    store::Pool& pool() { return *pool_; }
    const std::string& url() const { return url_; }
    /// A config that names this database and a state folder of its own, for `open_store` and for commands.
    config::Config config() const;
    /// One field of one row, as text; for looking at what was stored.
    std::string ask(const std::string& sql, const std::vector<store::Param>& parameters = {});

private:
    std::string name_;
    std::string url_;
    std::filesystem::path state_dir_;
    std::unique_ptr<store::Pool> pool_;
};

/// An empty database (no migration applied) in the same server, dropped with the object.
class EmptyDatabase {
public:
    explicit EmptyDatabase(const std::string& from_template = "template0");
    ~EmptyDatabase();
    EmptyDatabase(const EmptyDatabase&) = delete;
    EmptyDatabase& operator=(const EmptyDatabase&) = delete;
    const std::string& url() const { return url_; }
    const std::string& name() const { return name_; }

private:
    std::string name_;
    std::string url_;
};

/// A folder below the system's temporary one, removed with the object. Its path is short enough for sockets.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace larum::test
