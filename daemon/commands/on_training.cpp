#include "daemon/commands/on_training.h"

#include "daemon/model_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace larum::commands {

namespace {

using namespace judging;

std::string number(double value, bool with_sign = false) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(3) << (with_sign ? std::showpos : std::noshowpos) << value;
    return out.str();
}

std::string decided(const Measured& one) {
    switch (one.finding) {
    case Finding::better: return "better: taken";
    case Finding::could_be_chance: return "could be chance: stays as it is";
    case Finding::no_better: return "no better: stays as it is";
    case Finding::too_few:
        return (one.kin < one.posts ? "too few (" + std::to_string(one.kin) + " that do not belong to another): " : std::string("too few: ")) + std::to_string(labels_min) + " posts, " + std::to_string(each_min) + " yes and " + std::to_string(each_min) + " no are needed";
    }
    return {};
}

void print_row(const Measured& one, std::ostream& out) {
    out << std::left << std::setw(16) << word(one.signal) << std::right << std::setw(6) << one.posts << std::setw(6) << one.yes << "   ";
    if (one.finding == Finding::too_few) {
        out << decided(one) << '\n';
        return;
    }
    const auto& score = one.score;
    out << std::left << std::setw(10) << score_name(one.signal) << number(score.before) << "   " << number(score.after) << "   "
        << number(score.after - score.before, true) << " (" << number(score.low, true) << " to " << number(score.high, true) << ")   "
        << decided(one) << '\n';
    if (!one.calibration_before) return;
    out << "  how far its probabilities are off: " << number(*one.calibration_before) << " before, " << number(*one.calibration_after) << " after\n";
}

void print_left_out(const Trained& made, std::ostream& out) {
    out << made.posts << " posts to learn from";
    if (made.sensitive) out << "; " << made.sensitive << " that touch on health, belief, politics, sexuality, union or minors stay out";
    if (made.hazards) out << "; " << made.hazards << " that tell of a hazard stay out";
    out << '\n';
    if (made.known) out << made.known << " of them are known to the model in use and measure nothing\n";
    if (made.continued) out << "goes on from the model in use: it learned from posts that are not given here\n";
}

} // namespace

void print(const TrainingReport& report, std::ostream& out) {
    const auto& made = report.made;
    print_left_out(made, out);
    out << "in use: " << (report.file_in_use ? report.file : "the built-in model")
        << ". Each quarter of the posts was judged by what was learned from the other three.\n\n"
        << "signal           posts   yes   measure   in use  learned  difference (9 of 10 draws)\n";
    for (const auto& one : made.measured) print_row(one, out);
    out << '\n';
    if (made.model.empty()) return;
    out << report.file << ": written; the former stands in " << before_of(report.file).string() << " (larum train --back --out "
        << report.file << ")\n";
}

std::string why_not(const TrainingReport& report) {
    const auto& measured = report.made.measured;
    const auto any = [&](Finding finding) {
        return std::any_of(measured.begin(), measured.end(), [&](const auto& one) { return one.finding == finding; });
    };
    const std::string kept = report.file + ": nothing was written";
    if (measured.empty()) return kept + ": no post has a label that can be learned (complaint, repeat_contact, broken_promise, not_solved, on_behalf, threat, topic)";
    if (any(Finding::could_be_chance)) return kept + ": what was learned may be better, but on so few posts that could be chance; more labels would tell";
    if (any(Finding::no_better)) return kept + ": what was learned is no better than what is in use";
    return kept + ": too few labels" + (report.made.known ? " on posts that the model in use does not know" : "") + ": a signal needs " +
           std::to_string(labels_min) + " posts, at least " + std::to_string(each_min) + " of them yes and " + std::to_string(each_min) + " no";
}

void print_json(const TrainingReport& report, std::ostream& out) {
    const auto& made = report.made;
    nlohmann::json all = {{"posts", made.posts}, {"known", made.known}, {"left_out", {{"sensitive", made.sensitive}, {"hazard", made.hazards}}},
                          {"continued", made.continued}, {"written", !made.model.empty()}, {"model", report.file},
                          {"signals", nlohmann::json::array()}};
    if (made.model.empty()) all["why"] = why_not(report);
    for (const auto& one : made.measured) {
        nlohmann::json row = {{"signal", word(one.signal)}, {"posts", one.posts}, {"kin", one.kin}, {"yes", one.yes}, {"finding", word(one.finding)}};
        if (one.finding != Finding::too_few)
            row.update({{"measure", score_name(one.signal)}, {"before", one.score.before}, {"after", one.score.after},
                        {"difference_low", one.score.low}, {"difference_high", one.score.high}});
        if (one.calibration_before) row.update({{"calibration_error_before", *one.calibration_before}, {"calibration_error_after", *one.calibration_after}});
        all["signals"].push_back(std::move(row));
    }
    out << all.dump(2) << '\n';
}

} // namespace larum::commands
