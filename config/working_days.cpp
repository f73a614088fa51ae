#include "config/working_days.h"

#include "core/error.h"

#include <string_view>

namespace larum::config {

namespace {

std::size_t weekday(std::string_view name) {
    static constexpr std::string_view names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (std::size_t i = 0; i < 7; ++i)
        if (names[i] == name) return i;
    throw Error(Error::Kind::config, "working_time.days holds \"" + std::string(name) +
                                         "\"; expected days like \"mon-fri\" or \"mon,wed,sat\"");
}

void add_days(std::array<bool, 7>& days, std::string_view part) {
    const auto dash = part.find('-');
    const auto first = weekday(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : weekday(part.substr(dash + 1));
    for (auto day = first;; day = (day + 1) % 7) {
        days[day] = true;
        if (day == last) return;
    }
}

} // namespace

std::array<bool, 7> working_days(const WorkingTime& working) {
    std::array<bool, 7> days{};
    std::string_view rest = working.days;
    while (true) {
        const auto comma = rest.find(',');
        add_days(days, rest.substr(0, comma));
        if (comma == std::string_view::npos) return days;
        rest.remove_prefix(comma + 1);
    }
}

} // namespace larum::config
