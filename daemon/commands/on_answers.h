#pragma once

#include "config/option.h"
#include "core/error.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What `larum connect` is told, by flag or by answer, and what it says when that is wrong.
namespace larum::commands {

/// Before the names of a webhook app's settings.
inline const std::string app_prefix = "app.";

Error wrong(const std::string& what);

/// What a script would have said instead of an answer.
std::string flag_of(const config::Description& setting, const std::string& prefix);

/// «key=value» in two. Throws Error::Kind::config without repeating it: it may be a secret in the wrong
/// place.
std::pair<std::string, std::string> split(const std::string& flag, const std::string& given);

std::string joined(const std::vector<std::string>& all); ///< with commas

/// Settings of every source that a person may want beside the kind's own.
std::vector<config::Description> common_settings();

/// The setting of that name, or null.
const config::Description* find(const std::vector<config::Description>& settings, const std::string& key);

/// Throws Error::Kind::config when `name` cannot be that of a source, brand or app.
void check_name(const std::string& what, const std::string& name);

/// The answer without blanks around it. Throws Error::Kind::config when nobody gave one, naming the flag for
/// it.
std::string need(const std::optional<std::string>& answer, const std::string& what, const std::string& flag);

} // namespace larum::commands
