#include "daemon/judge/agreement.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

namespace larum::judging {

namespace {

constexpr int draws = 1000;
constexpr double yes_from = 0.5;

std::optional<bool> label_of(const LabelledPost& post, Signal signal) {
    switch (signal) {
    case Signal::complaint: return post.complaint;
    case Signal::repeat_contact: return post.repeat_contact;
    case Signal::broken_promise: return post.broken_promise;
    case Signal::not_solved: return post.not_solved;
    case Signal::on_behalf: return post.on_behalf;
    default: return std::nullopt;
    }
}

double said(const Verdict& verdict, Signal signal) {
    switch (signal) {
    case Signal::complaint: return verdict.complaint;
    case Signal::repeat_contact: return verdict.repeat_contact;
    case Signal::broken_promise: return verdict.broken_promise;
    case Signal::not_solved: return verdict.not_solved;
    default: return verdict.on_behalf;
    }
}

Tally one(bool says, bool is) { return {says && is, says && !is, !says && is, !says && !is}; }

double f1(int hits, int false_alarms, int misses) {
    return hits ? 2.0 * hits / (2.0 * hits + false_alarms + misses) : 0;
}

/// Correlation of yes said and yes true; of topics, the share of right ones.
double correlation(const Tally& t, Signal signal) {
    if (signal == Signal::topic) return score(t, signal);
    const auto product = [](int a, int b) { return static_cast<double>(a) * b; };
    const double all = std::sqrt(product(t.right_yes + t.wrong_yes, t.right_yes + t.wrong_no)) *
                       std::sqrt(product(t.right_no + t.wrong_yes, t.right_no + t.wrong_no));
    return all > 0 ? (product(t.right_yes, t.right_no) - product(t.wrong_yes, t.wrong_no)) / all : 0;
}

} // namespace

Tally& Tally::operator+=(const Tally& other) {
    right_yes += other.right_yes, wrong_yes += other.wrong_yes;
    wrong_no += other.wrong_no, right_no += other.right_no;
    return *this;
}

bool is_labelled(const LabelledPost& post, Signal signal) {
    if (signal == Signal::threat) return post.threat.has_value();
    if (signal == Signal::topic) return post.topic.has_value();
    return label_of(post, signal).has_value();
}

bool says_yes(const LabelledPost& post, Signal signal) {
    if (signal == Signal::threat) return post.threat && !post.threat->empty();
    if (signal == Signal::topic) return post.topic && *post.topic != Topic::other;
    return label_of(post, signal).value_or(false);
}

Tally tally(const Verdict& verdict, const LabelledPost& post, Signal signal) {
    if (signal == Signal::topic) return one(verdict.topic == *post.topic, true);
    if (signal != Signal::threat) return one(said(verdict, signal) >= yes_from, *label_of(post, signal));
    Tally sum;
    for (std::size_t i = 0; i < word_count<Threat>; ++i) {
        const bool says = std::find(verdict.threat.begin(), verdict.threat.end(), static_cast<Threat>(i)) != verdict.threat.end();
        sum += one(says, std::find(post.threat->begin(), post.threat->end(), Words<Threat>::list[i]) != post.threat->end());
    }
    return sum;
}

double score(const Tally& t, Signal signal) {
    if (signal == Signal::topic) return t.right_yes ? static_cast<double>(t.right_yes) / (t.right_yes + t.wrong_no) : 0;
    const double yes = f1(t.right_yes, t.wrong_yes, t.wrong_no);
    return signal == Signal::complaint ? (yes + f1(t.right_no, t.wrong_no, t.wrong_yes)) / 2 : yes;
}

std::string_view score_name(Signal signal) {
    return signal == Signal::complaint ? "macro-F1" : signal == Signal::topic ? "right" : "F1";
}

Difference compare(const std::vector<Judged>& posts, Signal signal) {
    std::map<std::uint32_t, Judged> by_kin;
    Tally before, after;
    for (const auto& post : posts) {
        auto& kin = by_kin[post.kin];
        kin.before += post.before, kin.after += post.after;
        before += post.before, after += post.after;
    }
    std::vector<Judged> kin;
    for (const auto& [number, sum] : by_kin) kin.push_back(sum);
    Difference found{score(before, signal), score(after, signal), 0, 0, false};
    if (kin.empty()) return found;
    std::mt19937 dice(20260101); // the same draws each time
    std::vector<double> differences, correlations;
    for (int draw = 0; draw < draws; ++draw) {
        Tally drawn_before, drawn_after;
        for (std::size_t i = 0; i < kin.size(); ++i) {
            const auto& picked = kin[dice() % kin.size()];
            drawn_before += picked.before, drawn_after += picked.after;
        }
        differences.push_back(score(drawn_after, signal) - score(drawn_before, signal));
        correlations.push_back(correlation(drawn_after, signal) - correlation(drawn_before, signal));
    }
    std::sort(differences.begin(), differences.end());
    std::sort(correlations.begin(), correlations.end());
    found.low = differences[draws / 20];
    found.high = differences[draws - 1 - draws / 20];
    found.surely_better = found.low > 0 && correlations[draws / 20] > 0;
    return found;
}

double calibration_error(const std::vector<std::pair<double, bool>>& said_and_true) {
    double off[10] = {};
    for (const auto& [p, is] : said_and_true) off[std::clamp(static_cast<int>(p * 10), 0, 9)] += p - is;
    double sum = 0;
    for (const double one_bin : off) sum += std::abs(one_bin);
    return said_and_true.empty() ? 0 : sum / static_cast<double>(said_and_true.size());
}

} // namespace larum::judging
