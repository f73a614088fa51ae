#include "daemon/judge/model_text.h"

#include "daemon/judge/reading.h"

#include <charconv>
#include <cstdio>
#include <map>

namespace larum::judging {

namespace {

constexpr std::string_view learned_mark = "=learned";

/// Cuts the next piece off `rest`, behind it the mark.
std::string_view next(std::string_view& rest, char mark) {
    const auto end = rest.find(mark);
    const auto piece = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return piece;
}

/// «HEAD:HUNDREDTHS» by head.
using Fields = std::map<std::size_t, std::string_view>;

Fields fields_of(std::string_view line) {
    Fields fields;
    while (!line.empty()) {
        const auto field = next(line, '\t');
        std::size_t head = 0;
        if (std::from_chars(field.data(), field.data() + field.size(), head).ec == std::errc()) fields[head] = field;
    }
    return fields;
}

struct Lines {
    std::string_view first;
    std::map<std::string_view, Fields> by_name;
};

Lines lines_of(std::string_view model) {
    Lines lines;
    lines.first = next(model, '\n');
    while (!model.empty()) {
        auto line = next(model, '\n');
        const auto name = next(line, '\t');
        if (name != learned_mark) lines.by_name.emplace(name, fields_of(line));
    }
    return lines;
}

} // namespace

std::string with_heads(std::string_view base, std::string_view other, const std::set<std::size_t>& heads) {
    auto lines = lines_of(base);
    const auto taken = lines_of(other);
    for (auto& [name, fields] : lines.by_name) std::erase_if(fields, [&](const auto& one) { return heads.contains(one.first); });
    for (const auto& [name, fields] : taken.by_name)
        for (const auto& [head, field] : fields)
            if (heads.contains(head)) lines.by_name[name][head] = field;
    std::string text(lines.first);
    text += '\n';
    for (const auto& [name, fields] : lines.by_name) {
        if (fields.empty()) continue;
        text += name;
        for (const auto& [head, field] : fields) (text += '\t') += field;
        text += '\n';
    }
    return text;
}

std::uint32_t fingerprint(std::string_view text) { return feature_key(text); }

Fingerprints fingerprints_in(std::string_view model) {
    Fingerprints posts;
    const auto mark = "\n" + std::string(learned_mark) + "\t";
    const auto found = model.find(mark);
    if (found == model.npos) return posts;
    model.remove_prefix(found + mark.size());
    auto line = next(model, '\n');
    while (!line.empty()) {
        const auto field = next(line, '\t');
        std::uint32_t post = 0;
        if (std::from_chars(field.data(), field.data() + field.size(), post, 16).ec == std::errc()) posts.insert(post);
    }
    return posts;
}

std::string with_fingerprints(std::string model, const Fingerprints& posts) {
    model += learned_mark;
    char field[16];
    for (const auto post : posts) {
        std::snprintf(field, sizeof field, "\t%08x", post);
        model += field;
    }
    return model + '\n';
}

} // namespace larum::judging
