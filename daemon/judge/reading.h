#pragma once

#include "daemon/judge/lexicon.h"
#include "daemon/judge/plain.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larum::judging {

/// How many attempts an author gives.
struct StatedCount {
    int value = 0;
    std::uint32_t start = 0; ///< the words it was read from; bytes of Plain::text
    std::uint32_t end = 0;
};

/// One post while it is read: laid out, phrases found. Its memory is used again for the next.
struct Reading {
    Plain plain;
    std::vector<Hit> hits;
    std::string_view lang = "und";
    std::optional<StatedCount> count;
    bool brand_named = false;
    bool competitor_named = false;
};

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
