#pragma once

#include "config/secret.h"
#include "config/value.h"
#include "core/words.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace larum::config {

/// What is said of one setting in the reference and the example file.
struct Description {
    std::string name;
    std::string about;    ///< for the person who runs larum at night
    std::string kind;     ///< «text», «whole number», «duration», «one of: a, b», ...
    std::string fallback; ///< the default as TOML; empty when required or unset
    bool required = false;
};

// Reading one value. Each returns nothing and adds a problem when the value is not of its kind.
std::optional<bool> read_bool(const Value&, Problems&);
std::optional<std::int64_t> read_integer(const Value&, Problems&);
std::optional<double> read_number(const Value&, Problems&);
std::optional<std::string> read_text(const Value&, Problems&);
std::optional<std::chrono::microseconds> read_duration(const Value&, Problems&); ///< «90s», «15m», «8h», «30d», «250ms»
std::optional<std::vector<std::string>> read_texts(const Value&, Problems&);
/// A secret is never written in the file: «env:NAME», «file:/path» or «credential:NAME» (systemd).
std::optional<Secret> read_secret(const Value&, Problems&);

std::string write_duration(std::chrono::microseconds span);
std::string quote(std::string_view text); ///< as a TOML string

/// How each type of member is read and shown. Specialise for a new type.
template <class T, class = void>
struct Kind;
template <> struct Kind<bool> {
    static std::string name() { return "true or false"; }
    static auto read(const Value& v, Problems& p) { return read_bool(v, p); }
    static std::string show(bool v) { return v ? "true" : "false"; }
};
template <> struct Kind<int> {
    static std::string name() { return "whole number"; }
    static std::optional<int> read(const Value& v, Problems& p) {
        const auto n = read_integer(v, p);
        if (n && (*n > INT32_MAX || *n < INT32_MIN)) return p.add(v.at, "is out of range"), std::nullopt;
        return n ? std::optional<int>(static_cast<int>(*n)) : std::nullopt;
    }
    static std::string show(int v) { return std::to_string(v); }
};
template <> struct Kind<std::int64_t> {
    static std::string name() { return "whole number"; }
    static auto read(const Value& v, Problems& p) { return read_integer(v, p); }
    static std::string show(std::int64_t v) { return std::to_string(v); }
};
template <> struct Kind<double> {
    static std::string name() { return "number"; }
    static auto read(const Value& v, Problems& p) { return read_number(v, p); }
    static std::string show(double v);
};
template <> struct Kind<std::string> {
    static std::string name() { return "text"; }
    static auto read(const Value& v, Problems& p) { return read_text(v, p); }
    static std::string show(const std::string& v) { return quote(v); }
};
template <> struct Kind<std::chrono::microseconds> {
    static std::string name() { return "duration"; }
    static auto read(const Value& v, Problems& p) { return read_duration(v, p); }
    static std::string show(std::chrono::microseconds v) { return quote(write_duration(v)); }
};
template <> struct Kind<std::vector<std::string>> {
    static std::string name() { return "list of texts"; }
    static auto read(const Value& v, Problems& p) { return read_texts(v, p); }
    static std::string show(const std::vector<std::string>& v) {
        std::string all = "[";
        for (const auto& one : v) all += (all.size() > 1 ? ", " : "") + quote(one);
        return all + "]";
    }
};
template <> struct Kind<Secret> {
    static std::string name() { return "secret: \"env:NAME\", \"file:/path\" or \"credential:NAME\""; }
    static auto read(const Value& v, Problems& p) { return read_secret(v, p); }
    static std::string show(const Secret&) { return ""; }
};
template <class T> struct Kind<std::optional<T>> {
    static std::string name() { return Kind<T>::name(); }
    static std::optional<std::optional<T>> read(const Value& v, Problems& p) {
        if (auto one = Kind<T>::read(v, p)) return std::optional<std::optional<T>>(std::move(one));
        return std::nullopt;
    }
    static std::string show(const std::optional<T>& v) { return v ? Kind<T>::show(*v) : ""; }
};
template <class E> struct Kind<E, std::enable_if_t<std::is_enum_v<E>>> {
    static std::string name() { return "one of: " + all_words<E>(); }
    static std::optional<E> read(const Value& v, Problems& p) {
        const auto text = read_text(v, p);
        if (!text) return std::nullopt;
        const auto value = from_word<E>(*text);
        if (!value) p.add(v.at, "is \"" + *text + "\"; expected one of: " + all_words<E>());
        return value;
    }
    static std::string show(E v) { return quote(word(v)); }
};

/// One setting of the struct S: the only place where it is described.
template <class S>
struct Option {
    Description description;
    std::function<void(S&, const Value&, Problems&)> read;
    std::function<std::string(const S&)> show;
};

template <class S>
using Options = std::vector<Option<S>>;

template <class S, class M>
Option<S> option(std::string name, M S::*member, std::string about) {
    Option<S> made;
    made.description = {std::move(name), std::move(about), Kind<M>::name(), Kind<M>::show(S{}.*member), false};
    made.read = [member](S& settings, const Value& value, Problems& problems) {
        if (auto read = Kind<M>::read(value, problems)) settings.*member = std::move(*read);
    };
    made.show = [member](const S& settings) { return Kind<M>::show(settings.*member); };
    return made;
}

/// Like `option`, but its absence is a problem.
template <class S, class M>
Option<S> required(std::string name, M S::*member, std::string about) {
    auto made = option(std::move(name), member, std::move(about));
    made.description.required = true;
    made.description.fallback.clear();
    return made;
}

/// Fills S from a table. Keys that no option names are problems that say the nearest name;
/// `also_known` are keys of the table that somebody else reads.
template <class S>
S read(const Options<S>& options, const Value& table, Problems& problems,
       const std::vector<std::string>& also_known = {});

template <class S>
std::vector<Description> describe(const Options<S>& options) {
    std::vector<Description> all;
    for (const auto& one : options) all.push_back(one.description);
    return all;
}

/// `about` wrapped as comments with the default below it, commented out when there is one: the example file.
std::string example(const std::vector<Description>& descriptions);

/// A Markdown table: the reference.
std::string reference(const std::vector<Description>& descriptions);

// ---- details ----------------------------------------------------------------------------------------

/// The problem of an unknown key, with the nearest known name.
void unknown_key(const std::string& key, const Position& at, const std::vector<std::string>& known, Problems&);

template <class S>
S read(const Options<S>& options, const Value& table, Problems& problems,
       const std::vector<std::string>& also_known) {
    S settings{};
    std::vector<std::string> known = also_known;
    for (const auto& one : options) {
        known.push_back(one.description.name);
        if (const auto* value = table.find(one.description.name)) {
            Problems own;
            one.read(settings, *value, own);
            for (const auto& line : own.lines()) problems.add(value->at, one.description.name + line.substr(line.find(": ") + 1));
        } else if (one.description.required) {
            problems.add(table.at, one.description.name + " is missing: " + one.description.about);
        }
    }
    if (const auto* members = table.table())
        for (const auto& [key, value] : *members)
            if (std::find(known.begin(), known.end(), key) == known.end()) unknown_key(key, value.at, known, problems);
    return settings;
}

} // namespace larum::config
