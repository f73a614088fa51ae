#include "daemon/judge/judge.h"

#include "core/time.h"
#include "daemon/judge/days.h"
#include "daemon/judge/model.h"
#include "daemon/judge/reader.h"
#include "daemon/judge/signals.h"
#include "daemon/judge/spans.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace larum {

using namespace judging;

namespace {

std::vector<bool> sensitive_concepts(const Lexicon& lexicon) {
    std::vector<bool> sensitive;
    for (const auto& name : lexicon.concepts()) sensitive.push_back(name.starts_with("sensitive."));
    return sensitive;
}

} // namespace

struct Judge::Parts {
    Reader reader;
    Model model;
    SignalReader signals{reader.lexicon()};
    DayReader days{reader.lexicon()};
    std::vector<bool> sensitive = sensitive_concepts(reader.lexicon()); ///< by concept
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

constexpr double unread_worth = 0.4;

/// The scores of heads that are one per value.
template <class Scores>
void read_each(const Weights& odds, Head first, double worth, Scores& scores) {
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = worth * probability(odds[at(first) + i]);
}

/// Probabilities of the topics from the logs of what is proportional to them.
template <class Iterator>
std::array<double, word_count<Topic>> shares_of(Iterator logs) {
    std::array<double, word_count<Topic>> shares{};
    const double high = *std::max_element(logs, logs + word_count<Topic>);
    double sum = 0;
    for (auto& one : shares) sum += one = std::exp(*logs++ - high);
    for (auto& one : shares) one /= sum;
    return shares;
}

/// «2026-04-03».
std::string written(std::chrono::sys_days day) {
    const std::chrono::year_month_day date(day);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

std::chrono::sys_days local_day(Time time, const std::string& zone) {
    const auto local = local_time(time, zone);
    return std::chrono::year_month_day(std::chrono::year(local.year), std::chrono::month(static_cast<unsigned>(local.month)),
                                       std::chrono::day(static_cast<unsigned>(local.day)));
}

/// A promise whose day is still ahead is not broken yet; one whose day is over likely is.
double with_day(double log_odds, std::chrono::sys_days due, std::chrono::sys_days today) {
    constexpr double still_running = -2.5, passed = 1.0;
    return log_odds + (due > today ? still_running : due < today ? passed : 0);
}

} // namespace

Verdict Judge::judge(std::string_view text, std::string_view lang_hint, Time posted_at, const std::string& zone,
                     const BrandWords& brand) const {
    thread_local Reading reading;
    thread_local std::vector<Feature> features;
    parts_->reader.read(text, lang_hint, brand, reading);
    Verdict verdict;
    verdict.lang = std::string(reading.lang);
    if (reading.plain.words.empty()) return verdict;
    features_of(reading, parts_->reader.lexicon(), features);
    verdict.sensitive = std::any_of(reading.hits.begin(), reading.hits.end(), [&](const Hit& hit) { return parts_->sensitive[hit.concept_id]; });
    const auto odds = parts_->model.weigh(features);
    // In a language larum does not read, what it seems to recognise is worth little.
    // And anger in ordinary talk, about politics, sport or the neighbours, is none at a brand: whether a post complains is
    // learned from posts to firms alone, and counts as far as this is one.
    const double service = probability(odds[at(Head::service)]);
    const double read = reading.lang == "und" ? unread_worth : 1;
    const double worth = read * service;
    const auto said = [&](Head head) { return worth * probability(odds[at(head)]); };
    verdict.complaint = said(Head::complaint);
    verdict.repeat_contact = said(Head::repeat_contact);
    std::optional<SaidDay> due, since;
    double promise_odds = odds[at(Head::broken_promise)];
    if (posted_at != Time{} && parts_->days.worth_reading(reading)) {
        const auto today = local_day(posted_at, zone);
        const auto days = parts_->days.read(reading, today, brand.works);
        due = promised_day(reading, parts_->reader.lexicon(), days);
        since = waiting_since(days);
        if (due) verdict.promised_on = written(due->day), promise_odds = with_day(promise_odds, due->day, today);
        if (since) verdict.waiting_since = written(since->day);
    }
    verdict.broken_promise = worth * probability(promise_odds);
    verdict.not_solved = said(Head::not_solved);
    verdict.on_behalf = said(Head::on_behalf);
    const auto topics = odds.begin() + static_cast<long>(at(Head::topic));
    verdict.topic = static_cast<Topic>(std::max_element(topics, topics + word_count<Topic>) - topics);
    verdict.topic_scores = shares_of(topics);
    read_each(odds, Head::threat, worth, verdict.threat_scores);
    read_each(odds, Head::hazard, read, verdict.hazard_scores); // danger is no matter of service
    parts_->signals.read(reading, verdict);
    if (reading.count && (verdict.repeat_contact >= 0.3 || !verdict.channels.empty()))
        verdict.stated_contacts = reading.count->value;
    verdict.spans = spans_of(reading, parts_->reader.lexicon(), parts_->model, verdict, due, since);
    return verdict;
}

} // namespace larum
