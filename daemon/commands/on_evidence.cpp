#include "daemon/commands/on_evidence.h"

#include "core/text.h"
#include "daemon/explain/waterfall.h"

#include <cstdio>
#include <ostream>

namespace larum::commands {

namespace {

constexpr std::size_t words_most = 80; ///< code points of one quotation
constexpr std::size_t quotes_most = 4;
constexpr std::size_t loudest_most = 8;
constexpr double likely = 0.5;
constexpr double worth_saying = 0.1;

std::string number(const char* format, double value) {
    char written[32];
    std::snprintf(written, sizeof written, format, value);
    return written;
}

/// «96 %», and never quite all or nothing of what is only nearly so.
std::string percent(double p) {
    if (p < 0.0005) return "<0.1 %";
    if (p > 0.9995) return ">99.9 %";
    return number(p < 0.1 || p > 0.9 ? "%.1f %%" : "%.0f %%", p * 100);
}

/// On one line, and without what would steer a terminal: the words are anybody's.
std::string quoted(const std::string& words) {
    std::string tame;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto byte = static_cast<unsigned char>(words[i]);
        const bool c1 = byte == 0xC2 && i + 1 < words.size() && static_cast<unsigned char>(words[i + 1]) < 0xA0;
        if (c1) ++i;
        tame += byte < 0x20 || byte == 0x7F || c1 ? ' ' : words[i];
    }
    return "«" + text::shorten(tame, words_most) + "»";
}

std::string compared(const Evidence& one) {
    std::string both;
    if (!one.post.empty()) both += ", post " + quoted(one.post);
    if (!one.record.empty()) both += ", record " + quoted(one.record);
    return both;
}

void print_step(std::ostream& out, double bits, double sum, double probability, const std::string& what) {
    const auto share = percent(probability);
    out << "  " << number("%+6.1f", bits) << ' ' << number("%+6.1f", sum) << ' '
        << std::string(share.size() < 8 ? 8 - share.size() : 0, ' ') << share << "  " << what << '\n';
}

void print_candidate(std::ostream& out, const Candidate& candidate, double nobody) {
    const auto walk = explain::waterfall(candidate, nobody);
    out << "candidate " << candidate.ref << ": " << percent(candidate.probability) << '\n';
    if (walk.steps.empty()) return;
    out << "    bits    sum   so far\n";
    print_step(out, walk.start, walk.start, explain::probability_of(walk.start), "any customer, before anything is looked at");
    for (const auto& step : walk.steps)
        print_step(out, step.evidence.weight, step.sum, step.probability,
                   step.evidence.field + ": " + std::string(explain::sentence(step.says)) + compared(step.evidence));
    if (walk.steps.back().probability - candidate.probability > 0.005)
        out << "  other candidates fit as well: " << percent(candidate.probability) << " is left\n";
}

/// The words behind a signal, in the order they were written.
std::string words_of(const std::string& text, const Verdict& verdict, const std::string& signal) {
    std::string all;
    std::size_t count = 0;
    for (const auto& span : verdict.spans) {
        if (span.signal != signal || ++count > quotes_most) continue;
        all += (all.empty() ? ": " : ", ") + quoted(text::slice(text, span.start, span.end));
    }
    if (count > quotes_most) all += " and " + std::to_string(count - quotes_most) + " more";
    return all;
}

struct Signal {
    std::string name;
    double probability = 0;
};

/// All signals that have a probability of their own.
std::vector<Signal> signals_of(const Verdict& verdict) {
    std::vector<Signal> list = {{"complaint", verdict.complaint}, {"repeat_contact", verdict.repeat_contact},
                                {"broken_promise", verdict.broken_promise}, {"not_solved", verdict.not_solved},
                                {"on_behalf", verdict.on_behalf}};
    for (std::size_t i = 0; i < word_count<Threat>; ++i) list.push_back({"threat." + std::string(Words<Threat>::list[i]), verdict.threat_scores[i]});
    for (std::size_t i = 0; i < word_count<Hazard>; ++i) list.push_back({"hazard." + std::string(Words<Hazard>::list[i]), verdict.hazard_scores[i]});
    return list;
}

} // namespace

void print_candidates(std::ostream& out, const MatchResult& match) {
    for (const auto& candidate : match.candidates) print_candidate(out, candidate, match.nobody);
    out << "nobody we know: " << percent(match.nobody) << '\n';
}

void print_signals(std::ostream& out, const std::string& text, const Verdict& verdict) {
    for (const auto& one : signals_of(verdict))
        if (one.name == "complaint" || one.probability >= worth_saying)
            out << "  " << one.name << ' ' << percent(one.probability) << words_of(text, verdict, one.name) << '\n';
    if (verdict.stated_contacts) out << "  stated_contacts " << *verdict.stated_contacts << words_of(text, verdict, "stated_contacts") << '\n';
    for (const auto channel : verdict.channels) {
        const auto name = "channel." + std::string(word(channel));
        out << "  " << name << words_of(text, verdict, name) << '\n';
    }
    out << "  topic " << word(verdict.topic) << ", language " << verdict.lang << '\n';
}

void print_loudest(std::ostream& out, const judging::Loudest& loudest, const std::string& text, const std::string& lang,
                   const BrandWords& brand, const Verdict& verdict) {
    for (const auto& one : signals_of(verdict)) {
        if (one.name != "complaint" && one.probability < likely) continue;
        std::string line;
        for (const auto& loud : loudest.of(text, lang, brand, one.name, loudest_most))
            line += (line.empty() ? "" : ", ") + number("%+.1f ", loud.weight) + loud.feature;
        if (!line.empty()) out << "  loudest for " << one.name << ": " << line << '\n';
    }
}

} // namespace larum::commands
