#include "daemon/judge/learn.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <numeric>
#include <unordered_map>

namespace larum::judging {

namespace {

/// What a phrase is known to mean before any example is seen. Weights are drawn towards these instead of towards
/// nothing, so that few examples need not teach that «no answer» is no praise.
struct Expectation {
    std::string_view feature;
    Head head;
    double weight;
};

constexpr Expectation expectations[] = {
    {"c:no_answer", Head::complaint, 1.0},       {"c:fault", Head::complaint, 1.0},
    {"c:late", Head::complaint, 1.0},            {"c:money", Head::complaint, 1.0},
    {"c:rude", Head::complaint, 1.0},            {"c:outrage", Head::complaint, 1.2},
    {"c:rating_low", Head::complaint, 1.5},      {"c:sent_around", Head::complaint, 0.8},
    {"c:promise_failed", Head::complaint, 0.6},  {"c:lost_right", Head::complaint, 0.6},
    {"c:demand", Head::complaint, 0.5},          {"c:still", Head::complaint, 0.4},
    {"c:warn", Head::complaint, 0.6},            {"c:waiting", Head::complaint, 0.4},
    {"c:contact.again", Head::complaint, 0.4},   {"c:not_solved", Head::complaint, 1.0},
    {"c:threat.legal", Head::complaint, 0.7},    {"c:threat.regulator", Head::complaint, 0.9},
    {"c:threat.media", Head::complaint, 0.5},    {"c:threat.churn", Head::complaint, 0.9},
    {"c:threat.chargeback", Head::complaint, 1.0}, {"c:threat.public", Head::complaint, 0.7},
    {"s:cross", Head::complaint, 0.6},           {"s:glad", Head::complaint, -0.6},
    {"c:praise", Head::complaint, -1.2},         {"c2:praise", Head::complaint, -0.8},
    {"c:solved", Head::complaint, -1.3},         {"c:question", Head::complaint, -0.8},
    {"s:only_questions", Head::complaint, -0.9}, {"c:contest", Head::complaint, -1.5},
    {"c:advert", Head::complaint, -1.5},         {"c:joke", Head::complaint, -0.4},
    {"c:other_firm", Head::complaint, -0.8},     {"c:own_fault", Head::complaint, -1.0},
    {"c:thanks_hope", Head::complaint, -0.2},    {"c:future", Head::complaint, -0.2},
    {"c:contact.again", Head::repeat_contact, 1.5}, {"c:no_answer", Head::repeat_contact, 1.0},
    {"c:sent_around", Head::repeat_contact, 1.2},   {"c:contact.any", Head::repeat_contact, 1.0},
    {"c:contact.phone", Head::repeat_contact, 1.0}, {"c:contact.email", Head::repeat_contact, 1.0},
    {"c:contact.chat", Head::repeat_contact, 1.0},  {"c:contact.messenger", Head::repeat_contact, 1.0},
    {"c:contact.form", Head::repeat_contact, 1.0},  {"c:contact.store", Head::repeat_contact, 0.8},
    {"c:contact.letter", Head::repeat_contact, 1.0}, {"c:still", Head::repeat_contact, 0.6},
    {"c:not_solved", Head::repeat_contact, 0.8},    {"c:solved", Head::repeat_contact, -1.2},
    {"c:future", Head::repeat_contact, -0.8},       {"c:praise", Head::repeat_contact, -0.8},
    {"c:other_firm", Head::repeat_contact, -0.8},   {"s:counts", Head::repeat_contact, 1.0},
    {"c:contest", Head::repeat_contact, -1.5},      {"c:advert", Head::repeat_contact, -1.0},
    {"c:question", Head::repeat_contact, -0.5},     {"c:own_fault", Head::repeat_contact, -0.5},
    {"c:promised", Head::broken_promise, 1.2},      {"c:promise_failed", Head::broken_promise, 1.5},
    {"c:deadline", Head::broken_promise, 0.6},      {"c:late", Head::broken_promise, 0.3},
    {"c:solved", Head::broken_promise, -1.0},       {"c:praise", Head::broken_promise, -0.8},
    {"c:question", Head::broken_promise, -0.4},
    {"c:topic.delivery", Head::topic_delivery, 1.5}, {"c:topic.return_refund", Head::topic_return_refund, 1.8},
    {"c:topic.warranty", Head::topic_warranty, 1.8}, {"c:topic.payment", Head::topic_payment, 1.5},
    {"c:topic.product", Head::topic_product, 1.0},   {"c:fault", Head::topic_product, 0.5},
    {"c:topic.account_app", Head::topic_account_app, 1.6}, {"c:topic.staff", Head::topic_staff, 1.2},
    {"c:rude", Head::topic_staff, 1.2},              {"c:topic.price_promo", Head::topic_price_promo, 1.5},
    {"c:topic.other", Head::topic_other, 1.0},       {"c:contest", Head::topic_other, 1.5},
    {"c:advert", Head::topic_other, 1.2},            {"c:joke", Head::topic_other, 0.4},
    {"c:money", Head::topic_payment, 0.6},           {"c:late", Head::topic_delivery, 0.8},
    {"c2:topic.delivery", Head::topic_delivery, 0.6}, {"c2:topic.payment", Head::topic_payment, 0.6},
    {"c2:topic.account_app", Head::topic_account_app, 0.6}, {"c2:topic.price_promo", Head::topic_price_promo, 0.6},
    {"c2:topic.warranty", Head::topic_warranty, 0.6}, {"c2:topic.return_refund", Head::topic_return_refund, 0.6},
    {"c2:topic.staff", Head::topic_staff, 0.6},       {"c2:topic.product", Head::topic_product, 0.4},
    {"c:politics", Head::service, -1.5},             {"c:sport", Head::service, -1.2},
    {"c:quarrel", Head::service, -1.0},              {"c:private_life", Head::service, -0.8},
};

struct Entry {
    int feature = 0;
    float value = 0;
};

/// The examples as a sparse table over the features that are seen often enough.
struct Table {
    std::vector<std::string> names;
    std::vector<std::vector<Entry>> rows;
    std::vector<double> strength; ///< by feature
};

bool is_word(const std::string& name) { return name[1] == ':' && std::string_view("wbg").find(name[0]) != std::string_view::npos; }

Table tabulate(const std::vector<Example>& examples, const Learning& learning) {
    std::map<std::string, int> seen;
    for (const auto& example : examples) {
        auto names = example.names;
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        for (auto& name : names) ++seen[name];
    }
    Table table;
    std::unordered_map<std::string, int> index;
    for (const auto& [name, count] : seen) {
        if (count < (is_word(name) ? learning.seen_min : 1)) continue;
        index.emplace(name, static_cast<int>(table.names.size()));
        table.names.push_back(name);
        table.strength.push_back(name == "s:always" ? 1e-4 : is_word(name) ? learning.wording_strength : learning.concept_strength);
    }
    for (const auto& example : examples) {
        auto& row = table.rows.emplace_back();
        for (std::size_t i = 0; i < example.names.size(); ++i)
            if (const auto found = index.find(example.names[i]); found != index.end())
                row.push_back({found->second, example.values[i]});
    }
    return table;
}

using Vector = std::vector<double>;

Vector expected_of(const Table& table, std::size_t head) {
    Vector expected(table.names.size(), 0);
    for (const auto& one : expectations) {
        const auto at = std::lower_bound(table.names.begin(), table.names.end(), one.feature);
        if (static_cast<std::size_t>(one.head) == head && at != table.names.end() && *at == one.feature)
            expected[static_cast<std::size_t>(at - table.names.begin())] = one.weight;
    }
    return expected;
}

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// The regularized logistic loss of one head, and its slope.
struct Loss {
    const Table& table;
    const std::vector<Example>& examples;
    std::size_t head = 0;
    Vector expected;

    double operator()(const Vector& w, Vector& slope) const {
        double sum = 0;
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double off = w[i] - expected[i];
            sum += 0.5 * table.strength[i] * off * off;
            slope[i] = table.strength[i] * off;
        }
        for (std::size_t row = 0; row < examples.size(); ++row) {
            const int label = examples[row].labels[head];
            if (label < 0) continue;
            double z = 0;
            for (const auto& entry : table.rows[row]) z += w[entry.feature] * entry.value;
            const double towards = label ? z : -z;
            sum += examples[row].weight * (towards > 0 ? std::log1p(std::exp(-towards)) : std::log1p(std::exp(towards)) - towards);
            const double error = examples[row].weight * (probability(z) - label);
            for (const auto& entry : table.rows[row]) slope[entry.feature] += error * entry.value;
        }
        return sum;
    }
};

/// The direction of L-BFGS from the last few steps.
Vector direction(const Vector& slope, const std::deque<std::pair<Vector, Vector>>& steps) {
    Vector q = slope;
    std::vector<double> alpha(steps.size());
    for (std::size_t k = steps.size(); k-- > 0;) {
        const auto& [s, y] = steps[k];
        alpha[k] = dot(s, q) / dot(s, y);
        for (std::size_t i = 0; i < q.size(); ++i) q[i] -= alpha[k] * y[i];
    }
    if (!steps.empty()) {
        const auto& [s, y] = steps.back();
        const double scale = dot(s, y) / dot(y, y);
        for (auto& one : q) one *= scale;
    }
    for (std::size_t k = 0; k < steps.size(); ++k) {
        const auto& [s, y] = steps[k];
        const double beta = dot(y, q) / dot(s, y);
        for (std::size_t i = 0; i < q.size(); ++i) q[i] += s[i] * (alpha[k] - beta);
    }
    for (auto& one : q) one = -one;
    return q;
}

Vector minimize(const Loss& loss, std::size_t size, int rounds) {
    Vector w = loss.expected, slope(size), next(size), next_slope(size);
    double value = loss(w, slope);
    std::deque<std::pair<Vector, Vector>> steps;
    for (int round = 0; round < rounds; ++round) {
        auto to = direction(slope, steps);
        double downhill = dot(to, slope);
        if (downhill >= -1e-9) break;
        double step = steps.empty() ? std::min(1.0, 1 / std::sqrt(dot(slope, slope))) : 1.0, found = value;
        for (int tries = 0; tries < 30; ++tries, step /= 2) {
            for (std::size_t i = 0; i < size; ++i) next[i] = w[i] + step * to[i];
            found = loss(next, next_slope);
            if (found <= value + 1e-4 * step * downhill) break;
        }
        if (value - found < 1e-6 * std::abs(value)) break;
        Vector s(size), y(size);
        for (std::size_t i = 0; i < size; ++i) s[i] = next[i] - w[i], y[i] = next_slope[i] - slope[i];
        if (dot(s, y) > 1e-12) steps.emplace_back(std::move(s), std::move(y));
        if (steps.size() > 8) steps.pop_front();
        w.swap(next);
        slope.swap(next_slope);
        value = found;
    }
    return w;
}

/// Hundredths, empty for nothing, so that the file stays small and a diff of it can be read.
std::string written(double weight) {
    const auto hundredths = std::lround(weight * 100);
    return hundredths == 0 ? std::string() : std::to_string(hundredths);
}

} // namespace

std::string learn(const std::vector<Example>& examples, const Learning& learning) {
    const auto table = tabulate(examples, learning);
    std::vector<Vector> weights;
    for (std::size_t head = 0; head < head_count; ++head)
        weights.push_back(minimize({table, examples, head, expected_of(table, head)}, table.names.size(), learning.rounds));
    std::string file = "feature";
    for (const auto head : head_names) file.append("\t").append(head);
    file += '\n';
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        std::string line;
        double strongest = 0;
        for (const auto& head : weights) {
            line.append("\t").append(written(head[i]));
            strongest = std::max(strongest, std::abs(head[i]));
        }
        if (strongest >= (is_word(table.names[i]) ? 0.08 : 0.005)) file += table.names[i] + line + "\n";
    }
    return file;
}

} // namespace larum::judging
