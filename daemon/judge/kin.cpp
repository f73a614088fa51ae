#include "daemon/judge/kin.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <unordered_map>

namespace larum::judging {

namespace {

constexpr std::size_t bands = 8;
constexpr std::size_t rows = 5; ///< texts that share eight of ten runs of words meet in some band in 96 of 100 cases
constexpr std::size_t words_max = 200;

std::uint64_t mixed(std::uint64_t x) {
    x ^= x >> 33, x *= 0xff51afd7ed558ccdull;
    x ^= x >> 33, x *= 0xc4ceb9fe1a85ec53ull;
    return x ^ x >> 33;
}

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 14695981039346656037ull;
    for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211ull;
    return mixed(hash);
}

bool says_something(std::string_view word) { return word.front() > '9' && word != "http" && word != "https"; }

/// Hashes of every two words in a row: what is left of a text when its numbers are gone.
std::vector<std::uint64_t> runs_of(const std::string& text) {
    std::vector<std::uint64_t> runs;
    std::uint64_t before = 0;
    const auto folded = text::fold(text);
    for (const auto word : text::folded_words(folded)) {
        if (!says_something(word)) continue;
        const auto hash = hash_of(word);
        runs.push_back(mixed(before * 31 + hash));
        before = hash;
        if (runs.size() == words_max) break;
    }
    return runs;
}

using Bands = std::array<std::uint64_t, bands>;

/// The least hash of all runs under several orders: similar texts share it often.
Bands bands_of(const std::vector<std::uint64_t>& runs) {
    Bands found{};
    for (std::size_t band = 0; band < bands; ++band)
        for (std::size_t row = 0; row < rows; ++row) {
            std::uint64_t least = ~0ull;
            for (const auto run : runs) least = std::min(least, mixed(run + (band * rows + row + 1) * 0x9e3779b97f4a7c15ull));
            found[band] = mixed(found[band] ^ least);
        }
    return found;
}

/// Posts that belong together, joined step by step.
class Union {
public:
    explicit Union(std::size_t size) : above_(size) { std::iota(above_.begin(), above_.end(), 0u); }

    std::size_t top(std::size_t i) {
        while (above_[i] != i) i = above_[i] = above_[above_[i]];
        return i;
    }
    void join(std::size_t a, std::size_t b) { above_[top(a)] = top(b); }

private:
    std::vector<std::size_t> above_;
};

} // namespace

std::vector<std::uint32_t> kin_of(const std::vector<TrainingPost>& posts) {
    Union kin(posts.size());
    std::unordered_map<std::uint64_t, std::size_t> first;
    const auto meet = [&](std::uint64_t key, std::size_t i) {
        const auto [place, is_new] = first.emplace(key, i);
        if (!is_new) kin.join(i, place->second);
    };
    for (std::size_t i = 0; i < posts.size(); ++i) {
        const auto runs = runs_of(posts[i].post.text);
        const auto found = bands_of(runs);
        // A text of two words is like any other one of two words.
        for (std::size_t band = 0; band < bands && runs.size() > 3; ++band) meet(mixed(found[band] + band), i);
        if (runs.size() <= 3) meet(hash_of("text " + text::fold(posts[i].post.text)), i);
        if (!posts[i].author.empty()) meet(hash_of("author " + posts[i].author), i);
        if (!posts[i].thread.empty()) meet(hash_of("thread " + posts[i].thread), i);
    }
    std::vector<std::uint64_t> least(posts.size(), ~0ull);
    for (std::size_t i = 0; i < posts.size(); ++i) {
        auto& one = least[kin.top(i)];
        one = std::min(one, hash_of(posts[i].post.text));
    }
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < posts.size(); ++i) numbers.push_back(static_cast<std::uint32_t>(least[kin.top(i)] >> 32));
    return numbers;
}

} // namespace larum::judging
