#include "daemon/judge/model.h"

#include "core/error.h"
#include "core/model.h"
#include "core/words.h"

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

int read_number(std::string_view text, const std::string& name, std::size_t line) {
    int value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size() || value < -100000 || value > 100000)
        wrong(name, line, "expected HEAD:WEIGHT, both whole numbers, the weight in hundredths");
    return value;
}

/// «3:-140»: head 3 weighs -1.4.
void read_weight(std::string_view field, const std::string& name, std::size_t line, Weights& weights) {
    const auto colon = std::min(field.find(':'), field.size());
    const int head = read_number(field.substr(0, colon), name, line);
    if (head < 0 || head >= static_cast<int>(head_count)) wrong(name, line, "there are heads 0 to " + std::to_string(head_count - 1));
    weights[static_cast<std::size_t>(head)] =
        static_cast<float>(read_number(field.substr(std::min(colon + 1, field.size())), name, line)) / 100;
}

std::string first_line() {
    std::string line = "feature";
    for (std::size_t head = 0; head < head_count; ++head) line.append("\t").append(head_name(head));
    return line;
}

} // namespace

std::string head_name(std::size_t head) {
    constexpr std::string_view alone[] = {"complaint", "repeat_contact", "broken_promise", "not_solved", "on_behalf", "service"};
    if (head >= at(Head::hazard)) return "hazard." + std::string(word(static_cast<Hazard>(head - at(Head::hazard))));
    if (head >= at(Head::threat)) return "threat." + std::string(word(static_cast<Threat>(head - at(Head::threat))));
    if (head >= at(Head::topic)) return "topic." + std::string(word(static_cast<Topic>(head - at(Head::topic))));
    return std::string(alone[head]);
}

Model Model::parse(std::string_view content, const std::string& name) {
    Model model;
    model.scale_.fill(1);
    const auto lines = static_cast<std::size_t>(std::count(content.begin(), content.end(), '\n'));
    std::size_t size = 16;
    while (size < lines * 2) size *= 2;
    model.slots_.resize(size);
    model.rows_.reserve(lines);
    for (std::size_t number = 1; !content.empty(); ++number) {
        const auto end = content.find('\n');
        auto line = content.substr(0, end);
        if (end == content.npos) wrong(name, number, "the last line has no end: the file was cut off");
        content.remove_prefix(end + 1);
        if (number == 1) {
            if (line != first_line()) wrong(name, 1, "not a model of this version; learn it again with larum train");
            continue;
        }
        const auto feature = next_field(line);
        if (feature == "=learned") continue; // which posts: for training (model_text.h), not for judging
        Weights weights{};
        while (!line.empty()) read_weight(next_field(line), name, number, feature == "=scale" ? model.scale_ : weights);
        if (feature == "=shift") model.shift_ = weights;
        if (feature.starts_with('=')) continue;
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
    for (std::size_t head = 0; head < head_count; ++head) sum[head] = sum[head] * scale_[head] + shift_[head];
    return sum;
}

} // namespace larum::judging
