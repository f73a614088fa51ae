#pragma once

#include "daemon/judge/phrase.h"
#include "daemon/judge/plain.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The phrases larum knows, in every language it reads, found in one pass over a text.
namespace larum::judging {

/// One phrase found: which concept it means, and where in the plain text (bytes, end exclusive).
struct Hit {
    std::uint16_t concept_id = 0;
    std::uint16_t sentence = 0;
    std::uint32_t start = 0;
    std::uint32_t end = 0;
};

/// Concepts («contact.phone», «praise») are named by the sections of daemon/judge/lexicon/*.txt and shared by all
/// languages. Safe to share between threads.
class Lexicon {
public:
    using Texts = std::vector<std::pair<std::string, std::string>>; ///< file name, content

    /// Throws Error::Kind::bug naming file and line of a phrase that is wrong.
    explicit Lexicon(const Texts& files);

    /// All phrases in `plain`, ordered by start, those of one concept that overlap as one; at most hits_max.
    void find(const Plain& plain, std::vector<Hit>& hits) const;
    static constexpr std::size_t hits_max = 512;

    const std::vector<std::string>& concepts() const { return concepts_; }
    int concept_named(std::string_view name) const; ///< -1: no phrase means it

private:
    void read_file(const std::string& name, std::string_view content);
    std::uint16_t concept_titled(std::string_view title);

    std::vector<std::string> concepts_;
    PhraseAutomaton phrases_;
};

/// The lexicon that is built in; made by the build from daemon/judge/lexicon/*.txt.
Lexicon::Texts built_in_lexicon();

} // namespace larum::judging
