#pragma once

#include "core/model.h"

#include <string>
#include <string_view>

/// Posts that a person hands in where no API reads: groups, videos, Wykop.
namespace larum {

/// The first http or https address in `text`, without what punctuation follows it; empty when there is none.
std::string first_link(std::string_view text);

/// Lower case, without port; empty when `url` is no web address.
std::string host_of_link(std::string_view url);

/// The platform by the link's host; «web» when larum knows none.
std::string platform_of_link(std::string_view url);

/// A post at `url`, begun: platform, id and link. What the link names (link_key.h) tells two posts apart: handed in
/// twice, it is one, and one that a source brings too is known by it.
Post reported_post(const std::string& url);

/// Whether a person handed it in and no source has brought it.
bool is_reported(const Post& post);

} // namespace larum
