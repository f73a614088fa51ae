#pragma once

#include "core/model.h"
#include "daemon/judge/brand_words.h"

#include <memory>
#include <string>
#include <string_view>

namespace larum {

/// Reads what the words of a post say (the README's «verdict»). Pure: the same text gives the same verdict.
/// One Judge serves any number of threads; building one is dear (it compiles all phrases), asking it is cheap.
class Judge {
public:
    Judge(); ///< with the weights that are built in

    /// With other weights, the content of a model file. Throws Error::Kind::input naming file and line.
    Judge(std::string_view model, const std::string& file);
    ~Judge();
    Judge(const Judge&) = delete;
    Judge& operator=(const Judge&) = delete;

    /// `text` is UTF-8 as typed; only its first `text_bytes_max` bytes are read. `lang_hint` is what the platform
    /// says («pl», «en-GB») and may be empty. `posted_at` and `zone`
    /// tell which days words like «until Friday» mean; a `posted_at` of zero is not known and resolves none.
    /// Spans are code point offsets into `text`. Text in a language larum does not read gives «und» and low
    /// probabilities; empty text gives zeros.
    Verdict judge(std::string_view text, std::string_view lang_hint, Time posted_at, const std::string& zone,
                  const BrandWords& brand) const;

    static constexpr std::size_t text_bytes_max = 64 * 1024;

private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

} // namespace larum
