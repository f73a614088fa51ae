#include "core/text.h"
#include "daemon/match/compare.h"
#include "daemon/match/weights.h"
#include "daemon/match/written_day.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

using namespace weights;

bool holds(const std::vector<std::string>& list, const std::string& value) {
    return !value.empty() && std::find(list.begin(), list.end(), value) != list.end();
}

enum class NumberSays { nothing, same, almost, other };

NumberSays compare_number(const TextClues& text, const std::string& number) {
    if (number.empty()) return NumberSays::nothing;
    const std::string digits = last_digits(number);
    if (holds(text.codes, folded_number(number))) return NumberSays::same;
    if (digits.empty()) return NumberSays::nothing;
    if (holds(text.numbers, digits)) return NumberSays::same;
    for (const auto& one : text.numbers)
        if (almost_same_digits(one, digits)) return NumberSays::almost;
    return text.numbers.empty() ? NumberSays::nothing : NumberSays::other;
}

bool compare_numbers(const Clues& clues, const Case& matter, const Known& known, EvidenceList& out) {
    const double rare = std::log2(std::max(known.customers, 2.0));
    const auto reference = compare_number(clues.text, matter.ref), order = compare_number(clues.text, matter.order_ref);
    const bool of_case = reference == NumberSays::same;
    if (of_case || order == NumberSays::same) {
        out.push_back({"number", of_case ? matter.ref : matter.order_ref, of_case ? matter.ref : matter.order_ref, rare + surely});
        return true;
    }
    if (reference == NumberSays::almost || order == NumberSays::almost)
        out.push_back({"number", clues.text.numbers.front(), order == NumberSays::almost ? matter.order_ref : matter.ref, rare + number_almost});
    else if (reference == NumberSays::other || order == NumberSays::other)
        out.push_back({"number", clues.text.numbers.front(), matter.order_ref.empty() ? matter.ref : matter.order_ref, other_number});
    return false;
}

/// Words of a subject or summary; a capital inside a sentence marks the name of one thing.
struct RecordWord {
    std::string folded;
    bool particular = false;
};

std::vector<RecordWord> record_words(const std::string& text) {
    std::vector<RecordWord> words;
    bool first = true;
    for (std::size_t i = 0; i < text.size();) {
        const auto end = std::min(text.find_first_of(" ,.:;()", i), text.size());
        if (end > i) {
            const std::string folded = text::fold(std::string_view(text).substr(i, end - i));
            const bool capital = text[i] >= 'A' && text[i] <= 'Z';
            if (folded.size() >= 4 && !std::isdigit(static_cast<unsigned char>(folded[0]))) words.push_back({folded, capital && !first});
            first = false;
        }
        i = end + 1;
    }
    return words;
}

void compare_words(const Clues& clues, const std::string& subject, EvidenceList& out) {
    double weight = 0;
    std::string shared;
    for (const auto& word : record_words(subject)) {
        if (!has_word(clues.text.words, word.folded)) continue;
        weight += word.particular ? particular_word : common_word;
        shared += (shared.empty() ? "" : " ") + word.folded;
    }
    if (weight > 0) out.push_back({"words", shared, subject, std::min(weight, words_most)});
}

bool has_amount(const TextClues& text, const std::string& subject) {
    for (const auto word : text::folded_words(subject))
        for (const auto& amount : text.amounts)
            if (word == amount) return true;
    return false;
}

bool day_matches(const TextClues& text, const std::string& record) {
    for (const auto& there : read_numeric_days(record))
        for (const auto& day : text.days)
            if (same_day(day, there)) return true;
    return false;
}

/// Days, sums and agents against the case's subject and the contacts about it.
void compare_contacts(const Post& post, const Clues& clues, const Case& matter, const Records& records, EvidenceList& out) {
    bool dated = day_matches(clues.text, matter.subject), paid = has_amount(clues.text, matter.subject), met = false;
    std::string agent_name;
    for (const auto& contact : records.contacts) {
        if (contact.at >= post.posted_at || (contact.matter && contact.matter != matter.id)) continue;
        if (!dated && !clues.text.days.empty()) {
            const auto day = day_of(contact.at);
            for (const auto& written : clues.text.days) dated = dated || same_day(written, day);
            dated = dated || day_matches(clues.text, contact.summary);
        }
        paid = paid || (!clues.text.amounts.empty() && has_amount(clues.text, contact.summary));
        if (!met && !contact.agent.empty()) {
            const std::string folded = text::fold(contact.agent);
            const auto words = text::folded_words(folded);
            met = !words.empty() && words[0].size() >= 4 && has_word(clues.text.words, words[0]);
            if (met) agent_name = contact.agent;
        }
    }
    if (dated) out.push_back({"day", "a day in the text", matter.ref, day});
    if (paid) out.push_back({"amount", "a sum in the text", matter.ref, amount});
    if (met) out.push_back({"agent", "a name in the text", agent_name, agent});
}

} // namespace

bool compare_case(const Post& post, const Verdict& verdict, const Clues& clues, const Case& matter, const Records& records,
                  const Known& known, EvidenceList& out) {
    const bool own = compare_numbers(clues, matter, known, out);
    for (const auto& ending : clues.text.endings)
        if (ends_digits(matter.ref, ending) || ends_digits(matter.order_ref, ending))
            out.push_back({"ending", ending, matter.ref, std::log2(10.0) * static_cast<double>(ending.size()) + ending_quality});
    if (clues.matching != Matching::full) return own;
    if (matter.topic && verdict.topic != Topic::other && *matter.topic != Topic::other)
        out.push_back({"topic", std::string(word(verdict.topic)), std::string(word(*matter.topic)),
                       *matter.topic == verdict.topic ? topic : other_topic});
    compare_words(clues, matter.subject, out);
    compare_contacts(post, clues, matter, records, out);
    return own;
}

} // namespace larum::match
