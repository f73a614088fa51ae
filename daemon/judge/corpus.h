#pragma once

#include "daemon/judge/labels.h"

#include <string>
#include <string_view>
#include <vector>

/// Examples written for larum: daemon/judge/corpus/LANGUAGE_*.txt. How a line is written stands in the README there.
namespace larum::judging {

/// `file` gives the language by its first two letters and is named in errors. Throws Error::Kind::input naming file
/// and line of what is wrong.
std::vector<LabelledPost> parse_corpus(std::string_view content, const std::string& file);

} // namespace larum::judging
