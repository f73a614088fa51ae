#pragma once

#include "daemon/judge/learn.h"
#include "daemon/judge/reader.h"
#include "daemon/judge/training_post.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Examples that hold nothing of the people in the posts: no name, number, address or handle becomes a feature.
namespace larum::judging {

/// Is this folded word a first name that people bear? Told by whoever knows names; the judge does not.
using FirstNames = std::function<bool(std::string_view)>;

/// Looks at all posts before it makes an example of any: a name that shows itself in one post is cut in all. A word
/// that the model started from does not know becomes a feature only when authors_min people wrote it, in small letters, and
/// nothing makes it a name.
class Anonymous {
public:
    static constexpr std::size_t authors_min = 3;

    /// `known`: a model's content; its words are ordinary ones.
    Anonymous(const std::vector<TrainingPost>& posts, const Reader& reader, std::string_view known, FirstNames first_names);

    /// Shapes and meanings of the whole text, and the wording of what may be kept.
    Example example_of(const TrainingPost& post) const;

private:
    struct Look;
    Look look(const TrainingPost& post) const;
    bool ordinary(std::string_view word) const;
    bool is_name(std::string_view word) const;
    bool kept(const Look& look, std::size_t word) const;
    void note_names(const Look& look);

    const Reader& reader_;
    FirstNames first_names_;
    std::set<std::string, std::less<>> known_; ///< stems
    std::set<std::string, std::less<>> names_; ///< as they were found, and without the last vowel
    std::map<std::string, std::set<std::string>, std::less<>> authors_; ///< by word that the model does not know
};

} // namespace larum::judging
