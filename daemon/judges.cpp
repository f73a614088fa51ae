#include "daemon/judges.h"

#include "core/error.h"
#include "daemon/judge/model.h"
#include "daemon/model_file.h"

#include <functional>

namespace larum {

namespace {

/// Calls `take(brand, content)` for each model that is configured; what goes wrong is told for all brands at once.
void each_model(const config::Config& config, const std::function<void(const config::Brand&, const std::string&)>& take) {
    std::string problems;
    for (const auto& brand : config.brands) {
        if (brand.model.empty()) continue;
        try {
            take(brand, read_model_file(brand.model));
        } catch (const Error& error) {
            problems += (problems.empty() ? "" : "\n") + config.file + ": model of brand \"" + brand.name + "\": " + error.what();
        }
    }
    if (!problems.empty()) throw Error(Error::Kind::config, problems);
}

} // namespace

Judges Judges::read(const config::Config& config, const Judges& former) {
    Judges judges(former.common_);
    each_model(config, [&](const config::Brand& brand, const std::string& content) {
        judges.own_[brand.name] = std::make_shared<const Judge>(content, brand.model);
    });
    return judges;
}

const Judge& Judges::of(const std::string& brand) const {
    const auto own = own_.find(brand);
    return own == own_.end() ? *common_ : *own->second;
}

void check_models(const config::Config& config) {
    each_model(config, [](const config::Brand& brand, const std::string& content) { judging::Model::parse(content, brand.model); });
}

} // namespace larum
