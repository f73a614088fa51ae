#pragma once

#include "core/model.h"

#include <string>
#include <string_view>

/// Which post a link names, so that one handed in by link and one that a source brought are known to be the same.
namespace larum {

/// The same for all addresses of one post: without scheme, «www.» and «m.», trailing slash, fragment and the marks of
/// campaigns; where the platform's own id can be read out of the address, that id: «x/1893», «youtube/abc/c/Ugx».
/// Empty when `url` is no web address, or names no single post: a profile, an app's page of reviews.
std::string link_key(std::string_view url);

/// The key under which a post that a source brought is found by its link. Empty where the address that the source
/// tells is not the post's own: comments often come with the address of what they stand under.
std::string link_key(const Post& post);

/// `url` without the marks that campaigns and «share» buttons add, and without a fragment that names no post of a page.
std::string without_marks(std::string_view url);

} // namespace larum
