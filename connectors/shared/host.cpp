#include "connectors/shared/host.h"

#include <algorithm>

namespace larum::connectors {

bool private_allowed(const config::Value& table) {
    const auto* allowed = table.find("private_allowed");
    const bool* value = allowed ? std::get_if<bool>(&allowed->data) : nullptr;
    return value && *value;
}

void check_host(const config::Value& table, const char* key, const std::string& host, config::Problems& problems) {
    const auto* given = table.find(key);
    const auto& at = given ? given->at : table.at;
    const bool secure = host.starts_with("https://");
    if (!secure && !(private_allowed(table) && host.starts_with("http://")))
        problems.add(at, std::string(key) + " must begin with https:// (http:// only together with private_allowed = true)");
    const auto name = host.substr(std::min(host.size(), host.find("//") + 2));
    if (name.empty() || name.find_first_of("/?#@") != name.npos)
        problems.add(at, std::string(key) + " must be like https://api.example, without a path");
}

std::string host_name(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
    return std::string(url.substr(0, url.find('/')));
}

} // namespace larum::connectors
