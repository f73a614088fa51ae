#pragma once

#include "daemon/judge/brand_words.h"
#include "daemon/judge/lexicon.h"
#include "daemon/judge/plain.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace larum::judging {

/// One post while it is read: laid out, phrases found. Its memory is used again for the next.
struct Reading {
    Plain plain;
    std::vector<Hit> hits;
    std::string_view lang = "und";
    bool brand_named = false;
    bool competitor_named = false;
};

/// Reads `text` into `reading`; the bounds and meanings of the other arguments are those of Judge::judge.
void read(std::string_view text, std::string_view lang_hint, const BrandWords& brand, const Lexicon& lexicon,
          Reading& reading);

/// What the models weigh: one property of a reading, known by the hash of its name.
struct Feature {
    std::uint32_t key = 0;
    float value = 1;
};

/// Every feature of `reading`. `names`, when given, takes the name of each feature («c:no_answer»), for learning
/// and explaining.
void features_of(const Reading& reading, const Lexicon& lexicon, std::vector<Feature>& features,
                 std::vector<std::string>* names = nullptr);

/// The beginning of a word, which keeps the meaning of most inflected forms; every number is «0».
std::string_view word_stem(std::string_view word);

std::uint32_t feature_key(std::string_view name);

} // namespace larum::judging
