#pragma once

#include "daemon/judge/brand_words.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace larum::judging {

/// One property of a text and what it adds to the log-odds of a signal.
struct Loud {
    std::string feature; ///< in words: «phrase no_answer», «word "zwrot…"»
    double weight = 0;
};

/// Says which properties of a text spoke loudest for or against a signal. For people: slower than Judge, and the
/// sum is not the verdict, which weighs whether the text is about dealings with a firm at all, too.
class Loudest {
public:
    Loudest(); ///< of the model that is built in
    /// Of the content of a model file. Throws Error::Kind::input naming file and line.
    Loudest(std::string_view model, const std::string& file);
    ~Loudest();

    /// For `head` («complaint», «threat.legal»), loudest first, at most `most`. Empty for a head the model does not have.
    std::vector<Loud> of(std::string_view text, std::string_view lang_hint, const BrandWords& brand, std::string_view head,
                         std::size_t most) const;

private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

} // namespace larum::judging
