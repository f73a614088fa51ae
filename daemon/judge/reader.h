#pragma once

#include "daemon/judge/brand_words.h"
#include "daemon/judge/count.h"
#include "daemon/judge/reading.h"

#include <string_view>

namespace larum::judging {

/// Reads posts: lays them out, finds their language, phrases and numbers. Safe to share between threads.
class Reader {
public:
    /// With the lexicon that is built in.
    Reader();

    /// The bounds and meanings of the arguments are those of Judge::judge. The memory of `reading` is used again.
    void read(std::string_view text, std::string_view lang_hint, const BrandWords& brand, Reading& reading) const;

    const Lexicon& lexicon() const { return lexicon_; }

private:
    Lexicon lexicon_;
    CountReader counts_;
};

} // namespace larum::judging
