#pragma once

#include "daemon/connect/block.h"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace larum::connect {

/// Whom the service runs as, when it is root who asks and there is such a user.
struct Owner {
    uid_t user = 0;
    gid_t group = 0;
};
std::optional<Owner> service_owner();

/// Whether that user may read the file, as far as owner, group and mode of it and its folders say.
bool may_read(const Owner& reader, const std::filesystem::path& file);

/// Whether `text` says where a secret lies («file:/path», «env:NAME», «credential:NAME») and is none itself.
bool is_reference(std::string_view text);

/// Secrets that were typed. They stay in memory, where the config that is tried finds them, until `write`
/// puts each into a file of its own that only the service may read. What was written goes again unless it is
/// told to stay.
class Secrets {
public:
    explicit Secrets(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~Secrets();
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    /// The answer that refers to `secret`, which will lie in `file` of the folder. Throws Error::Kind::config
    /// when that file is there already.
    Answer keep(const std::string& key, const std::string& file, const std::string& secret);

    void write(); ///< throws Error::Kind::config when the folder cannot be written
    void stay() {
        written_.clear();
        made_folder_ = false;
    }
    std::vector<std::string> files() const; ///< where the secrets lie or will lie

private:
    struct Kept {
        std::filesystem::path file;
        int memory = -1;
        std::string secret;
    };

    void make_folder();

    std::filesystem::path folder_;
    std::vector<Kept> kept_;
    std::vector<std::filesystem::path> written_;
    bool made_folder_ = false;
};

} // namespace larum::connect
