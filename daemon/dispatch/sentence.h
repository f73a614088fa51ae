#pragma once

#include "core/model.h"

#include <string>
#include <string_view>
#include <vector>

/// Which words of a post an alert shows. Pure.
namespace larum::dispatch {

/// The sentence that the reasons rest on, at most `most` code points: the one that holds the strongest span, cut
/// around it when it is too long. Without spans the first sentence. One line.
std::string key_sentence(std::string_view text, const std::vector<WordSpan>& spans, std::size_t most = 240);

/// «A.N.»
std::string initials(std::string_view name);

} // namespace larum::dispatch
