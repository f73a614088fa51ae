#include "daemon/commands/on_answers.h"

#include "config/config.h"
#include "core/text.h"
#include "daemon/connect/block.h"

#include <algorithm>

namespace larum::commands {

namespace {

constexpr std::size_t answer_bytes_max = 64u << 10;
constexpr std::size_t name_bytes_max = 60;

} // namespace

Error wrong(const std::string& what) { return Error(Error::Kind::config, "connect: " + what); }

std::string flag_of(const config::Description& setting, const std::string& prefix) {
    return connect::is_secret(setting) ? "--secret " + prefix + setting.name + "=file:/path"
                                       : "--set " + prefix + setting.name + "=…";
}

std::pair<std::string, std::string> split(const std::string& flag, const std::string& given) {
    const auto equals = given.find('=');
    if (equals == std::string::npos || equals == 0) throw wrong(flag + " takes KEY=VALUE");
    return {given.substr(0, equals), given.substr(equals + 1)};
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
}

std::vector<config::Description> common_settings() {
    std::vector<config::Description> all;
    for (const auto& section : config::sections())
        if (section.table == "[source.NAME]")
            for (const auto& one : section.settings)
                if (one.name != "brand" && one.name != "kind" && one.name != "matching") all.push_back(one);
    return all;
}

const config::Description* find(const std::vector<config::Description>& settings, const std::string& key) {
    for (const auto& one : settings)
        if (one.name == key) return &one;
    return nullptr;
}

void check_name(const std::string& what, const std::string& name) {
    const bool plain = !name.empty() && name.size() <= name_bytes_max && text::is_valid_utf8(name) &&
                       std::none_of(name.begin(), name.end(), [](unsigned char c) {
                           return c <= ' ' || c == ':' || c == '/' || c == 0x7f;
                       });
    if (!plain)
        throw wrong(what + " needs a name of 1 to " + std::to_string(name_bytes_max) +
                    " bytes without blanks, colons and slashes");
}

std::string need(const std::optional<std::string>& answer, const std::string& what, const std::string& flag) {
    if (!answer) throw wrong(what + " is missing and nobody answers; give it as " + flag);
    if (answer->size() > answer_bytes_max) throw wrong(what + ": the answer is longer than 64 KiB");
    return text::trim(*answer);
}

} // namespace larum::commands
