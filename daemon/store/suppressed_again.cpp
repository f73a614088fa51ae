#include "daemon/store/suppressed_again.h"

#include "daemon/store/person.h"
#include "daemon/store/suppression.h"

#include <unordered_set>

namespace larum::store {

namespace {

bool was_there(Transaction& transaction) {
    return transaction.run("SELECT to_regclass('larum_before.suppression') IS NOT NULL").at(0, 0).yes();
}

/// The hashes hold the brand's number: a list can only be kept where the numbers mean the same brands.
void check_brands(Transaction& transaction) {
    const auto rows = transaction.run("SELECT now.name FROM larum_before.brand AS before "
                                      "JOIN brand AS now ON now.name = before.name OR now.brand_id = before.brand_id "
                                      "WHERE now.name <> before.name OR now.brand_id <> before.brand_id");
    if (rows.empty()) return;
    throw Error(Error::Kind::refused, "the backup knows brand " + rows.at(0, 0).text() +
                                          " by another number than this database, whose suppression list would be lost: "
                                          "restore into an empty database");
}

/// Brands that are newer than the backup stay, because their suppression list does.
void keep_list(Transaction& transaction, RestoreReport& report) {
    transaction.run("INSERT INTO brand (brand_id, name, mode, folding_version, created_at) "
                    "SELECT brand_id, name, mode, folding_version, created_at FROM larum_before.brand "
                    "ON CONFLICT DO NOTHING");
    report.suppressed = transaction
                            .run("INSERT INTO suppression (brand_id, hash, kind, at) "
                                 "SELECT brand_id, hash, kind, at FROM larum_before.suppression "
                                 "ON CONFLICT DO NOTHING")
                            .affected();
}

/// No id is ever given twice, also when the clock went back in between.
Id keep_ids(Transaction& transaction) {
    transaction.run("INSERT INTO daemon (slot, holder, last_id, version, heartbeat_until) "
                    "SELECT slot, holder, last_id, version, heartbeat_until FROM larum_before.daemon "
                    "ON CONFLICT (slot) DO UPDATE SET last_id = greatest(daemon.last_id, excluded.last_id)");
    return transaction.run("SELECT coalesce(max(last_id), 0) FROM daemon").at(0, 0).integer();
}

/// What had no text any more, because it was deleted, erased or old, gets none back.
void blank_posts(Transaction& transaction) {
    transaction.run("WITH blanked AS ("
                    "UPDATE post SET text = NULL, text_hash = NULL, attachments = NULL, order_refs = NULL, author_key = before.author_key, "
                    "author_handle = before.author_handle, author_name = before.author_name, author_city = before.author_city, "
                    "author_url = before.author_url, deleted_at = before.deleted_at, text_ended_at = before.text_ended_at "
                    "FROM larum_before.post AS before "
                    "WHERE post.brand_id = before.brand_id AND post.post_id = before.post_id "
                    "AND before.text IS NULL AND post.text IS NOT NULL "
                    "RETURNING post.brand_id, post.post_id) "
                    "DELETE FROM post_version USING blanked "
                    "WHERE post_version.brand_id = blanked.brand_id AND post_version.post_id = blanked.post_id");
}

using Hashes = std::unordered_set<std::string>;

/// What the old list has beyond the backup's, brand by brand; asked before the lists are joined.
std::vector<std::pair<BrandId, Hashes>> newer_hashes(Transaction& transaction) {
    const auto rows = transaction.run("SELECT brand_id, hash FROM larum_before.suppression "
                                      "EXCEPT SELECT brand_id, hash FROM suppression ORDER BY brand_id");
    std::vector<std::pair<BrandId, Hashes>> all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto brand = static_cast<BrandId>(rows.at(row, 0).integer());
        if (all.empty() || all.back().first != brand) all.emplace_back(brand, Hashes{});
        all.back().second.insert(from_bytea(rows.at(row, 1).view()));
    }
    return all;
}

/// The restored customers whom newer entries name: by their reference, they themselves; by an address, number or
/// handle, a record that shares it and is not matched either.
struct Named {
    std::vector<std::string> themselves;
    std::vector<std::int64_t> sharing;
};

Named named_customers(Transaction& transaction, const Suppressor& suppressor, BrandId brand, const Hashes& hashes) {
    Named named;
    transaction.run("DECLARE customers NO SCROLL CURSOR FOR SELECT customer_id, ref, email, phone, handles FROM customer "
                    "WHERE brand_id = " + std::to_string(brand));
    for (;;) {
        const auto rows = transaction.run("FETCH FORWARD 5000 FROM customers");
        if (rows.empty()) break;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            Customer customer;
            customer.ref = rows.at(row, 1).text();
            customer.email = rows.at(row, 2).text();
            customer.phone = rows.at(row, 3).text();
            customer.handles = rows.at(row, 4).texts();
            bool shares = false, is_named = false;
            for (const auto& one : suppressor.of(customer))
                if (hashes.count(one.hash) > 0) (one.kind == SuppressedKind::ref ? is_named : shares) = true;
            if (is_named)
                named.themselves.push_back(customer.ref);
            else if (shares)
                named.sharing.push_back(rows.at(row, 0).integer());
        }
    }
    transaction.run("CLOSE customers");
    return named;
}

/// Restored authors whom newer entries name and of whom the store as it was had nothing left.
std::vector<std::string> named_authors(Transaction& transaction, const Suppressor& suppressor, BrandId brand, const Hashes& hashes) {
    const auto rows = transaction.run("SELECT DISTINCT author_key FROM post WHERE brand_id = $1 AND author_key IS NOT NULL "
                                      "EXCEPT SELECT author_key FROM larum_before.post WHERE brand_id = $1",
                                      {brand});
    std::vector<std::string> named;
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (const auto& one : suppressor.of_author(rows.at(row, 0).view()))
            if (one.kind == SuppressedKind::author && hashes.count(one.hash) > 0) named.push_back(rows.at(row, 0).text());
    return named;
}

/// «platform:scope:id» is «platform:id» to a person.
std::string author_name(const std::string& author_key) {
    const auto platform = author_key.find(':');
    const auto scope = author_key.find(':', platform + 1);
    return author_key.substr(0, platform) + author_key.substr(scope);
}

void apply(Transaction& transaction, IdMaker& ids, const Desk& desk, const Hashes& hashes, RestoreReport& report) {
    const Suppressor suppressor(desk.key, desk.brand);
    const auto authors = named_authors(transaction, suppressor, desk.brand, hashes);
    const auto customers = named_customers(transaction, suppressor, desk.brand, hashes);
    for (const auto& ref : customers.themselves) {
        const bool still_there = !transaction.run("SELECT 1 FROM larum_before.customer WHERE brand_id = $1 AND ref = $2",
                                                  {desk.brand, ref}).empty();
        if (still_there) {
            record_objection(transaction, ids, desk, ref);
            ++report.objected;
        } else {
            erase_person(transaction, ids, desk, {PersonBy::customer, ref});
            ++report.erased;
        }
    }
    for (const auto& key : authors) {
        erase_person(transaction, ids, desk, {PersonBy::author, author_name(key)});
        ++report.erased;
    }
    transaction.run("UPDATE customer SET do_not_match = true WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])",
                    {desk.brand, array_of(customers.sharing)});
}

} // namespace

void suppress_again(Transaction& transaction, const InstallationKey& key, const Clock& clock, RestoreReport& report) {
    if (!was_there(transaction)) return;
    check_brands(transaction);
    const auto newer = newer_hashes(transaction);
    keep_list(transaction, report);
    // Nobody else makes ids meanwhile: larum does not run during a restore.
    IdMaker ids(clock, 0, keep_ids(transaction));
    for (const auto& [brand, hashes] : newer) apply(transaction, ids, Desk{brand, key, 0, clock.now()}, hashes, report);
    blank_posts(transaction); // last: it also takes the names by which erased authors are found
    transaction.run("UPDATE daemon SET last_id = $1 WHERE slot = (SELECT min(slot) FROM daemon)", {static_cast<long long>(ids.next())});
}

} // namespace larum::store
