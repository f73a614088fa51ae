#include "daemon/judge/judge.h"

#include "core/text.h"

#include <array>

namespace larum {

namespace {

struct Phrase {
    std::string_view signal;
    std::string_view folded;
};

/// The plainest phrases of each signal.
constexpr std::array phrases = {
    Phrase{"repeat_contact", "po raz trzeci"}, Phrase{"repeat_contact", "po raz drugi"},
    Phrase{"repeat_contact", "third time"},    Phrase{"repeat_contact", "still no answer"},
    Phrase{"repeat_contact", "nadal brak odpowiedzi"}, Phrase{"complaint", "reklamacj"},
    Phrase{"complaint", "skandal"},            Phrase{"complaint", "nie dziala"},
    Phrase{"complaint", "still waiting"},      Phrase{"complaint", "terrible service"},
};

} // namespace

struct Judge::Parts {};

Judge::Judge() : parts_(std::make_unique<Parts>()) {}
Judge::~Judge() = default;

Verdict Judge::judge(std::string_view text, std::string_view lang_hint, Time, const std::string&,
                     const BrandWords&) const {
    Verdict verdict;
    verdict.lang = lang_hint.empty() ? "und" : std::string(lang_hint.substr(0, 2));
    const auto folded = text::fold_with_origin(text.substr(0, text_bytes_max));
    for (const auto& phrase : phrases) {
        const auto at = folded.text.find(phrase.folded);
        if (at == std::string::npos) continue;
        verdict.complaint = 0.8;
        if (phrase.signal == "repeat_contact") verdict.repeat_contact = 0.8;
        verdict.spans.push_back({std::string(phrase.signal), static_cast<int>(folded.origin[at]),
                                 static_cast<int>(folded.origin[at + phrase.folded.size() - 1]) + 1});
    }
    return verdict;
}

} // namespace larum
