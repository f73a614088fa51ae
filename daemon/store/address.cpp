#include "daemon/store/address.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

namespace larum::store {

namespace {

using Parts = std::map<std::string, std::string>;

/// What a connection has unless the address says otherwise. A peer that vanished is noticed within 8 s, the time
/// after which others may take its work (DESIGN I9).
const Parts defaults = {
    {"application_name", "larum"}, {"client_encoding", "UTF8"},  {"connect_timeout", "5"},
    {"keepalives", "1"},           {"keepalives_idle", "3"},     {"keepalives_interval", "1"},
    {"keepalives_count", "3"},     {"tcp_user_timeout", "7000"},
};

Parts parse(const std::string& url) {
    char* trouble = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(PQconninfoParse(url.c_str(), &trouble),
                                                                                PQconninfoFree);
    if (trouble != nullptr) PQfreemem(trouble);
    if (!options)
        throw Error(Error::Kind::config,
                    "database.url is no address of a database; expected \"embedded\" or "
                    "\"postgresql://user@host:5432/database\"");
    Parts parts;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr) parts[option->keyword] = option->val;
    return parts;
}

std::string joined(const Parts& parts) {
    std::string text;
    for (const auto& [key, value] : parts) {
        text += (text.empty() ? "" : " ") + key + "='";
        for (const char c : value) {
            if (c == '\'' || c == '\\') text += '\\';
            text += c;
        }
        text += "'";
    }
    return text;
}

std::string part(const Parts& parts, const std::string& key, const std::string& otherwise) {
    const auto found = parts.find(key);
    return found == parts.end() || found->second.empty() ? otherwise : found->second;
}

} // namespace

std::string connection_text(const PoolSettings& settings) {
    auto parts = parse(settings.url);
    parts.insert(defaults.begin(), defaults.end());
    return joined(parts);
}

std::string with_database(const std::string& url, const std::string& database) {
    auto parts = parse(url);
    parts["dbname"] = database;
    return joined(parts);
}

std::string address_for_people(const std::string& url) {
    const auto parts = parse(url);
    const auto host = part(parts, "host", part(parts, "hostaddr", "the local socket"));
    const auto port = part(parts, "port", "");
    return part(parts, "dbname", "the default database") + " at " + host +
           (port.empty() || host.front() == '/' ? "" : ":" + port);
}

} // namespace larum::store
