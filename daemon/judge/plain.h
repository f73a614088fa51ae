#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A post's text laid out for reading.
namespace larum::judging {

struct Word {
    std::uint32_t start = 0; ///< bytes of Plain::text
    std::uint32_t end = 0;
    std::uint16_t sentence = 0;
};

struct Sentence {
    std::uint32_t start = 0;
    std::uint32_t end = 0;
    bool question = false;
};

/// Folded text in which apostrophes inside words are gone («don't» is «dont»), a letter typed three times or more
/// stands once, and a new line is kept as '\n'.
struct Plain {
    std::string text;
    std::vector<std::uint32_t> origin; ///< by byte of `text`: code point offset in the original
    std::vector<Word> words;
    std::vector<Sentence> sentences;
    int mentions = 0;
    bool mention_first = false; ///< the text begins with a handle: it is said to somebody
    bool mention_help = false;  ///< a handle of a help desk («@brand_help»)
    int tags = 0;
    int exclamations = 0;
    int questions = 0;
    int glad_emoji = 0;
    int cross_emoji = 0;
    int letters = 0;
    int capitals = 0;

    std::string_view word(std::size_t i) const {
        return std::string_view(text).substr(words[i].start, words[i].end - words[i].start);
    }
};

/// Lays `text` out into `plain`, whose memory is used again.
void lay_out(std::string_view text, Plain& plain);

} // namespace larum::judging
