#pragma once

#include "core/id.h"
#include "core/model.h"
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

/// The hash of one value, however it was typed: case, spaces, «@» and a phone's country do not matter. Empty
/// when there is too little to tell people apart. `key` is the installation's key.
std::string suppression_hash(std::string_view key, SuppressedKind kind, std::string_view value);

/// Of a customer's reference, e-mail, phone and handles.
std::vector<Suppression> suppressions_of(std::string_view key, const Customer& customer);

/// Of an author: `author_key` is «platform:scope:native id», and counts as the handle «platform:native id» too.
std::vector<Suppression> suppressions_of_author(std::string_view key, std::string_view author_key);

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
