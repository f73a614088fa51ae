#include "daemon/store/pq.h"

#include <charconv>
#include <cstdio>

namespace larum::store {

namespace {

[[noreturn]] void not_a(const char* kind) {
    throw Error(Error::Kind::bug, std::string("database: a field is not ") + kind);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    throw Error(Error::Kind::input, "not a bytea: expected hexadecimal digits");
}

void append_quoted(std::string& out, std::string_view value) {
    out += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

/// The elements of a one-dimensional array as the server writes it; NULL becomes empty.
std::vector<std::string> array_elements(std::string_view text) {
    std::vector<std::string> all;
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') not_a("an array");
    text = text.substr(1, text.size() - 2);
    std::size_t at = 0;
    while (at < text.size()) {
        std::string one;
        if (text[at] == '"') {
            for (++at; at < text.size() && text[at] != '"'; ++at) {
                if (text[at] == '\\' && at + 1 < text.size()) ++at;
                one += text[at];
            }
            ++at;
        } else {
            const auto end = std::min(text.find(',', at), text.size());
            one = text.substr(at, end - at);
            if (one == "NULL") one.clear();
            at = end;
        }
        all.push_back(std::move(one));
        if (at < text.size() && text[at] == ',') ++at;
    }
    return all;
}

std::int64_t to_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) not_a("a whole number");
    return value;
}

} // namespace

Param::Param(double value) {
    char text[40];
    // 17 digits bring every double back as it was.
    text_ = std::string(text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "%.17g", value)));
}

std::string array_of(const std::vector<std::int64_t>& values) {
    std::string all = "{";
    char text[24];
    for (const auto value : values) {
        if (all.size() > 1) all += ',';
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        all.append(text, end);
    }
    return all + "}";
}

std::string array_of(const std::vector<std::string>& values) {
    std::string all = "{";
    for (const auto& value : values) {
        if (all.size() > 1) all += ',';
        append_quoted(all, value);
    }
    return all + "}";
}

std::string array_of(const std::vector<std::optional<std::string>>& values) {
    std::string all = "{";
    for (const auto& value : values) {
        if (all.size() > 1) all += ',';
        if (value)
            append_quoted(all, *value);
        else
            all += "NULL";
    }
    return all + "}";
}

std::string to_bytea(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "\\x";
    text.reserve(2 + 2 * bytes.size());
    for (const unsigned char c : bytes) {
        text += digits[c >> 4];
        text += digits[c & 15];
    }
    return text;
}

std::string from_bytea(std::string_view text) {
    if (text.size() < 2 || text[0] != '\\' || text[1] != 'x' || text.size() % 2 != 0)
        throw Error(Error::Kind::input, "not a bytea: expected \\x and pairs of hexadecimal digits");
    std::string bytes;
    bytes.reserve(text.size() / 2 - 1);
    for (std::size_t i = 2; i < text.size(); i += 2)
        bytes += static_cast<char>(hex_digit(text[i]) * 16 + hex_digit(text[i + 1]));
    return bytes;
}

std::int64_t Field::integer() const { return to_integer(view()); }

double Field::number() const {
    double value = 0;
    const auto [end, error] = std::from_chars(text_, text_ + size_, value);
    if (error != std::errc{} || end != text_ + size_) not_a("a number");
    return value;
}

Time Field::time() const {
    const auto time = parse_time(view());
    if (!time) not_a("a time");
    return *time;
}

std::vector<std::string> Field::texts() const { return null_ ? std::vector<std::string>{} : array_elements(view()); }

std::vector<std::int64_t> Field::integers() const {
    std::vector<std::int64_t> all;
    for (const auto& one : texts()) all.push_back(to_integer(one));
    return all;
}

} // namespace larum::store
