#include "connectors/shared/webhook.h"

#include "core/crypto.h"

namespace larum::connectors {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
        plain += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i] == '+' ? ' ' : text[i];
        if (escape) i += 2;
    }
    return plain;
}

} // namespace

std::string query_parameter(std::string_view target, std::string_view name) {
    const auto mark = target.find('?');
    if (mark == target.npos) return {};
    target.remove_prefix(mark + 1);
    while (!target.empty()) {
        const auto pair = target.substr(0, target.find('&'));
        target.remove_prefix(std::min(target.size(), pair.size() + 1));
        const auto equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals)) == name) return decoded(pair.substr(std::min(pair.size(), equals + 1)));
    }
    return {};
}

bool Secrets::made(std::string_view given, const std::function<std::string(std::string_view)>& made_with) const {
    if (given.empty()) return false;
    // Both are always compared, so that the time does not tell which one is in use.
    const bool by_new = !secret.empty() && equal_in_constant_time(given, made_with(secret.reveal()));
    const bool by_old = !old_secret.empty() && equal_in_constant_time(given, made_with(old_secret.reveal()));
    return by_new || by_old;
}

bool Secrets::is_one(std::string_view given) const {
    return made(given, [](std::string_view one) { return std::string(one); });
}

} // namespace larum::connectors
