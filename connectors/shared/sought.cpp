#include "connectors/shared/sought.h"

#include "core/text.h"

#include <algorithm>

namespace larum::connectors {

namespace {

std::vector<std::string> run_of(std::string_view part) {
    const auto folded = text::fold(part);
    const auto words = text::folded_words(folded);
    return {words.begin(), words.end()};
}

bool is_operator(std::string_view word) { return word.find(':') != word.npos || word.starts_with('-'); }

} // namespace

Sought::Sought(std::string_view query) {
    bool quoted = false;
    while (!query.empty()) {
        const auto end = quoted ? query.find('"') : query.find_first_of(" \t\n\"");
        const auto part = query.substr(0, end);
        if (!quoted && is_operator(part)) {
            runs_.clear();
            return;
        }
        if (auto run = run_of(part); !run.empty()) runs_.push_back(std::move(run));
        if (end == query.npos) return;
        if (query[end] == '"') quoted = !quoted;
        query.remove_prefix(end + 1);
    }
}

bool Sought::found_in(const std::vector<std::string_view>& folded_words) const {
    return by_words() && std::all_of(runs_.begin(), runs_.end(), [&](const auto& run) {
        return std::search(folded_words.begin(), folded_words.end(), run.begin(), run.end()) != folded_words.end();
    });
}

} // namespace larum::connectors
