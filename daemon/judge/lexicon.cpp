#include "daemon/judge/lexicon.h"

#include "core/error.h"

#include <algorithm>
#include <optional>

namespace larum::judging {

namespace {

std::string_view trimmed(std::string_view line) {
    const auto from = line.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return {};
    return line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
}

/// Ordered by start; overlapping hits of one concept become one.
void tidy(std::vector<Hit>& hits) {
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        if (a.concept_id != b.concept_id) return a.concept_id < b.concept_id;
        return a.start != b.start ? a.start < b.start : a.end > b.end;
    });
    std::size_t kept = 0;
    for (const auto& hit : hits) {
        if (kept && hits[kept - 1].concept_id == hit.concept_id && hit.start < hits[kept - 1].end)
            hits[kept - 1].end = std::max(hits[kept - 1].end, hit.end);
        else
            hits[kept++] = hit;
    }
    hits.resize(std::min(kept, Lexicon::hits_max));
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
        return a.start != b.start ? a.start < b.start : a.concept_id < b.concept_id;
    });
}

/// Where each step was last reached in this text. A new text only needs a new number, not a clean table.
struct Reached {
    std::uint32_t text = 0;
    std::uint32_t word = 0;  ///< index of the word
    std::uint32_t first = 0; ///< index of the phrase's first word
};

} // namespace

Lexicon::Lexicon(const Texts& files) {
    for (const auto& [name, content] : files) read_file(name, content);
    phrases_.seal();
}

std::uint16_t Lexicon::concept_titled(std::string_view title) {
    const auto known = concept_named(title);
    if (known >= 0) return static_cast<std::uint16_t>(known);
    concepts_.emplace_back(title);
    return static_cast<std::uint16_t>(concepts_.size() - 1);
}

void Lexicon::read_file(const std::string& name, std::string_view content) {
    PhraseAutomaton::Macros macros;
    std::optional<std::uint16_t> meaning;
    for (int number = 1; !content.empty(); ++number) {
        const auto end = content.find('\n');
        const auto line = trimmed(content.substr(0, end));
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        if (line.empty() || line.starts_with("//")) continue;
        if (line.front() == '[') {
            meaning = concept_titled(line.substr(1, line.find(']') - 1));
        } else if (line.front() == '@') {
            const auto equals = std::min(line.find('='), line.size() - 1);
            macros.emplace_back(trimmed(line.substr(1, equals - 1)), trimmed(line.substr(equals + 1)));
        } else {
            const auto place = "lexicon " + name + ":" + std::to_string(number) + ": ";
            if (!meaning) throw Error(Error::Kind::bug, place + "a phrase before the first [concept]");
            try {
                phrases_.add(line, macros, *meaning);
            } catch (const Error& error) {
                throw Error(Error::Kind::bug, place + error.what());
            }
        }
    }
}

void Lexicon::find(const Plain& plain, std::vector<Hit>& hits) const {
    thread_local std::vector<Reached> reached;
    thread_local std::uint32_t text = 0;
    if (reached.size() < phrases_.steps() || ++text == 0) reached.assign(phrases_.steps(), {}), text = 1;
    hits.clear();
    for (std::uint32_t i = 0; i < plain.words.size(); ++i) {
        const auto sentence = plain.words[i].sentence;
        phrases_.moves_of(plain.word(i), [&](const PhraseAutomaton::Move& move) {
            auto first = i;
            if (move.before != PhraseAutomaton::begins) {
                const auto& last = reached[move.before];
                if (last.text != text || last.word >= i) return;
                const auto gap = i - last.word - 1;
                if (gap > move.words_between || (gap > 0 && plain.words[last.word].sentence != sentence)) return;
                first = last.first;
            }
            if (move.leads) {
                auto& here = reached[move.step];
                if (here.text == text && here.word == i) first = std::min(first, here.first);
                here = {text, i, first};
            }
            if (move.ends && hits.size() < 4 * hits_max) hits.push_back({move.meaning, sentence, plain.words[first].start, plain.words[i].end});
        });
    }
    tidy(hits);
}

int Lexicon::concept_named(std::string_view name) const {
    const auto found = std::find(concepts_.begin(), concepts_.end(), name);
    return found == concepts_.end() ? -1 : static_cast<int>(found - concepts_.begin());
}

} // namespace larum::judging
