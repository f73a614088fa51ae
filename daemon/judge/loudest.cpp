#include "daemon/judge/loudest.h"

#include "daemon/judge/model.h"
#include "daemon/judge/reader.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace larum::judging {

struct Loudest::Parts {
    Reader reader;
    Model model;
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

std::size_t place_of(std::string_view head) {
    std::size_t place = 0;
    while (place < head_count && head_names[place] != head) ++place;
    return place;
}

} // namespace

Loudest::Loudest() {
    auto parts = std::make_unique<Parts>();
    for (const auto& [name, content] : built_in_model()) parts->model = Model::parse(content, name);
    parts_ = std::move(parts);
}

Loudest::Loudest(std::string_view model, const std::string& file) {
    auto parts = std::make_unique<Parts>();
    parts->model = Model::parse(model, file);
    parts_ = std::move(parts);
}

Loudest::~Loudest() = default;

std::vector<Loud> Loudest::of(std::string_view text, std::string_view lang_hint, const BrandWords& brand, std::string_view head,
                              std::size_t most) const {
    const auto place = place_of(head);
    if (place == head_count) return {};
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
