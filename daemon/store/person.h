#pragma once

#include "core/id.h"
#include "core/words.h"
#include "daemon/store/pq.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

/// What larum keeps about a person: shown, removed, or kept apart from what they write in public.
namespace larum::store {

class InstallationKey;

enum class PersonBy { customer, author, post };

/// A customer by reference; an author or a post by «platform:id».
struct Person {
    PersonBy by = PersonBy::customer;
    std::string name;
};

/// Who does it, where and when.
struct Desk {
    BrandId brand = 0;
    const InstallationKey& key; ///< of the suppression hashes
    Id account = 0;             ///< 0: the command line
    Time now{};
};

/// Everything kept about a person as a JSON object, a list per kind of thing; empty lists where nothing is. Posts
/// belong to a customer where a person confirmed the identity; of suggestions the claim is shown and not what
/// somebody else wrote. Notes the export in the audit log when there was anything.
nlohmann::json export_person(Transaction& transaction, IdMaker& ids, const Desk& desk, const Person& person);

/// What was done, as «cases» and how many; things of which there were none are left out.
struct PersonReport {
    std::vector<std::pair<std::string, std::size_t>> counts;
    bool empty() const { return counts.empty(); }
};

/// Removes or blanks what `export_person` shows, derived data included, in the caller's transaction. Posts stay as
/// tombstones without text and author, which no later copy revives; sent messages become stubs; the suppression
/// list remembers the person by hashes. Erasing twice finds nothing the second time. A transaction that is not
/// committed is a dry run that says the same. Throws Error::Kind::input when `name` is no «platform:id».
PersonReport erase_person(Transaction& transaction, IdMaker& ids, const Desk& desk, const Person& person);

/// The customer objected: never matched again, nor are other records with the same e-mail, phone or handle. The
/// record stays; claims about who wrote what end, and sent messages lose the name. Empty when there is no such
/// customer; objecting twice changes nothing.
PersonReport record_objection(Transaction& transaction, IdMaker& ids, const Desk& desk, const std::string& customer_ref);

} // namespace larum::store

namespace larum {
template <> struct Words<store::PersonBy> { static constexpr std::string_view list[] = {"customer", "author", "post"}; };
} // namespace larum
