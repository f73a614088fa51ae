#include "daemon/judge/model.h"

#include "core/error.h"

#include <algorithm>
#include <charconv>

namespace larum::judging {

namespace {

[[noreturn]] void wrong(const std::string& name, std::size_t line, const std::string& right) {
    throw Error(Error::Kind::input, name + ":" + std::to_string(line) + ": " + right);
}

std::string_view next_field(std::string_view& line) {
    const auto tab = line.find('\t');
    const auto field = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
    return field;
}

/// A small whole number of hundredths; empty is none.
float read_weight(std::string_view field, const std::string& name, std::size_t line) {
    if (field.empty()) return 0;
    int hundredths = 0;
    const auto end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data(), end, hundredths);
    if (error != std::errc() || stop != end || hundredths < -100000 || hundredths > 100000)
        wrong(name, line, "a weight is not a whole number of hundredths");
    return static_cast<float>(hundredths) / 100;
}

std::string first_line() {
    std::string line = "feature";
    for (const auto head : head_names) line.append("\t").append(head);
    return line;
}

} // namespace

Model Model::parse(std::string_view content, const std::string& name) {
    Model model;
    const auto lines = static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
    std::size_t size = 16;
    while (size < lines * 2) size *= 2;
    model.slots_.resize(size);
    model.rows_.reserve(lines);
    for (std::size_t number = 1; !content.empty(); ++number) {
        const auto end = content.find('\n');
        auto line = content.substr(0, end);
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        if (number == 1) {
            if (line != first_line()) wrong(name, 1, "not a model of this version; learn it again");
            continue;
        }
        if (line.empty()) continue;
        const auto feature = next_field(line);
        Weights weights{};
        for (auto& weight : weights) weight = read_weight(next_field(line), name, number);
        if (model.rows_.size() + 1 >= model.slots_.size()) wrong(name, number, "the last line has no end");
        model.rows_.push_back(weights);
        model.place(feature_key(feature), static_cast<std::uint32_t>(model.rows_.size()));
    }
    return model;
}

void Model::place(std::uint32_t key, std::uint32_t row) {
    auto i = key & (slots_.size() - 1);
    while (slots_[i].row && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {key, row};
}

const Weights* Model::weights(std::uint32_t key) const {
    if (slots_.empty()) return nullptr;
    for (auto i = key & (slots_.size() - 1); slots_[i].row; i = (i + 1) & (slots_.size() - 1))
        if (slots_[i].key == key) return &rows_[slots_[i].row - 1];
    return nullptr;
}

Weights Model::weigh(const std::vector<Feature>& features) const {
    Weights sum{};
    for (const auto& feature : features)
        if (const auto* found = weights(feature.key))
            for (std::size_t head = 0; head < head_count; ++head) sum[head] += feature.value * (*found)[head];
    return sum;
}

} // namespace larum::judging
