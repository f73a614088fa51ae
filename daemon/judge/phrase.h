#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace larum::judging {

/// Many phrases as one automaton over words. Each step is one word of one phrase; a step is reached when its word
/// is read while a step before it was reached near enough (or when it begins a phrase). Phrases are added, then it is
/// sealed, then asked.
class PhraseAutomaton {
public:
    using Macros = std::vector<std::pair<std::string, std::string>>;

    struct Before {
        std::uint32_t step = 0;
        std::uint8_t words_between = 0; ///< at most; more than none only inside one sentence
    };
    struct Step {
        std::vector<Before> before;
        std::uint16_t meaning = 0;
        bool begins = false;
        bool ends = false;
    };

    /// One way to reach a step. They lie side by side by word, so that reading a text walks through memory in order.
    struct Move {
        std::uint32_t step = 0;
        std::uint32_t before = begins;   ///< the step that must have been reached, or `begins`
        std::uint16_t meaning = 0;
        std::uint8_t words_between = 0;
        bool ends = false;  ///< a phrase
        bool leads = false; ///< to further steps
    };
    static constexpr std::uint32_t begins = 0xffffffff;

    /// How phrases are written stands in daemon/judge/lexicon/README.md. Throws Error::Kind::bug naming the phrase.
    void add(std::string_view phrase, const Macros& macros, std::uint16_t meaning);

    void seal();
    std::size_t steps() const { return steps_.size(); }

    /// Calls `take(move)` for every move whose word is `word`.
    template <class Take>
    void moves_of(std::string_view word, Take&& take) const;

private:
    friend class PhraseReader;
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t entry = 0; ///< one more than the index in entries_; 0: free
    };
    struct Entry {
        std::string written; ///< without the star
        bool prefix = false;
        std::vector<std::uint32_t> steps;
        std::vector<Move> moves; ///< once it is sealed
    };
    static constexpr std::uint32_t start = 2166136261u;
    static std::uint32_t mix(std::uint32_t hash, char c) { return (hash ^ static_cast<unsigned char>(c)) * 16777619u; }
    bool maybe(std::uint32_t hash) const { return !seen_.empty() && (seen_[(hash >> 6) & (seen_.size() - 1)] >> (hash & 63)) & 1; }
    static std::uint32_t finished(std::uint32_t hash, bool prefix) { return mix(hash, prefix ? '*' : '.'); }

    void place(std::string_view written, bool prefix, std::uint32_t step);
    void grow();
    const Entry* find(std::uint32_t hash, std::string_view written, bool prefix) const;

    std::vector<Step> steps_;
    std::vector<Entry> entries_;
    std::vector<Slot> slots_;
    std::vector<std::uint64_t> seen_; ///< a bit per hash that is there: most words begin no phrase, and this is small enough to stay near
};

inline const PhraseAutomaton::Entry* PhraseAutomaton::find(std::uint32_t hash, std::string_view written, bool prefix) const {
    if (!maybe(hash)) return nullptr;
    for (auto i = hash & (slots_.size() - 1); slots_[i].entry; i = (i + 1) & (slots_.size() - 1)) {
        if (slots_[i].hash != hash) continue;
        const auto& entry = entries_[slots_[i].entry - 1];
        if (entry.prefix == prefix && entry.written == written) return &entry;
    }
    return nullptr;
}

template <class Take>
void PhraseAutomaton::moves_of(std::string_view word, Take&& take) const {
    const auto take_all = [&](const Entry* entry) {
        if (entry)
            for (const auto& move : entry->moves) take(move);
    };
    constexpr std::size_t longest = 24;
    auto hash = start;
    for (std::size_t i = 0; i < word.size(); ++i) {
        hash = mix(hash, word[i]);
        if (i < longest) take_all(find(finished(hash, true), word.substr(0, i + 1), true));
    }
    take_all(find(finished(hash, false), word, false));
    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (digits == 0 || word.size() - digits > 8) return;
    // «3ci» is also «#ci».
    char numbered[16] = {'#'};
    std::copy(word.begin() + static_cast<long>(digits), word.end(), numbered + 1);
    const std::string_view general(numbered, 1 + word.size() - digits);
    auto other = start;
    for (const char c : general) other = mix(other, c);
    take_all(find(finished(other, false), general, false));
}

} // namespace larum::judging
