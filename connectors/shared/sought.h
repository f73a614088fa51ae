#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace larum::connectors {

/// What a platform is asked to search for, found by larum itself in what a line brings: every word and every phrase in
/// quotation marks must occur, whatever case and diacritics.
class Sought {
public:
    explicit Sought(std::string_view query);

    /// False where the query says more than words (`from:`, `-word`): only the platform can answer that.
    bool by_words() const { return !runs_.empty(); }

    /// `folded_words` as core/text.h makes them.
    bool found_in(const std::vector<std::string_view>& folded_words) const;

private:
    std::vector<std::vector<std::string>> runs_; ///< of folded words that stand side by side
};

} // namespace larum::connectors
