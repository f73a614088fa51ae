#pragma once

#include "core/id.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace larum::store {

/// The one key of an installation: it seals what must not be read from the database or a backup (rotating tokens)
/// and keys the hashes of the suppression list. The same on all daemons of a database, in no backup.
class InstallationKey {
public:
    explicit InstallationKey(std::string bytes); ///< 32 bytes; throws Error::Kind::config otherwise

    /// `plain` encrypted and authenticated; every call gives other bytes. It opens only under the same `purpose`
    /// (such as «credential:ID»), so that no row's secret can be put in another's place.
    std::string seal(std::string_view plain, std::string_view purpose) const;

    /// Throws Error::Kind::refused when `sealed` was changed, or sealed by another key or for another purpose.
    std::string unseal(std::string_view sealed, std::string_view purpose) const;

    /// 32 bytes that only who has the key can make again from `value`: what the suppression list keeps of a person.
    /// `kind` is ref, email, phone, handle or author; `value` as folded for matching.
    std::string suppression_hash(BrandId brand, std::string_view kind, std::string_view value) const;

    /// The key of the hashes in daemon/store/suppression.h.
    std::string suppression_key() const { return derived("suppression"); }

    /// A few letters by which a database knows its key again; they say nothing about it.
    std::string check() const;

private:
    std::string derived(std::string_view use) const;
    std::string bytes_;
};

/// The systemd credential `installation_key` when there is one, else the file `key` in `state_dir`, made at the
/// first start with mode 0600. Throws Error::Kind::config when others may read it or it is no key.
InstallationKey installation_key(const std::filesystem::path& state_dir);

} // namespace larum::store
