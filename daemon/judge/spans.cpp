#include "daemon/judge/spans.h"

#include <algorithm>

namespace larum::judging {

namespace {

class Spans {
public:
    Spans(const Plain& plain, std::vector<WordSpan>& spans) : plain_(plain), spans_(spans) {}

    void add(std::string signal, std::uint32_t start, std::uint32_t end) {
        if (spans_.size() >= spans_max || start >= end || end > plain_.origin.size()) return;
        const auto from = static_cast<int>(plain_.origin[start]);
        const auto to = static_cast<int>(plain_.origin[end - 1]) + 1;
        for (const auto& one : spans_)
            if (one.signal == signal && one.start <= from && to <= one.end) return;
        spans_.push_back({std::move(signal), from, to});
    }

private:
    const Plain& plain_;
    std::vector<WordSpan>& spans_;
};

float weight_of(const Model& model, const std::string& concept_name, Head head) {
    const auto* weights = model.weights(feature_key("c:" + concept_name));
    return weights ? (*weights)[at(head)] : 0;
}

bool named(const Verdict& verdict, const std::string& concept_name) {
    const std::string_view name = concept_name;
    const auto rest = name.substr(name.find('.') + 1);
    if (name.starts_with("threat.")) {
        const auto one = from_word<Threat>(rest);
        return one && std::find(verdict.threat.begin(), verdict.threat.end(), *one) != verdict.threat.end();
    }
    if (name.find("hazard.") != name.npos) {
        const auto one = from_word<Hazard>(rest);
        return one && std::find(verdict.hazard.begin(), verdict.hazard.end(), *one) != verdict.hazard.end();
    }
    if (name.starts_with("contact.")) {
        const auto one = from_word<ContactChannel>(rest);
        return one && std::find(verdict.channels.begin(), verdict.channels.end(), *one) != verdict.channels.end();
    }
    return (name == "not_solved" && verdict.not_solved >= 0.5) || (name == "on_behalf" && verdict.on_behalf >= 0.5);
}

std::string signal_name(const std::string& concept_name) {
    if (concept_name.starts_with("contact.")) return "channel" + concept_name.substr(7);
    if (concept_name.starts_with("maybe_")) return concept_name.substr(6);
    return concept_name;
}

/// The sentence whose words speak loudest for a complaint.
const Sentence* loudest(const Reading& reading, const Model& model) {
    std::vector<float> sums(reading.plain.sentences.size(), 0);
    for (std::size_t i = 0; i < reading.plain.words.size(); ++i) {
        const auto* weights = model.weights(feature_key("w:" + std::string(word_stem(reading.plain.word(i)))));
        if (weights && reading.plain.words[i].sentence < sums.size()) sums[reading.plain.words[i].sentence] += (*weights)[0];
    }
    const auto most = std::max_element(sums.begin(), sums.end());
    return most == sums.end() ? nullptr : &reading.plain.sentences[static_cast<std::size_t>(most - sums.begin())];
}

} // namespace

std::vector<WordSpan> spans_of(const Reading& reading, const Lexicon& lexicon, const Model& model,
                               const Verdict& verdict, const std::optional<SaidDay>& due, const std::optional<SaidDay>& since) {
    constexpr float telling = 0.25f;
    std::vector<WordSpan> found;
    Spans spans(reading.plain, found);
    for (const auto& hit : reading.hits) {
        const auto& name = lexicon.concepts()[hit.concept_id];
        const auto rests = [&](const char* signal, double p, Head head) {
            if (p >= 0.5 && weight_of(model, name, head) >= telling) spans.add(signal, hit.start, hit.end);
        };
        rests("complaint", verdict.complaint, Head::complaint);
        rests("repeat_contact", verdict.repeat_contact, Head::repeat_contact);
        rests("broken_promise", verdict.broken_promise, Head::broken_promise);
        if (named(verdict, name)) spans.add(signal_name(name), hit.start, hit.end);
    }
    if (verdict.stated_contacts && reading.count)
        spans.add("stated_contacts", reading.count->start, reading.count->end);
    if (due) spans.add("promised_on", due->start, due->end);
    if (since) spans.add("waiting_since", since->start, since->end);
    const bool shown = std::any_of(found.begin(), found.end(), [](const auto& span) { return span.signal == "complaint"; });
    if (verdict.complaint >= 0.5 && !shown)
        if (const auto* sentence = loudest(reading, model)) spans.add("complaint", sentence->start, sentence->end);
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    return found;
}

} // namespace larum::judging
