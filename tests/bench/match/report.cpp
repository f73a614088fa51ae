#include "bench/match/report.h"

#include "core/text.h"

#include <cmath>
#include <cstdio>

namespace larum::bench {

namespace {

constexpr double sure_at = 0.9;

void tally(Claims& to, bool claimed, bool right, bool is_customer) {
    if (claimed) ++(right ? to.right : to.wrong);
    if (is_customer && !(claimed && right)) ++to.missed;
}

/// By spelling: Polish letters or the commonest endings of Polish surnames, of a record's name.
bool looks_polish(const std::string& name) {
    for (const char* letter : {"ą", "ć", "ę", "ł", "ń", "ó", "ś", "ź", "ż", "Ł", "Ś", "Ż", "Ć"})
        if (name.find(letter) != name.npos) return true;
    const std::string folded = text::fold(name);
    for (const auto word : text::folded_words(folded))
        for (const char* ending : {"ski", "ska", "cki", "cka", "czyk", "czak", "wicz", "nowak", "arz", "iak", "owa", "owska", "uk", "ek", "ik", "ak"})
            if (word.size() > 4 && word.ends_with(ending)) return true;
    return false;
}

std::string record_name(const Told& told, Id customer) {
    const auto person = told.found->people.find(customer);
    return person == told.found->people.end() ? std::string() : person->second.customers.front().name;
}

void print_line(const std::string& name, const char* measure, double value) { std::printf("%s.%s %.4f\n", name.c_str(), measure, value); }

/// What matching gave the decision on a post whose urgency is known.
std::string given_to_decide(const Told& told, const triage::Assessment& made, double probability, bool right) {
    const bool is_customer = !told.truth.customers.empty();
    if (probability <= made.match.nobody) return is_customer ? "customer not found" : "nobody, rightly";
    if (!right) return is_customer ? "another customer" : "a customer, wrongly";
    const bool matter = told.truth.case_ref.empty() || made.decision.case_ref == told.truth.case_ref;
    return std::string("right customer") + (matter ? "" : ", another case") + (probability >= sure_at ? "" : ", below 0.9");
}

} // namespace

void Report::add(const Told& told, const triage::Assessment& made) {
    const auto& candidates = made.match.candidates;
    const bool any = !candidates.empty(), is_customer = !told.truth.customers.empty();
    const double probability = any ? candidates.front().probability : 0;
    const bool right = any && told.truth.customers.contains(candidates.front().ref);
    const bool own = any && probability > made.match.nobody, is_sure = probability >= sure_at;
    tally(decided_, own, right, is_customer);
    tally(sure, is_sure, right, is_customer);
    if (is_sure) tally(by_polish_[looks_polish(record_name(told, candidates.front().customer))], true, right, false);
    if (any) {
        auto& bin = bins_[std::min<std::size_t>(9, static_cast<std::size_t>(probability * 10))];
        ++bin.posts, bin.right += right, bin.sum += probability;
    }
    if (told.truth.author_kind == "namesake") ++namesakes_, namesakes_taken_ += is_sure;
    if (right && own && !told.truth.case_ref.empty()) ++cases_, cases_right_ += made.decision.case_ref == told.truth.case_ref;
    if (told.truth.urgent) {
        const bool urgent = made.decision.urgency == Urgency::urgent;
        tally(urgent_, urgent, *told.truth.urgent, *told.truth.urgent);
        tally(urgent_by_match_[given_to_decide(told, made, probability, right)], urgent, *told.truth.urgent, *told.truth.urgent);
    }
    tally(by_kind_["author " + told.truth.author_kind], is_sure, right, is_customer);
    tally(by_kind_["form " + told.truth.name_form], is_sure, right, is_customer);
    for (const auto& one : told.truth.evidence) tally(by_kind_["evidence " + one], is_sure, right, is_customer);
    if (told.truth.evidence.empty()) tally(by_kind_["evidence none"], is_sure, right, is_customer);
    if (told.truth.on_behalf) tally(by_kind_["on behalf"], is_sure, right, is_customer);
}

double Report::calibration_error() const {
    double error = 0;
    int posts = 0;
    for (const auto& bin : bins_) {
        posts += bin.posts;
        error += std::abs(bin.sum - bin.right);
    }
    return posts ? error / posts : 0;
}

void Report::print(const std::string& name) const {
    print_line(name, "customer_precision", decided_.precision());
    print_line(name, "customer_recall", decided_.recall());
    print_line(name, "customer_f1", decided_.f1());
    print_line(name, "sure_precision", sure.precision());
    print_line(name, "sure_recall", sure.recall());
    print_line(name, "calibration_error", calibration_error());
    if (namesakes_) print_line(name, "namesakes_taken", static_cast<double>(namesakes_taken_) / namesakes_);
    if (cases_) print_line(name, "case_right", static_cast<double>(cases_right_) / cases_);
    for (const auto& [polish, claims] : by_polish_) {
        print_line(name, polish ? "sure_precision_polish" : "sure_precision_foreign", claims.precision());
        print_line(name, polish ? "sure_polish" : "sure_foreign", claims.right + claims.wrong);
    }
    print_line(name, "urgent_precision", urgent_.precision());
    print_line(name, "urgent_recall", urgent_.recall());
}

void Report::print_missed(const std::string& name) const {
    for (const auto& [kind, claims] : by_kind_)
        std::printf("# %s at 0.9, %-28s right %4d wrong %3d missed %4d\n", name.c_str(), kind.c_str(), claims.right, claims.wrong, claims.missed);
    for (const auto& [kind, claims] : urgent_by_match_)
        std::printf("# %s urgent, %-40s right %4d wrong %3d missed %4d\n", name.c_str(), kind.c_str(), claims.right, claims.wrong, claims.missed);
    for (std::size_t i = 0; i < bins_.size(); ++i)
        if (bins_[i].posts)
            std::printf("# %s probability %.2f: %.2f of %d right\n", name.c_str(), bins_[i].sum / bins_[i].posts,
                        static_cast<double>(bins_[i].right) / bins_[i].posts, bins_[i].posts);
}

} // namespace larum::bench
