#pragma once

#include "core/model.h"

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace larum {

/// A post from one line of JSON in the form that the README promises («A post, as JSONL»). Missing and null
/// fields keep their defaults, unknown ones are ignored, numbers are taken where ids are expected.
/// Throws Error::Kind::input naming the field and what would be right.
Post parse_post(std::string_view json_line);

nlohmann::json to_json(const Post& post);
nlohmann::json to_json(const Verdict& verdict); ///< the promised fields, without `id`
nlohmann::json to_json(const Evidence& evidence);

/// «facebook:1234:987»: platform, scope, native id of the author; empty when the post's author has no id.
std::string author_key(const Post& post);

/// The way a person names a post on the command line and in reports: «facebook:123_456».
std::string post_name(const Post& post);

} // namespace larum
