#include "daemon/connect/block.h"

#include "config/config.h"
#include "core/error.h"
#include "core/text.h"
#include "daemon/no_http.h"

#include <algorithm>

namespace larum::connect {

namespace {

Error wrong(const config::Description& setting, const std::string& right) {
    return Error(Error::Kind::config, setting.name + ": expected " + right);
}

bool is_plain(const std::string& typed) {
    return text::is_valid_utf8(typed) &&
           std::none_of(typed.begin(), typed.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// The value of «x = TYPED», or nothing when that is no TOML.
std::optional<config::Value> parsed(const std::string& typed) {
    try {
        const auto root = config::parse_toml("x = " + typed, "answer");
        return root.table()->size() == 1 ? std::optional(*root.find("x")) : std::nullopt;
    } catch (const Error&) {
        return {};
    }
}

std::vector<std::string> at_commas(const std::string& typed) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= typed.size();) {
        const auto comma = std::min(typed.find(',', at), typed.size());
        if (auto part = text::trim(typed.substr(at, comma - at)); !part.empty())
            parts.push_back(std::move(part));
        at = comma + 1;
    }
    return parts;
}

std::string list(const config::Description& setting, const std::vector<std::string>& typed) {
    std::vector<std::string> all;
    for (const auto& one : typed) {
        if (one.starts_with('[')) {
            const auto value = parsed(one);
            config::Problems problems;
            const auto texts = value ? config::read_texts(*value, problems) : std::nullopt;
            if (!texts) throw wrong(setting, "texts with commas between, or a list like [\"a\", \"b\"]");
            all.insert(all.end(), texts->begin(), texts->end());
        } else {
            const auto parts = at_commas(one);
            all.insert(all.end(), parts.begin(), parts.end());
        }
    }
    return config::Kind<std::vector<std::string>>::show(all);
}

std::string truth(const config::Description& setting, const std::string& typed) {
    if (typed == "true" || typed == "yes" || typed == "y") return "true";
    if (typed == "false" || typed == "no" || typed == "n") return "false";
    throw wrong(setting, "true or false");
}

std::string number(const config::Description& setting, const std::string& typed, bool whole) {
    const bool bare = typed.find_first_not_of("0123456789+-.eE") == std::string::npos; // no comment behind it
    const auto value = bare ? parsed(typed) : std::nullopt;
    const bool fits = value && (std::holds_alternative<std::int64_t>(value->data) ||
                                (!whole && std::holds_alternative<double>(value->data)));
    if (!fits) throw wrong(setting, whole ? "a whole number" : "a number");
    return typed;
}

/// A key or a part of a table's name.
std::string quoted_key(const std::string& key) {
    const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-');
    });
    return bare ? key : config::quote(key);
}

/// «answer:3:1: page must be digits»: the setting of line 3, and what is said of it.
std::pair<std::string, std::string> objection(const std::string& problem, const Block& block) {
    const auto line_at = problem.find(':') + 1, column_at = problem.find(':', line_at) + 1;
    const auto said = problem.substr(problem.find(": ", column_at) + 2);
    const auto line = static_cast<std::size_t>(std::stoul(problem.substr(line_at)));
    const bool known = line >= 2 && line - 2 < block.answers.size();
    return {known ? block.answers[line - 2].key : "", said};
}

} // namespace

const Answer* Block::find(std::string_view key) const {
    for (const auto& one : answers)
        if (one.key == key) return &one;
    return nullptr;
}

void Block::put(Answer answer) {
    for (auto& one : answers)
        if (one.key == answer.key) {
            one = std::move(answer);
            return;
        }
    answers.push_back(std::move(answer));
}

bool is_secret(const config::Description& setting) {
    return setting.kind == config::Kind<config::Secret>::name();
}

std::string as_toml(const config::Description& setting, const std::vector<std::string>& typed) {
    for (const auto& one : typed)
        if (!is_plain(one)) throw wrong(setting, "plain text on one line, in UTF-8");
    if (setting.kind == "list of texts") return list(setting, typed);
    if (typed.size() != 1) throw wrong(setting, "one value, not " + std::to_string(typed.size()));
    if (setting.kind == "true or false") return truth(setting, typed.front());
    if (setting.kind == "whole number") return number(setting, typed.front(), true);
    if (setting.kind == "number") return number(setting, typed.front(), false);
    return config::quote(typed.front());
}

std::string text_of(const Block& block, Form form) {
    std::string text = '[' + block.group + '.' + quoted_key(block.name) + "]\n";
    for (const auto& one : block.answers)
        text += quoted_key(one.key) + " = " + (form == Form::written ? one.toml : one.tried) + '\n';
    return text;
}

std::string appended(std::string config, const std::vector<Block>& blocks, Form form) {
    if (!config.empty() && config.back() != '\n') config += '\n';
    for (const auto& one : blocks) config += (config.empty() ? "" : "\n") + text_of(one, form);
    return config;
}

Objections objections(const connectors::Kind& kind, const Block& block) {
    const auto root = config::parse_toml(text_of(block, Form::tried), "answer");
    const auto& table = *root.find(block.group)->find(block.name);
    config::Problems problems;
    if (block.group == "app")
        kind.make_receiver(table, config::app_keys, problems);
    else
        kind.make(table, config::source_keys, problems, {no_http()});
    Objections all;
    for (const auto& line : problems.lines()) all.push_back(objection(line, block));
    return all;
}

const std::string& webhook_family(const connectors::Kind& kind) {
    return kind.webhook_family.empty() ? kind.name : kind.webhook_family;
}

const connectors::Kind* webhook_kind(const connectors::Kind& kind) {
    if (kind.make_receiver) return &kind;
    for (const auto* one : connectors::all_kinds())
        if (one->make_receiver && webhook_family(*one) == webhook_family(kind)) return one;
    return nullptr;
}

} // namespace larum::connect
