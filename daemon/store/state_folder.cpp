#include "daemon/store/state_folder.h"

#include "core/crypto.h"
#include "core/error.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace larum::store {

namespace fs = std::filesystem;

void make_private_folder(const fs::path& folder, const std::optional<SystemUser>& user) {
    std::error_code trouble;
    if (fs::exists(folder, trouble)) return;
    const auto aside = folder.string() + "." + to_hex(random_bytes(6));
    if (mkdir(aside.c_str(), 0700) != 0)
        throw Error(Error::Kind::config, folder.string() + " cannot be made: " + std::strerror(errno));
    if (user && chown(aside.c_str(), user->uid, user->gid) != 0)
        throw Error(Error::Kind::config, folder.string() + " cannot be handed to " + user->name + ": " + std::strerror(errno));
    if (rename(aside.c_str(), folder.c_str()) == 0) return;
    rmdir(aside.c_str()); // somebody else was quicker, and has put something into it already
}

void prepare_state_folder(const fs::path& folder) {
    std::error_code trouble;
    if (!fs::exists(folder, trouble)) {
        fs::create_directories(fs::absolute(folder).parent_path(), trouble);
        try {
            make_private_folder(folder, server_user());
        } catch (const Error& error) {
            throw Error(Error::Kind::config, std::string(error.what()) + "; set state_dir in larum.toml, or "
                                                                         "$LARUM_STATE_DIR, to a folder that may be written");
        }
    }
    if (access(folder.c_str(), R_OK | W_OK | X_OK) == 0) return;
    struct stat found{};
    const passwd* owner = stat(folder.c_str(), &found) == 0 ? getpwuid(found.st_uid) : nullptr;
    const std::string name = owner != nullptr ? owner->pw_name : "larum";
    throw Error(Error::Kind::config, folder.string() + " belongs to " + name + "; run: sudo -u " + name + " larum ...");
}

} // namespace larum::store
