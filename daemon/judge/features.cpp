#include "daemon/judge/reading.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace larum::judging {

namespace {

constexpr std::uint32_t fnv_start = 2166136261u;

std::uint32_t mix(std::uint32_t hash, std::string_view bytes) {
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 16777619u;
    return hash;
}

/// Collects features; a name is only put together when somebody asks for names.
class Sink {
public:
    Sink(std::vector<Feature>& features, std::vector<std::string>* names) : features_(features), names_(names) {}

    void add(std::string_view kind, std::string_view a, std::string_view b = {}, float value = 1) {
        std::uint32_t key = mix(mix(fnv_start, kind), a);
        if (!b.empty()) key = mix(mix(key, "_"), b);
        features_.push_back({key, value});
        if (!names_) return;
        auto& name = names_->emplace_back(kind);
        name += a;
        if (!b.empty()) name.append("_").append(b);
    }

private:
    std::vector<Feature>& features_;
    std::vector<std::string>* names_;
};

void shape(const Plain& plain, Sink& sink) {
    sink.add("s:", "always");
    if (plain.questions) sink.add("s:", "question");
    if (!plain.sentences.empty() && plain.sentences.back().question) sink.add("s:", "ends_in_question");
    if (!plain.sentences.empty() && plain.sentences.front().question) sink.add("s:", "starts_with_question");
    const auto asks = std::count_if(plain.sentences.begin(), plain.sentences.end(), [](const auto& s) { return s.question; });
    if (asks && asks == static_cast<long>(plain.sentences.size())) sink.add("s:", "only_questions");
    if (plain.glad_emoji) sink.add("s:", "glad");
    if (plain.cross_emoji) sink.add("s:", "cross");
    if (plain.letters > 20 && plain.capitals * 2 > plain.letters) sink.add("s:", "shouts");
    if (plain.text.find('"') != std::string::npos) sink.add("s:", "quotes");
    if (plain.tags) sink.add("s:", plain.tags > 2 ? "tags" : "tag");
    if (plain.mention_first) sink.add("s:", "said_to");
    if (plain.mention_help) sink.add("s:", "said_to_help_desk");
    if (plain.mentions) sink.add("s:", plain.mentions > 1 ? "mentions" : "mention");
    if (plain.text.starts_with("rt ")) sink.add("s:", "passed_on");
    if (plain.text.ends_with("..")) sink.add("s:", "broken_off");
    if (plain.text.find("..") != std::string::npos) sink.add("s:", "trails_off");
    if (plain.text.find("http") != std::string::npos || plain.text.find("example.") != std::string::npos)
        sink.add("s:", "link");
    const auto numbers = std::count_if(plain.words.begin(), plain.words.end(), [&](const Word& word) {
        return plain.text[word.start] >= '0' && plain.text[word.start] <= '9';
    });
    if (numbers) sink.add("s:", "number");
    if (numbers > 2) sink.add("s:", "numbers");
}

bool is_number(std::string_view concept_name) {
    return concept_name.starts_with("number.") || concept_name.starts_with("ordinal.") || concept_name.starts_with("times.");
}

/// Which words say a number; asked from the first word to the last.
class NumberWords {
public:
    NumberWords(const Reading& reading, const Lexicon& lexicon) : hits_(reading.hits), lexicon_(lexicon) {}

    bool covers(std::uint32_t word_start) {
        while (next_ < hits_.size() && (hits_[next_].start < word_start || (hits_[next_].start == word_start && !number_at(next_)))) ++next_;
        return next_ < hits_.size() && hits_[next_].start == word_start;
    }

private:
    bool number_at(std::size_t i) const { return is_number(lexicon_.concepts()[hits_[i].concept_id]); }

    const std::vector<Hit>& hits_;
    const Lexicon& lexicon_;
    std::size_t next_ = 0;
};

bool asks(const Plain& plain, const Hit& hit) {
    for (const auto& sentence : plain.sentences)
        if (hit.start < sentence.end) return sentence.question;
    return false;
}

/// A handful of names, each once.
class FewNames {
public:
    /// Whether it was not there yet.
    bool insert(std::string_view name) {
        const bool is_new = std::find(names_.begin(), names_.begin() + count_, name) == names_.begin() + count_;
        if (is_new && count_ < static_cast<long>(names_.size())) names_[static_cast<std::size_t>(count_++)] = name;
        return is_new;
    }

private:
    std::array<std::string_view, 64> names_;
    long count_ = 0;
};

/// «fault» of «fault.broken»; nothing for families that say nothing as such.
std::string_view family_of(std::string_view concept_name) {
    const auto family = concept_name.substr(0, std::min(concept_name.find('.'), concept_name.size()));
    constexpr std::string_view mixed[] = {"topic", "thing", "threat", "hazard", "maybe_hazard"};
    const bool says = family.size() < concept_name.size() && std::find(std::begin(mixed), std::end(mixed), family) == std::end(mixed);
    return says ? family : std::string_view();
}

/// Each concept once, asked and said apart; a second mention counts a little, and so does the family of finer concepts.
void meanings(const Reading& reading, const Lexicon& lexicon, Sink& sink) {
    thread_local std::vector<std::uint8_t> seen, asked;
    seen.assign(lexicon.concepts().size(), 0);
    asked.assign(lexicon.concepts().size(), 0);
    FewNames families;
    for (const auto& hit : reading.hits) {
        const auto& name = lexicon.concepts()[hit.concept_id];
        // A number alone says nothing about a post; what it counts is read by CountReader.
        if (is_number(name) || name.starts_with("count.")) continue;
        // What must never count against a person weighs nothing.
        if (name.starts_with("sensitive.")) continue;
        if (asks(reading.plain, hit) && !asked[hit.concept_id]++) sink.add("q:", name);
        if (seen[hit.concept_id] == 255) continue;
        if (++seen[hit.concept_id] == 1) {
            sink.add("c:", name);
            if (const auto family = family_of(name); !family.empty() && families.insert(family)) sink.add("f:", family);
        }
        if (seen[hit.concept_id] == 2) sink.add("c2:", name);
    }
}

/// The words themselves. Their values shrink with the length of the text, so that long texts are not louder.
void wording(const Reading& reading, const Lexicon& lexicon, Sink& sink) {
    const auto& plain = reading.plain;
    NumberWords numbers(reading, lexicon);
    const auto count = std::min<std::size_t>(plain.words.size(), 400);
    const auto value = static_cast<float>(1.6 / std::sqrt(static_cast<double>(count) + 4));
    std::string_view before;
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = plain.word(i);
        const auto root = numbers.covers(plain.words[i].start) ? std::string_view("0") : word_stem(word);
        sink.add("w:", root, {}, value);
        if (!before.empty()) sink.add("b:", before, root, value);
        before = i + 1 < count && plain.words[i + 1].sentence == plain.words[i].sentence ? root : std::string_view();
        if (root != "0" && word.size() >= 6)
            for (std::size_t at = 1; at + 4 <= word.size() && at < 12; ++at) sink.add("g:", word.substr(at, 4), {}, value * 0.6f);
    }
}

} // namespace

std::string_view word_stem(std::string_view word) {
    if (word.front() >= '0' && word.front() <= '9') return "0";
    if (word.size() <= 5) return word;
    return word.substr(0, word.size() <= 7 ? word.size() - 2 : 6);
}

std::uint32_t feature_key(std::string_view name) { return mix(fnv_start, name); }

void features_of(const Reading& reading, const Lexicon& lexicon, std::vector<Feature>& features,
                 std::vector<std::string>* names) {
    features.clear();
    if (names) names->clear();
    Sink sink(features, names);
    shape(reading.plain, sink);
    if (reading.brand_named) sink.add("s:", "brand");
    if (reading.competitor_named) sink.add("s:", "competitor");
    if (reading.count) sink.add("s:", "count");
    if (reading.count && reading.count->value > 1) sink.add("s:", "counts");
    meanings(reading, lexicon, sink);
    wording(reading, lexicon, sink);
}

} // namespace larum::judging
