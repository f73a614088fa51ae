#pragma once

#include "daemon/store/programs.h"

#include <filesystem>
#include <memory>
#include <string>

namespace larum::store {

/// Whether data must outlive a crash of the machine.
enum class Keep { forever, for_now };

/// `database.url = "embedded"`: a PostgreSQL server of larum's own, with its data in the state folder, reached over a
/// unix socket only. While this object lives the process holds a shared lock on it; the last to leave stops the
/// server. A server that a killed process left behind is adopted, one that was killed itself is started again.
class Cluster {
public:
    /// What the operator cannot set and tests can: where server programs and runtime folders are looked for.
    struct Places {
        std::filesystem::path programs = "/usr/lib/postgresql";
        std::filesystem::path runtime; ///< folder for sockets; empty: /run/larum, $XDG_RUNTIME_DIR or the temporary one
        Keep keep = Keep::forever;
    };

    /// Makes the server's data at the first use and starts it when it does not run. Several processes may do so at
    /// once. Throws Error::Kind::config when no server program is installed, or the data was made by another major
    /// version (it is never upgraded by accident); Error::Kind::database when the server does not come up, with its
    /// last words.
    explicit Cluster(const std::filesystem::path& state_dir, const Places& places);
    explicit Cluster(const std::filesystem::path& state_dir);
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    /// For Pool: the database `larum` as the role `larum`, which is no superuser.
    std::string url() const;

    const Programs& programs() const;

    /// Starts the server again when it was killed; nothing when it runs. Throws like the constructor.
    void revive();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace larum::store
