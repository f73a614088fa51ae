#pragma once

#include <filesystem>
#include <string>

namespace larum::connect {

/// A config file that gets more behind what it has. Replaced in one step, with its owner and mode; whoever
/// reads it meanwhile sees the old one or the new one.
class ConfigFile {
public:
    /// A link is followed: the file that it names is the one that changes.
    explicit ConfigFile(const std::filesystem::path& file);

    const std::filesystem::path& path() const { return path_; }
    bool exists() const;
    std::string text() const; ///< as it is now; empty when there is none

    /// Throws Error::Kind::config when `replace` would fail: read-only, somebody else's, no folder.
    void check_replaceable() const;
    void replace(const std::string& text) const;

private:
    std::filesystem::path path_;
};

} // namespace larum::connect
