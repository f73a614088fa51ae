#include "daemon/match/handle.h"

#include "core/text.h"

#include <algorithm>
#include <vector>

namespace larum::match {

namespace {

constexpr std::size_t shortest_given = 3, shortest_surname = 4;

/// Runs of letters.
std::vector<std::string> letter_runs(std::string_view folded) {
    std::vector<std::string> runs(1);
    for (const unsigned char c : folded) {
        if (std::isalpha(c) || c >= 0x80)
            runs.back() += static_cast<char>(c);
        else if (!runs.back().empty())
            runs.emplace_back();
    }
    if (runs.back().empty()) runs.pop_back();
    return runs;
}

/// «annakwiatkowska» split after the longest known first name, «kwiatkowskaanna» before it.
std::string split(const std::string& glued) {
    for (auto size = glued.size(); size-- > shortest_given;) {
        if (glued.size() - size < shortest_surname) continue;
        if (first_name(glued.substr(0, size)).known) return glued.substr(0, size) + ' ' + glued.substr(size);
    }
    for (auto size = glued.size(); size-- > shortest_given;) {
        if (glued.size() - size < shortest_surname) continue;
        const auto last = glued.size() - size;
        if (first_name(glued.substr(last)).known) return glued.substr(last) + ' ' + glued.substr(0, last);
    }
    return {};
}

} // namespace

std::string account_part(std::string_view handle) {
    std::string folded = text::fold(handle);
    folded.erase(0, folded.find_first_not_of("@ _."));
    folded.resize(std::min(folded.size(), folded.find('@')));
    // A handle that is a host name: the first label is the person's.
    if (std::count(folded.begin(), folded.end(), '.') >= 2 && folded.find('_') == std::string::npos)
        folded.resize(folded.find('.'));
    return folded;
}

HandleName read_handle_name(std::string_view handle) {
    HandleName read;
    auto runs = letter_runs(account_part(handle));
    if (runs.empty()) return read;
    std::erase_if(runs, [](const std::string& run) { return run == "official" || run == "pl"; });
    if (runs.size() >= 2) {
        const auto given = std::find_if(runs.begin(), runs.end(), [](const auto& run) { return run.size() >= shortest_given && first_name(run).known; });
        if (given != runs.end()) {
            const auto other = std::find_if(runs.begin(), runs.end(), [&](const auto& run) { return &run != &*given && run.size() >= shortest_given; });
            if (other != runs.end()) read.name = parse_name(*given + ' ' + *other);
        } else if (runs[0].size() == 1 && runs[1].size() >= shortest_surname) {
            read.initial = runs[0][0], read.surname = runs[1];
        }
        return read;
    }
    if (runs.size() == 1 && runs[0].size() > shortest_surname) {
        if (const auto both = split(runs[0]); !both.empty()) read.name = parse_name(both);
        read.initial = runs[0][0], read.surname = runs[0].substr(1);
    }
    return read;
}

} // namespace larum::match
