#include "daemon/judge/language.h"

#include <cld2/public/compact_lang_det.h>

#include <algorithm>
#include <string>

namespace larum::judging {

namespace {

constexpr std::string_view known[] = {"pl", "en", "de", "uk"};

std::string_view one_of_ours(std::string_view code) {
    const auto found = std::find(std::begin(known), std::end(known), code.substr(0, 2));
    const bool whole = code.size() == 2 || (code.size() > 2 && (code[2] == '-' || code[2] == '_'));
    return found != std::end(known) && whole ? *found : std::string_view();
}

} // namespace

std::string_view language_of(std::string_view text, std::string_view hint) {
    const auto hinted = one_of_ours(hint);
    bool reliable = false;
    // The first part tells the language; more would only cost time.
    const auto size = static_cast<int>(std::min<std::size_t>(text.size(), 2000));
    const auto found = CLD2::DetectLanguage(text.data(), size, true, &reliable);
    const auto told = one_of_ours(CLD2::LanguageCode(found));
    if (reliable && !told.empty()) return told;
    if (!hinted.empty()) return hinted;
    if (reliable && found != CLD2::UNKNOWN_LANGUAGE) return "und";
    return told.empty() ? "und" : told;
}

} // namespace larum::judging
