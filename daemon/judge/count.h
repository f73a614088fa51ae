#pragma once

#include "daemon/judge/reading.h"

#include <optional>
#include <vector>

namespace larum::judging {

/// Reads how many attempts an author gives: «po raz trzeci», «3x», «dzwoniłam 5 razy», «two calls and an email».
class CountReader {
public:
    explicit CountReader(const Lexicon& lexicon);

    /// Nothing when no number is given, or one that nobody means («for the hundredth time»).
    std::optional<StatedCount> read(const Reading& reading) const;

private:
    enum class Kind : unsigned char { none, cardinal, ordinal, times, time_word, noun, verb };
    struct Meaning {
        Kind kind = Kind::none;
        int value = 0;
    };
    struct Mark {
        Meaning meaning;
        std::uint32_t first = 0, last = 0; ///< words
        std::uint16_t sentence = 0;
    };

    void mark(const Reading& reading, std::vector<Mark>& marks) const;
    std::vector<Meaning> meanings_; ///< by concept
};

} // namespace larum::judging
