#pragma once

#include "connectors/shared/json.h"
#include "core/model.h"

#include <string>

namespace larum::connectors::youtube {

/// A comment resource as a post. `video` is what it stands below, `own_channel` whose comments are the
/// brand's own. Throws Error::Kind::input when it has no id or time.
Post read_comment(const json::Json& comment, const std::string& video, const std::string& own_channel);

/// One result of a search as a post: a mention, or the brand's own video. Throws Error::Kind::input.
Post read_found_video(const json::Json& result, const std::string& own_channel);

/// A video resource as a post, with its whole description, which a search had cut short. Throws
/// Error::Kind::input.
Post read_video(const json::Json& video, const std::string& own_channel);

} // namespace larum::connectors::youtube
