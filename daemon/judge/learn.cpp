#include "daemon/judge/learn.h"

#include "core/model.h"
#include "daemon/judge/expectations.h"
#include "daemon/judge/minimize.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace larum::judging {

namespace {

constexpr std::size_t topic_count = at(Head::threat) - at(Head::topic);

struct Entry {
    int feature = 0;
    float value = 0;
};

/// The examples as a sparse table over the features that are seen often enough.
struct Table {
    std::vector<std::string> names; ///< in order
    std::vector<std::vector<Entry>> rows;
    Vector strength; ///< by feature: how strongly a weight is drawn to what is expected
    std::array<Vector, head_count> expected;
    const std::vector<Example>* examples = nullptr;
};

bool is_word(const std::string& name) { return name[1] == ':' && std::string_view("wbg").find(name[0]) != std::string_view::npos; }

/// The features of a model file's lines.
std::set<std::string> names_in(std::string_view model) {
    std::set<std::string> names;
    for (auto end = model.find('\n'); end != model.npos; end = model.find('\n')) {
        model.remove_prefix(end + 1);
        if (!model.empty() && model.front() != '=') names.emplace(model.substr(0, model.find_first_of("\t\n")));
    }
    return names;
}

/// Every feature that is seen often enough, or that the model to start from knows; in order.
std::vector<std::string> worth_names(const std::vector<Example>& examples, const Learning& learning) {
    std::map<std::string, int> seen;
    auto worth = names_in(learning.from);
    for (const auto& example : examples) {
        auto names = example.names;
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        for (auto& name : names) ++seen[name];
    }
    for (const auto& [name, count] : seen)
        if (count >= (is_word(name) ? learning.seen_min : 1)) worth.insert(name);
    return {worth.begin(), worth.end()};
}

double strength_of(const std::string& name, const Learning& learning) {
    if (name == "s:always") return 1e-4;
    if (name.starts_with("s:")) return learning.shape_strength;
    return is_word(name) ? learning.wording_strength : learning.concept_strength;
}

/// Few examples say little about the rarest signals, and missing a fire is worse than a false alarm.
double worth_of(const Example& example, std::size_t head) {
    const bool grave = head == at(Head::hazard) + static_cast<std::size_t>(Hazard::injury_fire) ||
                       head == at(Head::hazard) + static_cast<std::size_t>(Hazard::data_leak);
    return example.weight * (grave && example.labels[head] == 1 ? 3 : 1);
}

void expect(Table& table, const Model* from) {
    for (auto& expected : table.expected) expected.assign(table.names.size(), 0);
    if (from) {
        const auto base = from->weigh({});
        for (std::size_t i = 0; i < table.names.size(); ++i) {
            const auto weighed = from->weigh({{feature_key(table.names[i]), 1}});
            for (std::size_t head = 0; head < head_count; ++head)
                table.expected[head][i] = weighed[head] - (table.names[i] == "s:always" ? 0 : base[head]);
        }
        return;
    }
    for (const auto& one : expectations()) {
        const auto found = std::lower_bound(table.names.begin(), table.names.end(), one.feature);
        if (found != table.names.end() && *found == one.feature)
            table.expected[one.head][static_cast<std::size_t>(found - table.names.begin())] = one.weight;
    }
}

Table tabulate(const std::vector<Example>& examples, const Learning& learning, const Model* from) {
    Table table;
    table.examples = &examples;
    table.names = worth_names(examples, learning);
    std::unordered_map<std::string_view, int> index;
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        const auto& name = table.names[i];
        index.emplace(name, static_cast<int>(i));
        table.strength.push_back(strength_of(name, learning));
    }
    for (const auto& example : examples) {
        auto& row = table.rows.emplace_back();
        for (std::size_t i = 0; i < example.names.size(); ++i)
            if (const auto found = index.find(example.names[i]); found != index.end()) row.push_back({found->second, example.values[i]});
    }
    expect(table, from);
    return table;
}

double sum_of(const Vector& w, const std::vector<Entry>& row, std::size_t start = 0) {
    double z = 0;
    for (const auto& entry : row) z += w[start + static_cast<std::size_t>(entry.feature)] * entry.value;
    return z;
}

/// Which examples are learned from: those outside one fold, or all.
struct Part {
    unsigned folds = 1, left_out = 1;
    bool has(const Example& example) const { return example.fold % folds != left_out; }
};

/// What weights far from the expected ones cost.
double pull(const Table& table, const Vector& expected, const Vector& w, Vector& slope, std::size_t start) {
    double sum = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double off = w[start + i] - expected[i];
        sum += 0.5 * table.strength[i] * off * off;
        slope[start + i] = table.strength[i] * off;
    }
    return sum;
}

/// The regularized logistic loss of one head.
double head_loss(const Table& table, std::size_t head, Part part, const Vector& w, Vector& slope) {
    double sum = pull(table, table.expected[head], w, slope, 0);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto& example = (*table.examples)[row];
        const int label = example.labels[head];
        if (label < 0 || !part.has(example)) continue;
        const double z = sum_of(w, table.rows[row]), towards = label ? z : -z, worth = worth_of(example, head);
        sum += worth * (towards > 0 ? std::log1p(std::exp(-towards)) : std::log1p(std::exp(towards)) - towards);
        const double error = worth * (probability(z) - label);
        for (const auto& entry : table.rows[row]) slope[static_cast<std::size_t>(entry.feature)] += error * entry.value;
    }
    return sum;
}

void to_shares(std::array<double, topic_count>& logs) {
    const double most = *std::max_element(logs.begin(), logs.end());
    double all = 0;
    for (auto& one : logs) all += one = std::exp(one - most);
    for (auto& one : logs) one /= all;
}

/// The same for topics, of which a post has one: their weights lie one after the other.
double topic_loss(const Table& table, Part part, const Vector& w, Vector& slope) {
    const auto size = table.names.size();
    double sum = 0;
    for (std::size_t topic = 0; topic < topic_count; ++topic)
        sum += pull(table, table.expected[at(Head::topic) + topic], w, slope, topic * size);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        const auto& example = (*table.examples)[row];
        const auto labels = example.labels.begin() + static_cast<long>(at(Head::topic));
        if (*labels < 0 || !part.has(example)) continue;
        std::array<double, topic_count> shares{};
        for (std::size_t topic = 0; topic < topic_count; ++topic) shares[topic] = sum_of(w, table.rows[row], topic * size);
        to_shares(shares);
        for (std::size_t topic = 0; topic < topic_count; ++topic) {
            if (labels[static_cast<long>(topic)]) sum -= example.weight * std::log(std::max(shares[topic], 1e-12));
            const double error = example.weight * (shares[topic] - labels[static_cast<long>(topic)]);
            for (const auto& entry : table.rows[row]) slope[topic * size + static_cast<std::size_t>(entry.feature)] += error * entry.value;
        }
    }
    return sum;
}

using AllWeights = std::array<Vector, head_count>;

AllWeights fit(const Table& table, Part part, int rounds) {
    AllWeights weights;
    const auto size = table.names.size();
    Vector start;
    for (std::size_t head = 0; head < head_count; ++head) {
        if (head >= at(Head::topic) && head < at(Head::threat)) {
            start.insert(start.end(), table.expected[head].begin(), table.expected[head].end());
            continue;
        }
        weights[head] = minimize([&](const Vector& w, Vector& slope) { return head_loss(table, head, part, w, slope); },
                                 table.expected[head], rounds);
    }
    const auto topics = minimize([&](const Vector& w, Vector& slope) { return topic_loss(table, part, w, slope); }, start, rounds);
    for (std::size_t topic = 0; topic < topic_count; ++topic)
        weights[at(Head::topic) + topic].assign(topics.begin() + static_cast<long>(topic * size),
                                                topics.begin() + static_cast<long>((topic + 1) * size));
    return weights;
}

struct Calibration {
    double scale = 1, shift = 0;
};

/// One head's sums of weights for examples that were not learned from, and what was true.
struct Tried {
    std::vector<double> sums;
    std::vector<int> labels;
    std::vector<double> worths;
};

Calibration calibrated(const Tried& tried) {
    // A weak pull to leaving all as it is: few examples calibrate nothing.
    constexpr double doubt = 4;
    const auto loss = [&](const Vector& w, Vector& slope) {
        double sum = 0.5 * doubt * ((w[0] - 1) * (w[0] - 1) + w[1] * w[1]);
        slope = {doubt * (w[0] - 1), doubt * w[1]};
        for (std::size_t i = 0; i < tried.sums.size(); ++i) {
            const double z = w[0] * tried.sums[i] + w[1], towards = tried.labels[i] ? z : -z;
            sum += tried.worths[i] * (towards > 0 ? std::log1p(std::exp(-towards)) : std::log1p(std::exp(towards)) - towards);
            const double error = tried.worths[i] * (probability(z) - tried.labels[i]);
            slope[0] += error * tried.sums[i], slope[1] += error;
        }
        return sum;
    };
    const auto found = minimize(loss, {1, 0}, 60);
    return {std::clamp(found[0], 0.3, 2.0), std::clamp(found[1], -2.0, 2.0)};
}

/// How far to believe sums of weights, measured on each fold with the weights learned from the others.
std::array<Calibration, head_count> calibrate(const Table& table, const Learning& learning) {
    std::array<Tried, head_count> tried;
    for (unsigned fold = 0; fold < learning.folds; ++fold) {
        const Part rest{learning.folds, fold};
        const auto weights = fit(table, rest, learning.rounds);
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            const auto& example = (*table.examples)[row];
            if (rest.has(example)) continue;
            for (std::size_t head = 0; head < head_count; ++head) {
                if (example.labels[head] < 0) continue;
                tried[head].sums.push_back(sum_of(weights[head], table.rows[row]));
                tried[head].labels.push_back(example.labels[head]);
                tried[head].worths.push_back(worth_of(example, head));
            }
        }
    }
    std::array<Calibration, head_count> found;
    for (std::size_t head = 0; head < head_count; ++head)
        if (head < at(Head::topic) || head >= at(Head::threat)) found[head] = calibrated(tried[head]);
    return found;
}

/// «HEAD:HUNDREDTHS» for each head that weighs something.
std::string line_of(const std::string& name, const std::array<double, head_count>& weights, double least) {
    std::string line;
    for (std::size_t head = 0; head < head_count; ++head)
        if (const auto hundredths = std::lround(weights[head] * 100); hundredths != 0 && std::abs(weights[head]) >= least)
            line.append("\t").append(std::to_string(head)).append(":").append(std::to_string(hundredths));
    return line.empty() ? line : name + line + "\n";
}

std::string written(const Table& table, const AllWeights& weights, const std::array<Calibration, head_count>& calibration) {
    std::string file = "feature";
    for (std::size_t head = 0; head < head_count; ++head) file.append("\t").append(head_name(head));
    file += '\n';
    std::array<double, head_count> line{};
    for (std::size_t head = 0; head < head_count; ++head) line[head] = calibration[head].scale;
    file += line_of("=scale", line, 0);
    for (std::size_t head = 0; head < head_count; ++head) line[head] = calibration[head].shift;
    file += line_of("=shift", line, 0);
    for (std::size_t i = 0; i < table.names.size(); ++i) {
        for (std::size_t head = 0; head < head_count; ++head) line[head] = weights[head][i];
        file += line_of(table.names[i], line, is_word(table.names[i]) ? 0.04 : 0.01);
    }
    return file;
}

} // namespace

std::string learn(const std::vector<Example>& examples, const Learning& learning) {
    Model from;
    if (!learning.from.empty()) from = Model::parse(learning.from, "the model to start from");
    const auto table = tabulate(examples, learning, learning.from.empty() ? nullptr : &from);
    std::array<Calibration, head_count> calibration;
    if (learning.folds >= 2) calibration = calibrate(table, learning);
    return written(table, fit(table, {}, learning.rounds), calibration);
}

} // namespace larum::judging
