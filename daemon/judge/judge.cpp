#include "daemon/judge/judge.h"

#include "daemon/judge/model.h"
#include "daemon/judge/reader.h"
#include "daemon/judge/signals.h"
#include "daemon/judge/spans.h"

#include <algorithm>

namespace larum {

using namespace judging;

struct Judge::Parts {
    Reader reader;
    Model model;
    SignalReader signals{reader.lexicon()};
};

Judge::Judge() {
    auto parts = std::make_unique<Parts>();
    for (const auto& [name, content] : built_in_model()) parts->model = Model::parse(content, name);
    parts_ = std::move(parts);
}

Judge::Judge(std::string_view model, const std::string& file) {
    auto parts = std::make_unique<Parts>();
    parts->model = Model::parse(model, file);
    parts_ = std::move(parts);
}

Judge::~Judge() = default;

namespace {

constexpr double complains_if_said = 0.95;
constexpr double unread_worth = 0.4;

} // namespace

Verdict Judge::judge(std::string_view text, std::string_view lang_hint, Time, const std::string&,
                     const BrandWords& brand) const {
    thread_local Reading reading;
    thread_local std::vector<Feature> features;
    parts_->reader.read(text, lang_hint, brand, reading);
    Verdict verdict;
    verdict.lang = std::string(reading.lang);
    if (reading.plain.words.empty()) return verdict;
    features_of(reading, parts_->reader.lexicon(), features);
    const auto odds = parts_->model.weigh(features);
    // In a language larum does not read, what it seems to recognise is worth little.
    // So is anger in ordinary talk, about politics, sport or the neighbours.
    const double service = probability(odds[static_cast<std::size_t>(Head::service)]);
    const double worth = (reading.lang == "und" ? unread_worth : 1) * std::min(1.0, service * 1.25);
    const auto said = [&](Head head) { return worth * probability(odds[static_cast<std::size_t>(head)]); };
    verdict.complaint = said(Head::complaint);
    verdict.repeat_contact = said(Head::repeat_contact);
    verdict.broken_promise = said(Head::broken_promise);
    // Who says that they asked before in vain, or that a promise was broken, complains, whatever other words they find:
    // so it stands in 97 of 100 labelled posts.
    verdict.complaint = std::max({verdict.complaint, complains_if_said * verdict.repeat_contact, complains_if_said * verdict.broken_promise});
    const auto topics = odds.begin() + static_cast<long>(Head::topic_delivery);
    verdict.topic = static_cast<Topic>(std::max_element(topics, topics + word_count<Topic>) - topics);
    parts_->signals.read(reading, verdict);
    if (reading.count && (verdict.repeat_contact >= 0.3 || !verdict.channels.empty()))
        verdict.stated_contacts = reading.count->value;
    verdict.spans = spans_of(reading, parts_->reader.lexicon(), parts_->model, verdict);
    return verdict;
}

} // namespace larum
