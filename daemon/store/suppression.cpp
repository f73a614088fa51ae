#include "daemon/store/suppression.h"

#include "core/text.h"

#include <algorithm>

namespace larum::store {

namespace {

// The folding of match/keys.h may grow better with time; this one may not: a hash cannot be made anew.

std::string lower(std::string_view typed) {
    std::string text = text::trim(typed);
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
    return text;
}

/// The last nine digits: with or without the country, it is the same phone.
std::string plain_phone(std::string_view typed) {
    std::string digits;
    for (const char c : typed)
        if (c >= '0' && c <= '9') digits += c;
    if (digits.size() < 7) return {};
    return digits.size() > 9 ? digits.substr(digits.size() - 9) : digits;
}

std::string plain_handle(std::string_view typed) {
    std::string handle = lower(typed);
    const auto colon = handle.find(':');
    if (colon == std::string::npos || colon == 0) return {};
    if (handle.size() > colon + 1 && handle[colon + 1] == '@') handle.erase(colon + 1, 1);
    return handle.size() == colon + 1 ? std::string() : handle;
}

std::string plain(SuppressedKind kind, std::string_view value) {
    switch (kind) {
    case SuppressedKind::email: {
        std::string email = lower(value);
        return email.find('@') == std::string::npos ? std::string() : email;
    }
    case SuppressedKind::phone: return plain_phone(value);
    case SuppressedKind::handle: return plain_handle(value);
    case SuppressedKind::ref:
    case SuppressedKind::author: break;
    }
    return text::trim(value);
}

} // namespace

std::string Suppressor::hash(SuppressedKind kind, std::string_view value) const {
    const std::string folded = plain(kind, value);
    return folded.empty() ? std::string() : key_.suppression_hash(brand_, word(kind), folded);
}

void Suppressor::add(std::vector<Suppression>& all, SuppressedKind kind, std::string_view value) const {
    if (auto made = hash(kind, value); !made.empty()) all.push_back({kind, std::move(made)});
}

std::vector<Suppression> Suppressor::of(const Customer& customer) const {
    std::vector<Suppression> all;
    add(all, SuppressedKind::ref, customer.ref);
    add(all, SuppressedKind::email, customer.email);
    add(all, SuppressedKind::phone, customer.phone);
    for (const auto& handle : customer.handles) add(all, SuppressedKind::handle, handle);
    return all;
}

std::vector<Suppression> Suppressor::of_author(std::string_view author_key) const {
    std::vector<Suppression> all;
    add(all, SuppressedKind::author, author_key);
    const auto platform = author_key.find(':');
    const auto scope = platform == std::string_view::npos ? platform : author_key.find(':', platform + 1);
    if (scope != std::string_view::npos)
        add(all, SuppressedKind::handle,
            std::string(author_key.substr(0, platform + 1)) + std::string(author_key.substr(scope + 1)));
    return all;
}

std::size_t suppress(Transaction& transaction, BrandId brand, const std::vector<Suppression>& all, Time now) {
    std::vector<std::string> hashes;
    std::vector<std::string> kinds;
    for (const auto& one : all) {
        hashes.push_back(to_bytea(one.hash));
        kinds.emplace_back(word(one.kind));
    }
    return transaction
        .run("INSERT INTO suppression (brand_id, hash, kind, at) "
             "SELECT $1, hash, kind, $4 "
             "FROM unnest($2::bytea[], $3::text[]) AS given (hash, kind) "
             "ON CONFLICT (brand_id, hash) DO NOTHING",
             {brand, array_of(hashes), array_of(kinds), now})
        .affected();
}

std::unordered_set<std::string> suppressed(Transaction& transaction, BrandId brand, const std::vector<std::string>& hashes) {
    std::vector<std::string> written;
    for (const auto& hash : hashes) written.push_back(to_bytea(hash));
    const Rows rows = transaction.run("SELECT listed.hash "
                                      "FROM unnest($2::bytea[]) AS given (wanted) "
                                      "CROSS JOIN LATERAL (SELECT hash FROM suppression WHERE brand_id = $1 AND hash = wanted LIMIT 1) AS listed",
                                      {brand, array_of(written)});
    std::unordered_set<std::string> found;
    for (std::size_t i = 0; i < rows.size(); ++i) found.insert(from_bytea(rows.at(i, 0).view()));
    return found;
}

bool anyone_suppressed(Transaction& transaction, BrandId brand) {
    return !transaction.run("SELECT 1 FROM suppression WHERE brand_id = $1 LIMIT 1", {brand}).empty();
}

} // namespace larum::store
