#include "core/text.h"
#include "daemon/match/compare.h"
#include "daemon/match/written_day.h"

#include <algorithm>
#include <cmath>

namespace larum::match {

namespace {

constexpr double words_most = 3;          ///< a long subject is not a proof
constexpr std::size_t summaries_read = 3; ///< the first ones say what the matter is

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

/// What a case and its contacts before the post tell.
struct Told {
    const Case& matter;
    std::vector<const Contact*> contacts; ///< those of the case, and those of no case
    std::string text;                     ///< the subject, else the first summaries
};

Told told_of(const Post& post, const Case& matter, const Records& records) {
    Told told{matter, {}, matter.subject};
    for (const auto& contact : records.contacts) {
        if (contact.at >= post.posted_at || (contact.matter && contact.matter != matter.id)) continue;
        if (!contact.matter && matter.opened_at && contact.at < *matter.opened_at - std::chrono::hours(72)) continue;
        told.contacts.push_back(&contact);
    }
    if (told.text.empty())
        for (std::size_t i = 0; i < told.contacts.size() && i < summaries_read; ++i) told.text += told.contacts[i]->summary + ". ";
    return told;
}

void compare_words(const Clues& clues, const Told& told, FoundList& out) {
    double common = 0, particular = 0;
    std::string shared, name;
    for (const auto& word : record_words(told.text)) {
        if (!has_word(clues.text.words, word.folded)) continue;
        (word.particular ? particular : common) += 1;
        auto& list = word.particular ? name : shared;
        list += (list.empty() ? "" : " ") + word.folded;
    }
    if (common > 0) out.push_back({Sign::word, 0, std::min(common, words_most), shared, told.text});
    if (particular > 0) out.push_back({Sign::thing, 0, std::min(particular, 2.0), name, told.text});
}

bool has_amount(const TextClues& text, const std::string& record) {
    for (const auto word : text::folded_words(record))
        for (const auto& amount : text.amounts)
            if (word == amount) return true;
    return false;
}

bool any_day(const TextClues& text, const std::vector<WrittenDay>& there) {
    for (const auto& one : there)
        for (const auto& day : text.days)
            if (same_day(day, one)) return true;
    return false;
}

void compare_days(const Clues& clues, const Told& told, FoundList& out) {
    if (clues.text.days.empty()) return;
    auto recorded = read_numeric_days(told.matter.subject);
    for (const auto* contact : told.contacts)
        for (const auto& day : read_numeric_days(contact->summary)) recorded.push_back(day);
    bool dated = any_day(clues.text, recorded);
    for (const auto* contact : told.contacts) dated = dated || any_day(clues.text, {day_of(contact->at)});
    if (!dated && told.matter.opened_at) dated = any_day(clues.text, {day_of(*told.matter.opened_at)});
    if (dated) out.push_back({Sign::day, 0, 1, "", told.matter.ref});
    // Where the record names no day of its own, a day in the text contradicts nothing.
    else if (!recorded.empty()) out.push_back({Sign::day_other, 0, 1, "", told.matter.ref});
}

void compare_amounts(const Clues& clues, const Told& told, FoundList& out) {
    if (clues.text.amounts.empty()) return;
    bool paid = has_amount(clues.text, told.matter.subject);
    for (const auto* contact : told.contacts) paid = paid || has_amount(clues.text, contact->summary);
    out.push_back({paid ? Sign::amount : Sign::amount_other, 0, 1, clues.text.amounts.front(), told.matter.ref});
}

void compare_agents(const Clues& clues, const Told& told, FoundList& out) {
    for (const auto* contact : told.contacts) {
        const std::string folded = text::fold(contact->agent);
        const auto words = text::folded_words(folded);
        if (words.empty() || words[0].size() < 4 || !has_word(clues.text.words, words[0])) continue;
        out.push_back({Sign::agent, 0, 1, std::string(words[0]), contact->agent});
        return;
    }
}

/// «od 20 dni»: how old the matter is, or the last time they were in touch.
void compare_age(const Post& post, const Clues& clues, const Told& told, FoundList& out) {
    if (clues.text.spans.empty() || !told.matter.opened_at) return;
    const auto days = [&](Time then) { return std::chrono::duration<double, std::ratio<86400>>(post.posted_at - then).count(); };
    const auto fits = [&](const WrittenSpan& span, double age) { return std::abs(age - span.days) <= std::max(1.3, span.days * 0.12 + span.unit * 0.3); };
    for (const auto& span : clues.text.spans)
        if (fits(span, days(*told.matter.opened_at))) {
            out.push_back({Sign::age, 0, 1, std::to_string(span.days), told.matter.ref});
            return;
        }
    for (const auto& span : clues.text.spans)
        for (const auto* contact : told.contacts)
            if (fits(span, days(contact->at))) {
                out.push_back({Sign::age, 0, 0.5, std::to_string(span.days), told.matter.ref});
                return;
            }
    out.push_back({Sign::age_other, 0, 1, std::to_string(clues.text.spans.front().days), told.matter.ref});
}

/// The ways of asking that the text names, against those on record.
void compare_channels(const Verdict& verdict, const Told& told, FoundList& out) {
    double same = 0, other = 0;
    for (const auto channel : verdict.channels) {
        const bool there = std::any_of(told.contacts.begin(), told.contacts.end(), [&](const Contact* contact) {
            return contact->channel == channel && contact->direction == Direction::in;
        });
        (there ? same : other) += 1;
    }
    if (same > 0) out.push_back({Sign::channel, 0, std::min(same, 2.0), std::string(word(verdict.channels.front())), told.matter.ref});
    if (other > 0) out.push_back({Sign::channel_other, 0, std::min(other, 2.0), std::string(word(verdict.channels.front())), told.matter.ref});
}

/// How much likelier it is that the words are about `topic` than that any case's topic would be met; bits.
double topic_bits(const Verdict& verdict, Topic topic) {
    constexpr double doubt = 0.05; // the judge may be wrong with all its certainty
    const bool scored = std::any_of(verdict.topic_scores.begin(), verdict.topic_scores.end(), [](double one) { return one > 0; });
    if (!scored && verdict.topic == Topic::other) return 0;
    const double share = scored ? verdict.topic_scores[static_cast<std::size_t>(topic)] : verdict.topic == topic;
    const double topics = static_cast<double>(word_count<Topic>) - 1; // a case about nothing in particular is not compared
    return std::log2((1 - doubt) * share * topics + doubt);
}

void compare_topic(const Verdict& verdict, const Case& matter, FoundList& out) {
    if (!matter.topic || *matter.topic == Topic::other) return;
    const double bits = topic_bits(verdict, *matter.topic);
    if (bits == 0) return;
    out.push_back({bits > 0 ? Sign::topic : Sign::topic_other, 0, std::abs(bits), std::string(word(verdict.topic)), std::string(word(*matter.topic))});
}

} // namespace

void compare_case(const Post& post, const Verdict& verdict, const Clues& clues, const Case& matter, const Records& records,
                  FoundList& out) {
    compare_topic(verdict, matter, out);
    const auto told = told_of(post, matter, records);
    compare_words(clues, told, out);
    compare_days(clues, told, out);
    compare_amounts(clues, told, out);
    compare_agents(clues, told, out);
    compare_age(post, clues, told, out);
    compare_channels(verdict, told, out);
    if (verdict.broken_promise >= 0.5 && matter.promised_at && *matter.promised_at < post.posted_at)
        out.push_back({Sign::promise, 0, 1, "", matter.ref});
}

} // namespace larum::match
