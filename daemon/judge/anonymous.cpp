#include "daemon/judge/anonymous.h"

#include "core/mask.h"
#include "core/text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cmath>

namespace larum::judging {

namespace {

/// Which code points of `text` are capitals.
std::vector<bool> capitals_of(std::string_view text) {
    std::vector<bool> capitals;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c;
        U8_NEXT(text.data(), i, size, c);
        capitals.push_back(c > 0 && u_isupper(c));
    }
    return capitals;
}

bool is_vowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

/// Endings that hardly any word but a surname has, in their cases; asked of words that nobody knows.
bool looks_like_surname(std::string_view word) {
    constexpr std::string_view ends[] = {"ski",   "skiego", "skiemu", "skim",   "ska",   "skiej",  "cki",   "ckiego", "ckiemu", "ckim",
                                         "cka",   "ckiej",  "dzki",   "dzka",   "dzkiej", "wicz",  "wicza", "wiczowi", "czyk",  "czyka",
                                         "czykowi", "enko", "czuk",   "czuka",  "szczak", "iuk",   "owna",  "ovych",  "skyi",   "skoho"};
    return word.size() >= 6 && std::any_of(std::begin(ends), std::end(ends), [&](auto end) { return word.ends_with(end); });
}

std::set<std::string, std::less<>> stems_in(std::string_view model) {
    std::set<std::string, std::less<>> stems;
    for (auto end = model.find('\n'); end != model.npos; end = model.find('\n')) {
        model.remove_prefix(end + 1);
        if (model.starts_with("w:")) stems.emplace(model.substr(2, model.find_first_of("\t\n") - 2));
    }
    return stems;
}

bool is_wording(std::string_view name) { return name.starts_with("w:") || name.starts_with("b:") || name.starts_with("g:"); }

} // namespace

/// One post laid out, and what speaks against each of its words.
struct Anonymous::Look {
    Reading reading;
    std::vector<Private> why;
    std::vector<bool> capital;

    std::string_view word(std::size_t i) const { return reading.plain.word(i); }
    std::size_t size() const { return reading.plain.words.size(); }
};

Anonymous::Anonymous(const std::vector<TrainingPost>& posts, const Reader& reader, std::string_view known, FirstNames first_names)
    : reader_(reader), first_names_(std::move(first_names)), known_(stems_in(known)) {
    std::size_t number = 0;
    for (const auto& post : posts) {
        const auto seen = look(post);
        note_names(seen);
        const auto author = post.author.empty() ? "#" + std::to_string(number++) : post.author;
        for (std::size_t i = 0; i < seen.size(); ++i)
            if (!seen.capital[i] && seen.why[i] == Private::no && !ordinary(seen.word(i)))
                if (auto& authors = authors_[std::string(seen.word(i))]; authors.size() < authors_min) authors.insert(author);
    }
}

Anonymous::Look Anonymous::look(const TrainingPost& post) const {
    Look look;
    const auto text = std::string_view(post.post.text);
    reader_.read(text, post.post.lang, brand_words(post.post.brand), look.reading);
    const auto& plain = look.reading.plain;
    const auto capitals = capitals_of(text);
    const auto parts = private_parts(text, post.names, {post.post.brand});
    auto part = parts.begin();
    for (const auto& word : plain.words) {
        const auto place = plain.origin[word.start];
        while (part != parts.end() && part->end <= place) ++part;
        look.why.push_back(part != parts.end() && part->start <= place ? part->why : Private::no);
        look.capital.push_back(place < capitals.size() && capitals[place]);
    }
    return look;
}

bool Anonymous::ordinary(std::string_view word) const { return known_.contains(word_stem(word)); }

/// A first name shows that the strange word beside it is a surname, also where nobody typed a capital.
void Anonymous::note_names(const Look& look) {
    const auto note = [&](std::size_t i) {
        const auto word = look.word(i);
        if (word.size() < 3 || ordinary(word) || word.front() <= '9') return;
        names_.emplace(word);
        if (word.size() > 4 && is_vowel(word.back())) names_.emplace(word.substr(0, word.size() - 1));
    };
    for (std::size_t i = 0; i < look.size(); ++i) {
        if (look.why[i] == Private::name) note(i);
        if (!first_names_ || !first_names_(look.word(i))) continue;
        const auto sentence = look.reading.plain.words[i].sentence;
        if (!ordinary(look.word(i))) note(i);
        if (i > 0 && look.reading.plain.words[i - 1].sentence == sentence) note(i - 1);
        if (i + 1 < look.size() && look.reading.plain.words[i + 1].sentence == sentence) note(i + 1);
    }
}

/// Case endings are up to four letters long.
bool Anonymous::is_name(std::string_view word) const {
    for (auto length = word.size(); length >= 3 && length + 4 >= word.size(); --length)
        if (names_.contains(word.substr(0, length))) return true;
    return false;
}

bool Anonymous::kept(const Look& look, std::size_t i) const {
    const auto why = look.why[i];
    if (why == Private::address || why == Private::number || why == Private::name) return false;
    const auto word = look.word(i);
    if (word.front() >= '0' && word.front() <= '9') return true; // is «0» to features
    if (look.capital[i] && first_names_ && first_names_(word)) return false;
    if (ordinary(word)) return true;
    if (is_name(word) || looks_like_surname(word) || (first_names_ && first_names_(word))) return false;
    const auto authors = authors_.find(word);
    return authors != authors_.end() && authors->second.size() >= authors_min;
}

Example Anonymous::example_of(const TrainingPost& post) const {
    auto look = this->look(post);
    auto example = judging::example_of(post.post, reader_);
    Example open;
    open.labels = example.labels, open.weight = example.weight, open.fold = example.fold;
    const auto take = [&](const Example& from, bool wording, float factor) {
        for (std::size_t i = 0; i < from.names.size(); ++i) {
            if (is_wording(from.names[i]) != wording) continue;
            open.names.push_back(from.names[i]);
            open.values.push_back(from.values[i] * factor);
        }
    };
    take(example, false, 1);
    auto& words = look.reading.plain.words;
    const auto whole = std::min<std::size_t>(words.size(), 400);
    std::vector<Word> left;
    std::uint16_t gaps = 0; // what stood on both sides of a name is no pair of words
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!kept(look, i)) {
            ++gaps;
            continue;
        }
        left.push_back(words[i]);
        left.back().sentence = static_cast<std::uint16_t>(left.back().sentence + gaps);
    }
    words = std::move(left);
    Example wording;
    std::vector<Feature> features;
    features_of(look.reading, reader_.lexicon(), features, &wording.names);
    for (const auto& feature : features) wording.values.push_back(feature.value);
    // Judging sees the whole text, and gives each word of it its share.
    const auto share = std::sqrt((static_cast<double>(std::min<std::size_t>(words.size(), 400)) + 4) / (static_cast<double>(whole) + 4));
    take(wording, true, static_cast<float>(share));
    return open;
}

} // namespace larum::judging
