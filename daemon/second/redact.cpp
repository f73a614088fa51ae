#include "daemon/second/redact.h"

#include "core/mask.h"
#include "core/text.h"
#include "daemon/match/name.h"

#include <algorithm>
#include <set>

namespace larum::second {

namespace {

constexpr std::size_t text_most = 2000;
constexpr std::size_t digits_most = 4; ///< a year may stay, five digits together may not
constexpr std::string_view mark = "[…]";

std::size_t digits(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }));
}

bool has_letter(std::string_view folded) {
    return std::any_of(folded.begin(), folded.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

/// «gmail.com», «sklep.pl/jan»: letters, a full stop, letters.
bool is_domain(std::string_view written) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    for (std::size_t i = 1; i + 2 < written.size(); ++i)
        if (written[i] == '.' && letter(written[i - 1]) && letter(written[i + 1]) && letter(written[i + 2])) return true;
    return false;
}

/// «jan (at) poczta», «jan małpa poczta».
bool is_at(std::string_view folded, std::string_view written) {
    return is_one_of(folded, {"malpa", "arroba"}) || is_one_of(written, {"(at)", "[at]", "{at}", "@"});
}

/// Endings of Slavic surnames in any case; ordinary adjectives share some of them and go too.
bool sounds_like_surname(std::string_view folded) {
    static constexpr std::string_view endings[] = {
        "ski",   "ska",   "skiego", "skiej", "skiemu", "skim",  "cki",   "cka",    "ckiego", "ckiej", "ckiemu", "ckim", "icz",
        "icza",  "iczowi", "iczem", "czyk",  "czyka",  "czykowi", "czykiem", "enko", "czuk",  "czuka", "owski", "owska"};
    if (folded.size() < 6) return false;
    return std::any_of(std::begin(endings), std::end(endings), [&](std::string_view ending) {
        return folded.size() > ending.size() && folded.substr(folded.size() - ending.size()) == ending;
    });
}

/// First names in any case, with what follows one; surnames by their sound. The brand's own words stay.
void find_names(std::vector<TextPart>& parts, const std::set<std::string>& kept) {
    bool after_first_name = false;
    for (auto& part : parts) {
        const bool first = part.folded.size() > 2 && match::first_name(part.folded).known && !kept.count(part.folded);
        const bool follows = after_first_name && sounds_like_surname(part.folded + "  ") && !kept.count(part.folded);
        if (part.why == Private::no && (first || follows || (sounds_like_surname(part.folded) && !kept.count(part.folded)))) part.why = Private::name;
        after_first_name = first;
    }
}

/// Numbers written in groups: «50 21 11 222», «tel 22-12 34». A run of parts without letters counts together.
void find_numbers(std::vector<TextPart>& parts) {
    for (std::size_t from = 0; from < parts.size();) {
        std::size_t to = from, count = 0;
        while (to < parts.size() && !has_letter(parts[to].folded)) count += digits(parts[to++].folded);
        if (count > digits_most)
            for (auto i = from; i < to; ++i)
                if (digits(parts[i].folded) > 0) parts[i].why = Private::number;
        from = std::max(to, from + 1);
    }
}

void find_addresses(std::vector<TextPart>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (is_domain(parts[i].written)) parts[i].why = Private::address;
        if (!is_at(parts[i].folded, parts[i].written)) continue;
        for (auto near = i > 0 ? i - 1 : i; near <= std::min(i + 1, parts.size() - 1); ++near) parts[near].why = Private::address;
    }
}

std::string written(const std::vector<TextPart>& parts) {
    std::string out;
    bool gone = false;
    for (const auto& part : parts) {
        const bool secret = part.why != Private::no;
        // One mark for a run: how many words a name has is nobody's business.
        if (!secret || !gone) out.append(out.empty() ? "" : " ").append(secret ? mark : part.written);
        gone = secret;
    }
    return out;
}

std::set<std::string> words_of(const std::vector<std::string>& texts) {
    std::set<std::string> words;
    for (const auto& one : texts) {
        const auto folded = text::fold(one);
        for (const auto word : text::folded_words(folded)) words.emplace(word);
    }
    return words;
}

/// The words of `known` without those of the brand: a customer may be called like it.
bool still_names(const std::string& redacted, const std::set<std::string>& known, const std::set<std::string>& kept) {
    const auto folded = text::fold(redacted);
    if (redacted.find('@') != std::string::npos || redacted.find("://") != std::string::npos) return true;
    for (const auto word : text::folded_words(folded))
        if (digits(word) > digits_most || (word.size() > 2 && known.count(std::string(word)) && !kept.count(std::string(word)))) return true;
    return false;
}

} // namespace

std::optional<std::string> redact(std::string_view text, const std::vector<std::string>& known, const std::vector<std::string>& keep) {
    const auto short_text = text::shorten(text::valid_utf8(text), text_most);
    const auto kept = words_of(keep);
    auto parts = private_parts(short_text, known, keep);
    find_numbers(parts);
    find_addresses(parts);
    find_names(parts, kept);
    const auto redacted = written(parts);
    const bool wordless = std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.why == Private::no && has_letter(part.folded); });
    if (wordless || still_names(redacted, words_of(known), kept)) return std::nullopt;
    return redacted;
}

} // namespace larum::second
