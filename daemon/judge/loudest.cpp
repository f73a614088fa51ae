#include "daemon/judge/loudest.h"

#include "daemon/judge/model.h"
#include "daemon/judge/reader.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace larum::judging {

struct Loudest::Parts {
    Parts(std::string_view content, const std::string& name);

    Reader reader;
    Model model;
    std::vector<std::string> heads; ///< in the order of the model's weights
};

namespace {

constexpr double audible = 0.05;
constexpr std::size_t shortest_stem = 4; ///< of a word that word_stem cuts

/// Nothing for pieces of words: they speak for themselves only together.
std::string in_words(std::string_view name) {
    const auto colon = name.find(':');
    const auto kind = name.substr(0, colon);
    std::string what(name.substr(std::min(colon, name.size() - 1) + 1));
    if (kind == "c") return "phrase " + what;
    if (kind == "f") return "phrases of " + what;
    if (kind == "c2") return "phrase " + what + ", again";
    if (kind == "q") return "question with " + what;
    if (kind == "w") return "word «" + what + (what.size() < shortest_stem ? "»" : "…»");
    if (kind == "g") return "parts of words";
    if (kind == "b") {
        std::replace(what.begin(), what.end(), '_', ' ');
        return "words «" + what + "»";
    }
    return kind == "s" ? what == "always" ? "to begin with" : "form: " + what : std::string(name);
}

/// A model's first line: «feature», then its heads.
std::vector<std::string> heads_of(std::string_view content) {
    std::vector<std::string> heads;
    auto line = content.substr(0, content.find('\n'));
    for (auto tab = line.find('\t'); tab != std::string_view::npos; tab = line.find('\t')) {
        line.remove_prefix(tab + 1);
        heads.emplace_back(line.substr(0, line.find('\t')));
    }
    return heads;
}

} // namespace

Loudest::Parts::Parts(std::string_view content, const std::string& name) : model(Model::parse(content, name)), heads(heads_of(content)) {}

Loudest::Loudest() {
    for (const auto& [name, content] : built_in_model()) parts_ = std::make_unique<Parts>(content, name);
}

Loudest::Loudest(std::string_view model, const std::string& file) : parts_(std::make_unique<Parts>(model, file)) {}

Loudest::~Loudest() = default;

std::vector<Loud> Loudest::of(std::string_view text, std::string_view lang_hint, const BrandWords& brand, std::string_view head,
                              std::size_t most) const {
    const auto found = std::find(parts_->heads.begin(), parts_->heads.end(), head);
    if (found == parts_->heads.end()) return {};
    const auto place = static_cast<std::size_t>(found - parts_->heads.begin()); // parse made sure that it is a head of ours
    Reading reading;
    std::vector<Feature> features;
    std::vector<std::string> names;
    parts_->reader.read(text, lang_hint, brand, reading);
    features_of(reading, parts_->reader.lexicon(), features, &names);
    const double nothing = parts_->model.weigh({})[place];
    std::map<std::string, double> sums;
    for (std::size_t i = 0; i < features.size(); ++i)
        sums[in_words(names[i])] += parts_->model.weigh({features[i]})[place] - nothing;
    std::vector<Loud> list;
    for (auto& [feature, weight] : sums)
        if (std::abs(weight) >= audible) list.push_back({feature, weight});
    std::stable_sort(list.begin(), list.end(), [](const Loud& a, const Loud& b) { return std::abs(a.weight) > std::abs(b.weight); });
    if (list.size() > most) list.resize(most);
    return list;
}

} // namespace larum::judging
