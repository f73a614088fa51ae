#include "config/value.h"

#include "core/error.h"

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace larum::config {

namespace {

Position position(const toml::source_region& region, const std::string& file) {
    return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Value convert(const toml::node& node, const std::string& file) {
    Value value;
    value.at = position(node.source(), file);
    if (const auto* table = node.as_table()) {
        Value::Table members;
        for (const auto& [key, member] : *table)
            members.emplace_back(std::string(std::string_view(key)), convert(member, file));
        value.data = std::move(members);
    } else if (const auto* array = node.as_array()) {
        Value::List list;
        for (const auto& member : *array) list.push_back(convert(member, file));
        value.data = std::move(list);
    } else if (const auto* text = node.as_string()) {
        value.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
        value.data = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
        value.data = number->get();
    } else if (const auto* flag = node.as_boolean()) {
        value.data = flag->get();
    }
    return value; // a TOML date or time stays empty: no setting takes one
}

} // namespace

const Value* Value::find(std::string_view key) const {
    if (const auto* members = table())
        for (const auto& [name, value] : *members)
            if (name == key) return &value;
    return nullptr;
}

Value parse_toml(std::string_view text, const std::string& file) {
    try {
        return convert(toml::parse(text, file), file);
    } catch (const toml::parse_error& error) {
        const auto at = position(error.source(), file);
        throw Error(Error::Kind::config, file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                                             std::string(error.description()));
    }
}

void Problems::add(const Position& at, const std::string& what) {
    lines_.push_back(at.file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what);
}

} // namespace larum::config
