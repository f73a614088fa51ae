#include "daemon/judge/signals.h"

#include <algorithm>
#include <array>

namespace larum::judging {

namespace {

template <class E>
int index_of(std::string_view name) {
    const auto value = from_word<E>(name);
    return value ? static_cast<int>(*value) : -1;
}

/// What one more mention of a signal makes of its score.
void raise_to(double& score, double strength) { score = 1 - (1 - score) * (1 - strength); }

/// «Never again» and «I tell everybody» are said in praise too; of courts and regulators people speak in earnest.
double threat_worth(Threat threat, double complaint) {
    const bool also_praise = threat == Threat::churn || threat == Threat::public_;
    return std::min(1.0, also_praise ? 0.1 + complaint * 1.2 : 0.35 + complaint);
}

bool asks(const Reading& reading, const Hit& hit) {
    return hit.sentence < reading.plain.sentences.size() && reading.plain.sentences[hit.sentence].question;
}

} // namespace

SignalReader::SignalReader(const Lexicon& lexicon) {
    for (const std::string_view name : lexicon.concepts()) {
        const auto dot = name.find('.');
        const auto family = name.substr(0, dot);
        const auto rest = dot == name.npos ? std::string_view() : name.substr(dot + 1);
        auto& meaning = meanings_.emplace_back();
        if (family == "threat") meaning = {Kind::threat, index_of<Threat>(rest)};
        if (family == "hazard") meaning = {Kind::hazard, index_of<Hazard>(rest)};
        if (family == "maybe_hazard") meaning = {Kind::maybe_hazard, index_of<Hazard>(rest)};
        if (family == "contact") meaning = {Kind::channel, index_of<ContactChannel>(rest)};
        if (name == "not_solved") meaning = {Kind::not_solved, 0};
        if (name == "on_behalf") meaning = {Kind::on_behalf, 0};
        if (name == "no_answer" || name == "sent_around") meaning = {Kind::contact, 0};
        if (name == "solved") meaning = {Kind::solved, 0};
        if (name == "contest" || name == "joke" || name == "advert") meaning = {Kind::light, 0};
        if (family == "contact" && meaning.index < 0) meaning = {Kind::contact, 0};
        if (meaning.index < 0) meaning = {};
    }
}

void SignalReader::read(const Reading& reading, Verdict& verdict) const {
    std::array<double, word_count<ContactChannel>> channels{};
    double contact = verdict.repeat_contact, not_solved = 0, on_behalf = 0;
    std::array<double, word_count<Threat>> threats{};
    std::array<double, word_count<Hazard>> hazards{};
    bool light = false;
    for (const auto& hit : reading.hits) {
        const auto kind = meanings_[hit.concept_id].kind;
        if (kind == Kind::solved) contact = std::max(contact, 0.5);
        light |= kind == Kind::light;
    }
    for (const auto& hit : reading.hits) {
        const auto [kind, index] = meanings_[hit.concept_id];
        const double sure = asks(reading, hit) ? 0.6 : 1;
        switch (kind) {
        case Kind::threat: raise_to(threats[index], 0.9 * sure * threat_worth(static_cast<Threat>(index), verdict.complaint)); break;
        case Kind::hazard: raise_to(hazards[index], light ? 0.6 : 0.85); break;
        case Kind::maybe_hazard: raise_to(hazards[index], light ? 0.2 : verdict.complaint >= 0.5 ? 0.8 : 0.4); break;
        case Kind::channel: channels[index] = std::max(channels[index], sure * contact); break;
        case Kind::not_solved: raise_to(not_solved, 0.7 * std::min(1.0, 0.2 + verdict.complaint)); break;
        case Kind::on_behalf: raise_to(on_behalf, light ? 0.4 : 0.75); break;
        default: break;
        }
    }
    verdict.not_solved = std::max(verdict.not_solved, not_solved);
    verdict.on_behalf = std::max(verdict.on_behalf, on_behalf);
    for (std::size_t i = 0; i < channels.size(); ++i)
        if (channels[i] >= 0.4) verdict.channels.push_back(static_cast<ContactChannel>(i));
    for (std::size_t i = 0; i < word_count<Threat>; ++i) verdict.threat_scores[i] = std::max(verdict.threat_scores[i], threats[i]);
    for (std::size_t i = 0; i < word_count<Hazard>; ++i) verdict.hazard_scores[i] = std::max(verdict.hazard_scores[i], hazards[i]);
    for (std::size_t i = 0; i < word_count<Threat>; ++i)
        if (verdict.threat_scores[i] >= threat_min) verdict.threat.push_back(static_cast<Threat>(i));
    for (std::size_t i = 0; i < word_count<Hazard>; ++i)
        if (verdict.hazard_scores[i] >= hazard_min) verdict.hazard.push_back(static_cast<Hazard>(i));
}

} // namespace larum::judging
