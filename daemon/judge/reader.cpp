#include "daemon/judge/reader.h"

#include "daemon/judge/judge.h"
#include "daemon/judge/language.h"

#include <algorithm>

namespace larum::judging {

namespace {

/// The first text_bytes_max bytes, cut between two characters.
std::string_view bounded(std::string_view text) {
    if (text.size() <= Judge::text_bytes_max) return text;
    auto end = Judge::text_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

bool names_any(std::string_view plain, const std::vector<std::string>& names) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return plain.find(name) != plain.npos; });
}

} // namespace

Reader::Reader() : lexicon_(built_in_lexicon()), counts_(lexicon_) {}

void Reader::read(std::string_view text, std::string_view lang_hint, const BrandWords& brand, Reading& reading) const {
    text = bounded(text);
    lay_out(text, reading.plain);
    reading.lang = reading.plain.words.empty() ? "und" : language_of(text, lang_hint);
    lexicon_.find(reading.plain, reading.hits);
    reading.count = counts_.read(reading);
    reading.brand_named = names_any(reading.plain.text, brand.own);
    reading.competitor_named = names_any(reading.plain.text, brand.competitors);
}

} // namespace larum::judging
