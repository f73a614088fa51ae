#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/installation_key.h"
#include "daemon/store/pq.h"

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

/// Who must never be matched: keyed hashes that survive erasure, so that nobody can read from the list who is
/// on it, and larum still knows them when they come again. Import, sync, replay and matching ask it.
namespace larum::store {

enum class SuppressedKind { ref, email, phone, handle, author };

struct Suppression {
    SuppressedKind kind = SuppressedKind::ref;
    std::string hash; ///< 32 raw bytes
};

/// Makes the hashes of one brand.
class Suppressor {
public:
    Suppressor(const InstallationKey& key, BrandId brand) : key_(key), brand_(brand) {}

    /// The hash of one value, however it was typed: case, spaces, «@» and a phone's country do not matter. Empty
    /// when there is too little to tell people apart.
    std::string hash(SuppressedKind kind, std::string_view value) const;

    /// Of a customer's reference, e-mail, phone and handles.
    std::vector<Suppression> of(const Customer& customer) const;

    /// Of an author: `author_key` is «platform:scope:native id», and counts as the handle «platform:native id» too.
    std::vector<Suppression> of_author(std::string_view author_key) const;

private:
    void add(std::vector<Suppression>& all, SuppressedKind kind, std::string_view value) const;

    const InstallationKey& key_;
    BrandId brand_;
};

/// Adds what is not there yet. Says how many were new.
std::size_t suppress(Transaction&, BrandId, const std::vector<Suppression>&, Time now);

/// Which of `hashes` are on the list.
std::unordered_set<std::string> suppressed(Transaction&, BrandId, const std::vector<std::string>& hashes);

/// False when the brand's list is empty, and nobody needs to be hashed at all.
bool anyone_suppressed(Transaction&, BrandId);

} // namespace larum::store

namespace larum {
template <> struct Words<store::SuppressedKind> {
    static constexpr std::string_view list[] = {"ref", "email", "phone", "handle", "author"};
};
} // namespace larum
