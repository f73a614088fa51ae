#pragma once

#include "core/model.h"
#include "daemon/judge/learn.h"
#include "daemon/judge/reader.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Posts with the answers a person gave (LABELS.md, or a world's truth).
namespace larum::judging {

struct LabelledPost {
    std::string id, lang, brand, text;
    std::optional<Time> posted_at;
    std::optional<bool> complaint, repeat_contact, broken_promise, not_solved, on_behalf;
    std::optional<bool> service; ///< about dealings with a firm; not labelled: yes
    std::optional<std::optional<int>> stated_contacts;       ///< outer: labelled at all
    std::optional<std::vector<std::string>> channels, threat, hazard;
    std::optional<Topic> topic;
};

/// One JSON object with `text` and any label fields; fields that are absent count as not labelled. Throws
/// Error::Kind::input naming the field that is wrong.
LabelledPost parse_labelled(std::string_view json_line);

/// What learning needs of it.
Example example_of(const LabelledPost& post, const Reader& reader, float weight = 1);

} // namespace larum::judging
