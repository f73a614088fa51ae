#include "daemon/commands/on_labels.h"

#include "core/error.h"
#include "core/post_json.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>

namespace larum::commands {

namespace {

using nlohmann::json;

constexpr double said = 0.5, sure = 0.9;
constexpr std::size_t differing_shown = 50;

std::optional<bool> yes_or_no(const json& line, const char* name) {
    const auto found = line.find(name);
    return found == line.end() || !found->is_boolean() ? std::nullopt : std::optional<bool>(found->get<bool>());
}

std::string text_of(const json& line, const char* name) {
    const auto found = line.find(name);
    return found == line.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

Label label_of(const json& line) {
    Label label;
    label.complaint = yes_or_no(line, "complaint");
    label.repeat_contact = yes_or_no(line, "repeat_contact");
    if (!label.repeat_contact) label.repeat_contact = yes_or_no(line, "repeat_contact_stated");
    label.urgent = yes_or_no(line, "urgent");
    const bool arguable = yes_or_no(line, "repeat_arguable").value_or(false);
    const bool about_closed = label.complaint.value_or(false) && !text_of(line, "closed_case_ref").empty();
    if (arguable) label.repeat_contact.reset();
    if (arguable || about_closed) label.urgent.reset();
    label.customer_known = line.contains("customer_ref");
    if (const auto ref = text_of(line, "customer_ref"); !ref.empty()) label.customers.insert(ref);
    if (const auto also = line.find("alt_customer_refs"); also != line.end() && also->is_array())
        for (const auto& one : *also)
            if (one.is_string()) label.customers.insert(one.get<std::string>());
    label.case_known = line.contains("case_ref");
    label.case_ref = text_of(line, "case_ref");
    label.namesake = text_of(line, "author_kind") == "namesake";
    return label;
}

void count(Count& count, const Post& post, const std::string& what, bool found, std::optional<bool> truth) {
    if (!truth) return;
    if (found && *truth) ++count.right;
    if (found && !*truth) ++count.wrong;
    if (!found && *truth) ++count.missed;
    if (found != *truth) count.differ.push_back(post_name(post) + ": " + what + (found ? ", labelled otherwise" : " missed"));
}

void print(std::ostream& out, const std::string& name, const Count& count) {
    if (count.right + count.wrong + count.missed == 0) return;
    out << name << ": precision " << count.precision() << ", recall " << count.recall() << " (" << count.right << " right, "
        << count.wrong << " too many, " << count.missed << " missed)\n";
}

void print_differing(std::ostream& out, const Count& count) {
    for (std::size_t i = 0; i < count.differ.size() && i < differing_shown; ++i) out << "  " << count.differ[i] << '\n';
    if (count.differ.size() > differing_shown) out << "  and " << count.differ.size() - differing_shown << " more\n";
}

} // namespace

std::map<std::string, Label> read_labels(const std::filesystem::path& file) {
    std::ifstream lines(file);
    if (!lines) throw Error(Error::Kind::config, "cannot read labels: " + file.string());
    std::map<std::string, Label> labels;
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.empty()) continue;
        const auto object = json::parse(line, nullptr, false);
        const auto id = object.is_object() ? object.find("id") : object.end();
        if (!object.is_object() || id == object.end() || !(id->is_string() || id->is_number_integer()))
            throw Error(Error::Kind::input, file.string() + ':' + std::to_string(number) + ": not a label; expected an object with an id");
        labels[id->is_string() ? id->get<std::string>() : id->dump()] = label_of(object);
    }
    return labels;
}

void Comparison::add(const Post& post, const triage::Assessment& made, const Label& label) {
    count(urgent, post, "urgent", made.decision.urgency == Urgency::urgent, label.urgent);
    count(complaint, post, "complaint", made.verdict.complaint >= said, label.complaint);
    count(repeat_contact, post, "repeat contact", made.verdict.repeat_contact >= said, label.repeat_contact);
    if (label.customer_known) compare_customer(post, made, label);
}

void Comparison::compare_customer(const Post& post, const triage::Assessment& made, const Label& label) {
    const auto& candidates = made.match.candidates;
    const double probability = candidates.empty() ? 0 : candidates.front().probability;
    const bool right = !candidates.empty() && label.customers.contains(candidates.front().ref);
    const auto tally = [&](Count& to, bool claimed) {
        if (claimed) ++(right ? to.right : to.wrong);
        if (!label.customers.empty() && !(claimed && right)) ++to.missed;
    };
    tally(customer, made.decision.customer.has_value());
    tally(customer_sure, probability >= sure);
    if (made.decision.customer && !right) customer.differ.push_back(post_name(post) + ": taken for the wrong customer");
    if (!candidates.empty()) {
        auto& bin = bins_[std::min<std::size_t>(9, static_cast<std::size_t>(probability * 10))];
        ++bin.posts, bin.right += right, bin.sum += probability;
    }
    if (label.namesake) ++namesakes, namesakes_taken += probability >= sure;
    if (right && made.decision.customer && label.case_known && !label.case_ref.empty())
        ++cases, cases_right += made.decision.case_ref == label.case_ref;
}

double Comparison::calibration_error() const {
    double error = 0;
    int posts = 0;
    for (const auto& bin : bins_) {
        posts += bin.posts;
        error += std::abs(bin.sum - bin.right);
    }
    return posts ? error / posts : 0;
}

void Comparison::print(std::ostream& out) const {
    out << std::fixed << std::setprecision(3);
    commands::print(out, "urgent", urgent);
    commands::print(out, "complaint", complaint);
    commands::print(out, "repeat contact", repeat_contact);
    commands::print(out, "customer", customer);
    commands::print(out, "customer at 0.9", customer_sure);
    if (customer.right + customer.wrong) out << "customer: calibration error " << calibration_error() << '\n';
    if (cases) out << "case, given the right customer: " << static_cast<double>(cases_right) / cases << " of " << cases << '\n';
    if (namesakes) out << "namesakes taken for a customer at 0.9: " << static_cast<double>(namesakes_taken) / namesakes << " of " << namesakes << '\n';
    if (urgent.differ.empty()) return;
    out << "urgent differs:\n";
    print_differing(out, urgent);
}

} // namespace larum::commands
