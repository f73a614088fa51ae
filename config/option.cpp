#include "config/option.h"

#include "core/text.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace larum::config {

namespace {

constexpr std::size_t secret_bytes_max = 64u << 10;

std::string what_it_is(const Value& value) {
    switch (value.data.index()) {
    case 0: return "a date or time";
    case 1: return "true or false";
    case 2: return "a whole number";
    case 3: return "a number";
    case 4: return "a text";
    case 5: return "a list";
    default: return "a table";
    }
}

void expected(const Value& value, Problems& problems, const std::string& right) {
    problems.add(value.at, "is " + what_it_is(value) + "; expected " + right);
}

std::optional<Secret> read_secret_file(const std::filesystem::path& path, const Value& value, Problems& problems) {
    std::ifstream file(path, std::ios::binary);
    std::string content(secret_bytes_max + 1, '\0');
    if (file) file.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file && file.gcount() == 0) {
        problems.add(value.at, "names " + path.string() + ", which cannot be read or is empty; expected a file that larum's user may read");
        return {};
    }
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > secret_bytes_max) {
        problems.add(value.at, "names " + path.string() + ", which is over 64 KiB; expected a secret");
        return {};
    }
    return Secret(text::trim(content));
}

std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

struct Unit {
    std::string_view name;
    std::int64_t microseconds;
};
constexpr Unit units[] = {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000},
                          {"s", 1'000'000},      {"ms", 1000}};

} // namespace

std::optional<bool> read_bool(const Value& value, Problems& problems) {
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag;
    expected(value, problems, "true or false");
    return {};
}

std::optional<std::int64_t> read_integer(const Value& value, Problems& problems) {
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) return *number;
    expected(value, problems, "a whole number");
    return {};
}

std::optional<double> read_number(const Value& value, Problems& problems) {
    if (const auto* number = std::get_if<double>(&value.data)) return *number;
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) return static_cast<double>(*number);
    expected(value, problems, "a number");
    return {};
}

std::optional<std::string> read_text(const Value& value, Problems& problems) {
    if (const auto* text = value.string()) return *text;
    expected(value, problems, "a text in quotes");
    return {};
}

std::optional<std::chrono::microseconds> read_duration(const Value& value, Problems& problems) {
    static const std::string right = "a duration like \"90s\", \"15m\", \"8h\" or \"30d\"";
    const auto* text = value.string();
    if (!text) return expected(value, problems, right), std::nullopt;
    char* end = nullptr;
    const long long count = std::strtoll(text->c_str(), &end, 10);
    const std::string_view unit = end;
    for (const auto& one : units) {
        if (unit != one.name || end == text->c_str() || count < 0 || count > 9'000'000'000'000 / (one.microseconds / 1000)) continue;
        return std::chrono::microseconds{count * one.microseconds};
    }
    problems.add(value.at, "is \"" + *text + "\"; expected " + right);
    return {};
}

std::optional<std::vector<std::string>> read_texts(const Value& value, Problems& problems) {
    const auto* list = value.list();
    if (!list) return expected(value, problems, "a list of texts like [\"a\", \"b\"]"), std::nullopt;
    std::vector<std::string> texts;
    for (const auto& one : *list) {
        const auto text = read_text(one, problems);
        if (!text) return {};
        texts.push_back(*text);
    }
    return texts;
}

std::optional<Secret> read_secret(const Value& value, Problems& problems) {
    static const std::string right =
        "\"env:NAME\", \"file:/path\" or \"credential:NAME\": secrets are not written into the config";
    const auto* text = value.string();
    if (!text) return expected(value, problems, right), std::nullopt;
    const auto colon = text->find(':');
    const std::string way = text->substr(0, colon), name = colon == std::string::npos ? "" : text->substr(colon + 1);
    if (way == "env" && !name.empty()) {
        if (const char* found = std::getenv(name.c_str()); found && *found) return Secret(found);
        problems.add(value.at, "names the environment variable " + name + ", which is not set");
        return {};
    }
    if (way == "file" && !name.empty()) return read_secret_file(name, value, problems);
    if (way == "credential" && !name.empty() && name.find('/') == std::string::npos) {
        const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
        if (folder) {
            // LoadCredential=larum:/folder prefixes every file with the credential's own name.
            const auto plain = std::filesystem::path(folder) / name, prefixed = std::filesystem::path(folder) / ("larum_" + name);
            std::error_code ignored;
            return read_secret_file(std::filesystem::exists(plain, ignored) ? plain : prefixed, value, problems);
        }
        problems.add(value.at, "names the credential " + name + ", but the service manager passed none (LoadCredential=" + name + ":…)");
        return {};
    }
    // The text itself may be a secret that was pasted: it is not shown.
    problems.add(value.at, "is not a way to a secret; expected " + right);
    return {};
}

std::string write_duration(std::chrono::microseconds span) {
    for (const auto& unit : units)
        if (span.count() % unit.microseconds == 0 && span.count() >= unit.microseconds)
            return std::to_string(span.count() / unit.microseconds) + std::string(unit.name);
    return "0s";
}

std::string quote(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '\n')
            quoted += "\\n";
        else
            quoted += c;
    }
    return quoted + '"';
}

std::string Kind<double>::show(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

void unknown_key(const std::string& key, const Position& at, const std::vector<std::string>& known, Problems& problems) {
    const std::string* nearest = nullptr;
    std::size_t least = std::max<std::size_t>(2, key.size() / 3) + 1;
    for (const auto& one : known)
        if (const auto far = distance(key, one); far < least) least = far, nearest = &one;
    std::string right = "; expected one of: ";
    if (nearest)
        right = "; did you mean \"" + *nearest + "\"?";
    else
        for (std::size_t i = 0; i < known.size(); ++i) right += (i ? ", " : "") + known[i];
    problems.add(at, "\"" + key + "\" is not a setting here" + right);
}

std::string example(const std::vector<Description>& descriptions) {
    std::string text;
    for (const auto& one : descriptions) {
        std::istringstream words(one.about);
        std::string line = "#", word;
        while (words >> word) {
            if (line.size() + word.size() > 100) text += line + "\n", line = "#";
            line += ' ' + word;
        }
        text += line + "\n";
        if (one.required)
            text += "#" + one.name + " = …  # required: " + one.kind + "\n";
        else
            text += "#" + one.name + " = " + (one.fallback.empty() ? "…  # " + one.kind : one.fallback) + "\n";
    }
    return text;
}

std::string reference(const std::vector<Description>& descriptions) {
    std::string text = "| setting | kind | default | what it does |\n|---|---|---|---|\n";
    for (const auto& one : descriptions)
        text += "| `" + one.name + "` | " + one.kind + " | " +
                (one.required ? "required" : one.fallback.empty() ? "unset" : "`" + one.fallback + "`") + " | " + one.about + " |\n";
    return text;
}

} // namespace larum::config
