#include "daemon/judge/phrase.h"

#include "core/error.h"

#include <algorithm>

namespace larum::judging {

namespace {

constexpr std::size_t spellings_max = 4000;

/// What one «~», two «~» let stand between two words.
constexpr std::uint8_t between[] = {0, 3, 7};

[[noreturn]] void wrong(std::string_view phrase, const std::string& what) {
    throw Error(Error::Kind::bug, "«" + std::string(phrase) + "»: " + what);
}

std::string expand(std::string_view phrase, const PhraseAutomaton::Macros& macros) {
    std::string out;
    for (std::size_t i = 0; i < phrase.size(); ++i) {
        const auto close = phrase[i] == '{' ? phrase.find('}', i) : std::string_view::npos;
        if (close == std::string_view::npos) {
            out += phrase[i];
            continue;
        }
        const auto name = phrase.substr(i + 1, close - i - 1);
        const auto found = std::find_if(macros.begin(), macros.end(), [&](const auto& one) { return one.first == name; });
        if (found == macros.end()) wrong(phrase, "no macro " + std::string(name));
        out += "(" + expand(found->second, macros) + ")";
        i = close;
    }
    return out;
}

} // namespace

/// Turns one phrase into steps (a position automaton: what can come first, what last, what before what).
class PhraseReader {
public:
    PhraseReader(PhraseAutomaton& automaton, std::string text, std::uint16_t meaning)
        : automaton_(automaton), text_(std::move(text)), meaning_(meaning) {}

    void read() {
        const auto whole = alternatives();
        if (at_ != text_.size()) wrong(text_, "a bracket too many");
        if (whole.empty || whole.first.empty()) wrong(text_, "it may stand for nothing");
        for (const auto step : whole.first) automaton_.steps_[step].begins = true;
        for (const auto& last : whole.last) automaton_.steps_[last.step].ends = true;
    }

private:
    struct Part {
        std::vector<std::uint32_t> first;
        std::vector<PhraseAutomaton::Before> last; ///< with the gap that already follows
        bool empty = true;
    };

    bool done() const { return at_ >= text_.size() || text_[at_] == '|' || text_[at_] == ')'; }

    Part alternatives() {
        Part all;
        all.empty = false;
        for (;;) {
            const auto one = sequence();
            all.first.insert(all.first.end(), one.first.begin(), one.first.end());
            all.last.insert(all.last.end(), one.last.begin(), one.last.end());
            all.empty |= one.empty;
            if (at_ >= text_.size() || text_[at_] != '|') return all;
            ++at_;
        }
    }

    Part sequence() {
        Part part;
        for (;;) {
            std::size_t tildes = 0;
            for (; at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '~'); ++at_) tildes += text_[at_] == '~';
            if (done()) return part;
            part = joined(std::move(part), group_follows() ? group() : word(), between[std::min<std::size_t>(tildes, 2)]);
        }
    }

    Part joined(Part a, Part b, std::uint8_t gap) {
        for (const auto step : b.first)
            for (const auto& last : a.last)
                automaton_.steps_[step].before.push_back({last.step, std::max(last.words_between, gap)});
        if (a.empty) b.first.insert(b.first.end(), a.first.begin(), a.first.end());
        Part both{a.empty ? b.first : a.first, b.last, a.empty && b.empty};
        if (b.empty)
            for (auto last : a.last) both.last.push_back({last.step, std::max(last.words_between, gap)});
        return both;
    }

    std::size_t closing(std::size_t open) const {
        int depth = 0;
        for (auto i = open; i < text_.size(); ++i) {
            depth += text_[i] == '(' ? 1 : text_[i] == ')' ? -1 : 0;
            if (depth == 0) return i;
        }
        wrong(text_, "a bracket is not closed");
    }

    /// A bracket with a space in it holds words; one without holds parts of a word.
    bool group_follows() const {
        return text_[at_] == '(' && text_.substr(at_, closing(at_) - at_).find_first_of(" ~") != std::string::npos;
    }

    Part group() {
        ++at_;
        auto part = alternatives();
        ++at_;
        if (at_ < text_.size() && text_[at_] == '?') {
            part.empty = true;
            ++at_;
        }
        return part;
    }

    Part word() {
        auto spellings = spelled();
        Part part;
        part.empty = std::find(spellings.begin(), spellings.end(), "") != spellings.end();
        const auto step = static_cast<std::uint32_t>(automaton_.steps_.size());
        automaton_.steps_.push_back({{}, meaning_, false, false});
        for (const auto& one : spellings) {
            if (one.empty()) continue;
            const bool prefix = one.back() == '*';
            automaton_.place(std::string_view(one).substr(0, one.size() - prefix), prefix, step);
        }
        part.first = {step};
        part.last = {{step, 0}};
        return part;
    }

    /// Every spelling of one word, «*» kept at its end.
    std::vector<std::string> spelled() {
        std::vector<std::string> all = {""};
        while (!done() && text_[at_] != ' ' && text_[at_] != '~' && !(text_[at_] == '(' && group_follows())) {
            std::vector<std::string> next;
            if (text_[at_] == '(') {
                ++at_;
                next = spelled_choices();
                ++at_;
            } else {
                const char c = text_[at_++];
                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '*' || c == '#'))
                    wrong(text_, std::string("a word has no «") + c + "»");
                next = {std::string(1, c)};
            }
            if (at_ < text_.size() && text_[at_] == '?') {
                next.emplace_back();
                ++at_;
            }
            std::vector<std::string> longer;
            for (const auto& head : all)
                for (const auto& tail : next) longer.push_back(head.empty() || head.back() != '*' ? head + tail : head);
            if (longer.size() > spellings_max) wrong(text_, "too many spellings");
            all = std::move(longer);
        }
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    }

    std::vector<std::string> spelled_choices() {
        std::vector<std::string> all;
        for (;;) {
            const auto some = spelled();
            all.insert(all.end(), some.begin(), some.end());
            if (at_ >= text_.size() || text_[at_] != '|') return all;
            ++at_;
        }
    }

    PhraseAutomaton& automaton_;
    std::string text_;
    std::uint16_t meaning_;
    std::size_t at_ = 0;
};

void PhraseAutomaton::add(std::string_view phrase, const Macros& macros, std::uint16_t meaning) {
    PhraseReader(*this, expand(phrase, macros), meaning).read();
}

void PhraseAutomaton::seal() {
    std::vector<char> leads(steps_.size(), 0);
    for (const auto& step : steps_)
        for (const auto& before : step.before) leads[before.step] = 1;
    for (auto& entry : entries_) {
        entry.moves.clear();
        for (const auto at : entry.steps) {
            const auto& step = steps_[at];
            const auto add = [&](std::uint32_t before, std::uint8_t words_between) {
                entry.moves.push_back({at, before, step.meaning, words_between, step.ends, leads[at] != 0});
            };
            if (step.begins) add(begins, 0);
            for (const auto& before : step.before) add(before.step, before.words_between);
        }
    }
}

/// 32 KiB of bits for some tens of thousands of words.
constexpr std::size_t seen_words = 4096;

void PhraseAutomaton::place(std::string_view written, bool prefix, std::uint32_t step) {
    if ((entries_.size() + 1) * 2 > slots_.size()) grow();
    auto hash = start;
    for (const char c : written) hash = mix(hash, c);
    hash = finished(hash, prefix);
    auto* entry = const_cast<Entry*>(find(hash, written, prefix));
    if (!entry) {
        entry = &entries_.emplace_back(Entry{std::string(written), prefix, {}});
        auto i = hash & (slots_.size() - 1);
        while (slots_[i].entry) i = (i + 1) & (slots_.size() - 1);
        slots_[i] = {hash, static_cast<std::uint32_t>(entries_.size())};
        if (seen_.empty()) seen_.resize(seen_words);
        seen_[(hash >> 6) & (seen_.size() - 1)] |= std::uint64_t{1} << (hash & 63);
    }
    if (entry->steps.empty() || entry->steps.back() != step) entry->steps.push_back(step);
}

void PhraseAutomaton::grow() {
    const auto old = std::move(slots_);
    slots_.assign(old.empty() ? 1024 : old.size() * 2, {});
    for (const auto& slot : old) {
        if (!slot.entry) continue;
        auto i = slot.hash & (slots_.size() - 1);
        while (slots_[i].entry) i = (i + 1) & (slots_.size() - 1);
        slots_[i] = slot;
    }
}

} // namespace larum::judging
