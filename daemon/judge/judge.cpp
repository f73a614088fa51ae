#include "daemon/judge/judge.h"

#include "daemon/judge/model.h"

namespace larum {

using namespace judging;

struct Judge::Parts {
    Lexicon lexicon{built_in_lexicon()};
    Model model;
};

Judge::Judge() {
    auto parts = std::make_unique<Parts>();
    for (const auto& [name, content] : built_in_model()) parts->model = Model::parse(content, name);
    parts_ = std::move(parts);
}

Judge::~Judge() = default;

Verdict Judge::judge(std::string_view text, std::string_view lang_hint, Time, const std::string&,
                     const BrandWords& brand) const {
    thread_local Reading reading;
    thread_local std::vector<Feature> features;
    read(text, lang_hint, brand, parts_->lexicon, reading);
    Verdict verdict;
    verdict.lang = std::string(reading.lang);
    if (reading.plain.words.empty()) return verdict;
    features_of(reading, parts_->lexicon, features);
    const auto odds = parts_->model.weigh(features);
    verdict.complaint = probability(odds[0]);
    verdict.repeat_contact = probability(odds[1]);
    verdict.broken_promise = probability(odds[2]);
    return verdict;
}

} // namespace larum
