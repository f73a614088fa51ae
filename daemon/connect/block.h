#pragma once

#include "connectors/connector.h"

#include <string>
#include <utility>
#include <vector>

/// What `larum connect` makes of a person's answers: tables of the config, tried before they are written.
namespace larum::connect {

/// One setting with its answer as TOML.
struct Answer {
    std::string key;
    std::string toml; ///< as it is written
    std::string
        tried; ///< as it is read before anything is written: a secret that was typed lies elsewhere till then
};

/// A table that will be appended to the config.
struct Block {
    std::string group; ///< «source», «app», «brand»
    std::string name;
    std::vector<Answer> answers;

    const Answer* find(std::string_view key) const;
    void put(Answer answer); ///< replaces the answer of that key
};

bool is_secret(const config::Description& setting);

/// What was typed, as TOML of that setting's kind. A list is given in several texts, or in one with commas.
/// Throws Error::Kind::config that begins with the setting's name.
std::string as_toml(const config::Description& setting, const std::vector<std::string>& typed);

enum class Form { written, tried };
std::string text_of(const Block& block, Form form);

/// `config` with the blocks behind all that it has.
std::string appended(std::string config, const std::vector<Block>& blocks, Form form);

/// What the kind says against a block, by setting; an empty key stands for the table as a whole.
using Objections = std::vector<std::pair<std::string, std::string>>;
Objections objections(const connectors::Kind& kind, const Block& block);

/// Kinds of one family share their webhook apps.
const std::string& webhook_family(const connectors::Kind& kind);

/// The kind of an app that hears for sources of `kind`: itself, or one of its family. Null: no webhooks.
const connectors::Kind* webhook_kind(const connectors::Kind& kind);

} // namespace larum::connect
