#pragma once

#include "config/config.h"
#include "daemon/judge/judge.h"

#include <map>
#include <memory>
#include <string>

namespace larum {

/// Who judges for which brand: the built-in judgement, or the brand's own. Cheap to copy; copies share the judges.
class Judges {
public:
    /// One for every brand.
    Judges(std::shared_ptr<const Judge> one = std::make_shared<const Judge>()) : common_(std::move(one)) {}
    Judges(const Judge& one) : common_(std::shared_ptr<const Judge>(), &one) {} ///< which must outlive this

    /// Reads every brand's model again; `former` lends what is built in. Throws Error::Kind::config with a line for
    /// each model that cannot be read, saying which brand's and what would be right.
    static Judges read(const config::Config& config, const Judges& former);

    const Judge& of(const std::string& brand) const;

private:
    std::shared_ptr<const Judge> common_;
    std::map<std::string, std::shared_ptr<const Judge>> own_;
};

/// Throws as `Judges::read` does, and keeps nothing.
void check_models(const config::Config& config);

} // namespace larum
