#pragma once

#include "daemon/judge/labels.h"

#include <istream>
#include <string>
#include <vector>

namespace larum::judging {

/// A post with labels, and what is needed to split posts fairly and to cut people out of them.
struct TrainingPost {
    LabelledPost post;
    std::string author;             ///< whoever wrote it, as a key; empty: not told
    std::string thread;             ///< what it stands under; empty: not told
    std::vector<std::string> names; ///< of the author, as displayed
};

/// A JSON object a line: `text`, any label fields, and if known `author` (a key, or an object with `id`, `handle`,
/// `name`) and `thread` or `parent_id`. Empty lines are passed over. Throws Error::Kind::input with a line
/// «NAME:LINE: what is wrong, what would be right» for each of the first lines that are wrong.
std::vector<TrainingPost> read_training_posts(std::istream& lines, const std::string& name);

constexpr std::size_t training_posts_max = 50'000; ///< more are an error: memory is bounded

} // namespace larum::judging
