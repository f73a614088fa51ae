#include "daemon/judge/days.h"

#include "core/day_words.h"

#include <algorithm>
#include <charconv>

namespace larum::judging {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using Role = SaidDay::Role;

constexpr int longest_span = 400; ///< days; more is a figure of speech

template <std::size_t N>
bool in(const std::string_view (&list)[N], std::string_view word) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

constexpr std::string_view since_words[] = {"od", "since", "seit", "vid"}; // and «for» before a span: «for three weeks»
constexpr std::string_view due_words[] = {"do", "by", "until", "till", "before", "within", "in", "bis", "na", "za", "ciagu", "najpozniej", "innerhalb", "przed", "protagom", "maksymalnie", "max", "latest"};
constexpr std::string_view lasting_words[] = {"czekam", "czekamy", "waiting", "waited", "warte", "cekau", "mija", "trwa", "juz"};
constexpr std::string_view ago_words[] = {"temu", "ago", "tomu"};
constexpr std::string_view working_words[] = {"roboczych", "robocze", "robocza", "roboczy", "working", "business", "werktage", "werktagen", "robocih"};
constexpr std::string_view ahead_words[] = {"bedzie", "beda", "bede", "will", "ill", "wird", "werden", "bude", "going", "przyszly", "przyszla", "przyszlym", "next", "nachsten"};
constexpr std::string_view promise_concepts[] = {"promised", "promise_failed", "deadline"};

/// Days in the unit that a word names; 0: no unit. Hours are parts of a day and count as a day when they fill one.
double unit_days(std::string_view word) {
    struct Unit { std::string_view beginning; double days; };
    constexpr Unit units[] = {{"godzin", 1 / 24.0}, {"hour", 1 / 24.0}, {"hrs", 1 / 24.0}, {"stund", 1 / 24.0}, {"dni", 1}, {"dnia", 1}, {"dzien", 1},
                              {"day", 1}, {"tag", 1}, {"dob", 1}, {"tydzien", 7}, {"tygodn", 7}, {"tyg", 7}, {"week", 7}, {"woche", 7}, {"tizn", 7},
                              {"miesiac", 30}, {"miesiec", 30}, {"month", 30}, {"monat", 30}, {"misac", 30}};
    if (word == "h" || word == "hr") return 1 / 24.0;
    for (const auto& unit : units)
        if (word.starts_with(unit.beginning)) return unit.days;
    return 0;
}

int number_in(std::string_view digits) {
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool all_digits(std::string_view word) { return word.find_first_not_of("0123456789") == word.npos; }

/// «12», «12th», «12go»: a day of the month.
int day_number(std::string_view word, bool& ordinal) {
    const auto digits = std::min(word.find_first_not_of("0123456789"), word.size());
    if (digits == 0 || digits > 2) return 0;
    const auto ending = word.substr(digits);
    constexpr std::string_view endings[] = {"th", "st", "nd", "rd", "go", "ego", "tego"};
    ordinal = in(endings, ending);
    const int day = number_in(word.substr(0, digits));
    return (ending.empty() || ordinal) && day <= 31 ? day : 0;
}

/// The date nearest to today that a day and month can mean.
std::optional<sys_days> date(int year, int month, int day, sys_days today, bool ahead) {
    using namespace std::chrono;
    const auto made = [&](int y) { return year_month_day(std::chrono::year(y), std::chrono::month(static_cast<unsigned>(month)), std::chrono::day(static_cast<unsigned>(day))); };
    if (year && year < 100) year += 2000;
    const int this_year = static_cast<int>(year_month_day(today).year());
    const auto chosen = made(year ? year : this_year);
    if (!chosen.ok()) return std::nullopt;
    const sys_days found = chosen;
    if (year) return found;
    // «12 grudnia» in January was last year's; a date a few weeks ahead is meant as such.
    if (!ahead && found > today + days(92) && made(this_year - 1).ok()) return sys_days(made(this_year - 1));
    if (found < today - days(270) && made(this_year + 1).ok()) return sys_days(made(this_year + 1));
    return found;
}

/// One walk over the words of a reading.
class Walk {
public:
    Walk(const Reading& reading, const std::vector<int>& numbers, sys_days today, const std::array<bool, 7>& works)
        : plain_(reading.plain), today_(today), works_(works), spoken_(reading.plain.words.size(), 0) {
        std::size_t i = 0;
        for (const auto& hit : reading.hits) {
            if (!numbers[hit.concept_id]) continue;
            while (i < plain_.words.size() && plain_.words[i].start < hit.start) ++i;
            if (i < plain_.words.size() && plain_.words[i].start == hit.start) spoken_[i] = numbers[hit.concept_id];
        }
    }

    std::vector<SaidDay> days_said() {
        for (std::size_t i = 0; i < plain_.words.size() && found_.size() < DayReader::days_max;) i = step(i);
        resolve_spans();
        return std::move(found_);
    }

private:
    struct Span {
        std::size_t place; ///< in found_
        int length;
        bool working;
    };

    std::string_view word(std::size_t i) const { return i < plain_.words.size() ? plain_.word(i) : std::string_view(); }
    bool same_sentence(std::size_t a, std::size_t b) const { return b < plain_.words.size() && plain_.words[a].sentence == plain_.words[b].sentence; }

    bool ahead(std::size_t at) const {
        for (std::size_t i = at > 8 ? at - 8 : 0; i <= at; ++i)
            if (same_sentence(at, i) && in(ahead_words, word(i))) return true;
        return false;
    }

    /// What the two words before a day make of it.
    Role role_before(std::size_t i) const {
        for (std::size_t back = 1; back <= 2 && back <= i; ++back) {
            if (!same_sentence(i, i - back)) break;
            if (in(since_words, word(i - back))) return Role::since;
            if (in(due_words, word(i - back))) return Role::due;
        }
        return Role::at;
    }

    void keep(std::size_t first, std::size_t last, sys_days day, Role role) {
        found_.push_back({role, day, plain_.words[first].sentence, plain_.words[first].start, plain_.words[last].end});
    }

    /// «12.04.2026», «12/4», «3 kwietnia», «April 3rd», «by the 12th». Returns how many words it took.
    std::size_t read_date(std::size_t i) {
        bool ordinal = false;
        const int day = day_number(word(i), ordinal);
        if (day && same_sentence(i, i + 1)) {
            if (const int month = month_word(word(i + 1)); month && word(i + 1).size() > 2) {
                const bool has_year = same_sentence(i, i + 2) && word(i + 2).size() == 4 && all_digits(word(i + 2));
                if (const auto found = date(has_year ? number_in(word(i + 2)) : 0, month, day, today_, ahead(i))) keep(i, i + 1, *found, role_before(i));
                return has_year ? 3 : 2;
            }
        }
        if (day && !ordinal)
            if (const auto taken = read_figures(i, day)) return taken;
        if (const int month = month_word(word(i)); month && word(i).size() > 2 && same_sentence(i, i + 1)) {
            if (const int after = day_number(word(i + 1), ordinal)) {
                if (const auto found = date(0, month, after, today_, ahead(i))) keep(i, i + 1, *found, role_before(i));
                return 2;
            }
        }
        if (day && ordinal && i > 0 && (in(due_words, word(i - 1)) || word(i - 1) == "the" || in(since_words, word(i - 1)))) return read_day_of_month(i, day);
        return 0;
    }

    /// The figures of a date touch each other with one point or stroke between.
    bool joined(std::size_t i) const {
        if (i + 1 >= plain_.words.size() || plain_.words[i].end + 1 != plain_.words[i + 1].start) return false;
        const char between = plain_.text[plain_.words[i].end];
        return between == '.' || between == '/';
    }

    std::size_t read_figures(std::size_t i, int day) {
        if (!joined(i) || !all_digits(word(i + 1)) || word(i + 1).size() > 2) return 0;
        const int month = number_in(word(i + 1));
        if (month < 1 || month > 12) return 0;
        const bool has_year = joined(i + 1) && all_digits(word(i + 2)) && (word(i + 2).size() == 4 || word(i + 2).size() == 2);
        // «4/5 gwiazdek» and «2.5 kg» are no dates: without a year, two figures each or a preposition.
        if (!has_year && word(i + 1).size() < 2 && role_before(i) == Role::at) return 0;
        if (const auto found = date(has_year ? number_in(word(i + 2)) : 0, month, day, today_, ahead(i))) keep(i, has_year ? i + 2 : i + 1, *found, role_before(i));
        return has_year ? 3 : 2;
    }

    std::size_t read_day_of_month(std::size_t i, int day) {
        const std::chrono::year_month_day now(today_);
        auto month = std::chrono::year_month(now.year(), now.month());
        if (!ahead(i) && day > static_cast<int>(static_cast<unsigned>(now.day()))) month -= std::chrono::months(1);
        const std::chrono::year_month_day found(month.year(), month.month(), std::chrono::day(static_cast<unsigned>(day)));
        if (found.ok()) keep(i, i, found, role_before(i));
        return 1;
    }

    /// «we wtorek», «yesterday».
    std::size_t read_name(std::size_t i) {
        int off = 0;
        if (near_day_word(word(i), off)) {
            keep(i, i, today_ + days(off), role_before(i));
            return 1;
        }
        const int weekday = weekday_word(word(i));
        if (!weekday) return 0;
        const int now = static_cast<int>(std::chrono::weekday(today_).iso_encoding());
        const int back = (now + 7 - weekday) % 7;
        keep(i, i, ahead(i) ? today_ + days((weekday + 7 - now) % 7) : today_ - days(back), role_before(i));
        return 1;
    }

    /// «14 dni», «three working days», «24h», «a week».
    std::size_t read_span(std::size_t i) {
        const auto first = word(i);
        const auto digits = std::min(first.find_first_not_of("0123456789"), first.size());
        double count = digits && digits <= 3 ? number_in(first.substr(0, digits)) : spoken_[i];
        std::size_t unit = i + 1;
        if (digits && digits < first.size()) { // «24h», «14dni»
            const double here = unit_days(first.substr(digits));
            return here > 0 ? keep_span(i, i, count * here, false) : 0;
        }
        if (count <= 0 && (first == "tydzien" || first == "dobe" || first == "doby")) return keep_span(i, i, first == "tydzien" ? 7 : 1, false);
        if (count <= 0) return 0;
        const bool working = same_sentence(i, unit) && in(working_words, word(unit));
        if (working) ++unit;
        if (!same_sentence(i, unit)) return 0;
        const double length = count * unit_days(word(unit));
        if (length <= 0) return 0;
        const bool working_after = same_sentence(i, unit + 1) && in(working_words, word(unit + 1));
        return keep_span(i, unit + working_after, length, working || working_after);
    }

    std::size_t keep_span(std::size_t first, std::size_t last, double length, bool working) {
        const int whole = static_cast<int>(length + 0.99);
        const auto taken = last - first + 1;
        if (whole > longest_span) return taken;
        const bool ago = same_sentence(first, last + 1) && in(ago_words, word(last + 1));
        auto role = role_before(first);
        if (first > 0 && same_sentence(first, first - 1) && word(first - 1) == "for") role = Role::since;
        for (std::size_t back = 1; back <= 3 && back <= first && role == Role::at && !ago; ++back)
            if (same_sentence(first, first - back) && in(lasting_words, word(first - back))) role = Role::since;
        if (role == Role::since || ago) {
            keep(first, last, today_ - days(whole), ago ? Role::at : Role::since);
        } else {
            keep(first, last, today_, Role::due);
            spans_.push_back({found_.size() - 1, whole, working});
        }
        return taken;
    }

    sys_days after(sys_days from, int length, bool working) const {
        if (!working || std::none_of(works_.begin(), works_.end(), [](bool works) { return works; })) return from + days(length);
        while (length > 0)
            if (from += days(1); works_[std::chrono::weekday(from).iso_encoding() - 1]) --length;
        return from;
    }

    /// A span counts from the last day named before it, else the first one named at all; without one it says nothing.
    void resolve_spans() {
        std::vector<std::size_t> unknown;
        for (const auto& span : spans_) {
            const SaidDay* from = nullptr;
            for (std::size_t i = 0; i < found_.size(); ++i) {
                const bool is_span = std::any_of(spans_.begin(), spans_.end(), [&](const Span& one) { return one.place == i; });
                if (is_span || found_[i].day > today_ || (i > span.place && from)) continue;
                from = &found_[i];
            }
            if (from)
                found_[span.place].day = after(from->day, span.length, span.working);
            else
                unknown.push_back(span.place);
        }
        for (std::size_t i = unknown.size(); i-- > 0;) found_.erase(found_.begin() + static_cast<long>(unknown[i]));
    }

    std::size_t step(std::size_t i) {
        if (const auto taken = read_date(i)) return i + taken;
        if (const auto taken = read_span(i)) return i + taken;
        if (const auto taken = read_name(i)) return i + taken;
        return i + 1;
    }

    const Plain& plain_;
    sys_days today_;
    const std::array<bool, 7>& works_;
    std::vector<int> spoken_; ///< by word: the number it says
    std::vector<SaidDay> found_;
    std::vector<Span> spans_;
};

} // namespace

DayReader::DayReader(const Lexicon& lexicon) {
    constexpr std::string_view family = "number.";
    constexpr std::string_view telling[] = {"promised", "promise_failed", "deadline", "waiting", "still", "late", "no_answer", "promise"};
    for (const std::string_view name : lexicon.concepts()) {
        numbers_.push_back(name.starts_with(family) ? number_in(name.substr(family.size())) : 0);
        telling_.push_back(in(telling, name) || in(telling, name.substr(0, std::min(name.find('.'), name.size()))));
    }
}

bool DayReader::worth_reading(const Reading& reading) const {
    return std::any_of(reading.hits.begin(), reading.hits.end(), [&](const Hit& hit) { return telling_[hit.concept_id]; });
}

std::vector<SaidDay> DayReader::read(const Reading& reading, sys_days today, const std::array<bool, 7>& works) const {
    return Walk(reading, numbers_, today, works).days_said();
}

std::optional<SaidDay> promised_day(const Reading& reading, const Lexicon& lexicon, const std::vector<SaidDay>& days) {
    const SaidDay* best = nullptr;
    for (const auto& hit : reading.hits) {
        const std::string_view name = lexicon.concepts()[hit.concept_id];
        if (!in(promise_concepts, name) && !name.starts_with("promise.")) continue;
        for (const auto& one : days) {
            if (one.sentence != hit.sentence || one.role == Role::since) continue;
            if (!best || (one.role == Role::due && best->role != Role::due)) best = &one;
        }
    }
    return best ? std::optional(*best) : std::nullopt;
}

std::optional<SaidDay> waiting_since(const std::vector<SaidDay>& days) {
    const auto found = std::find_if(days.begin(), days.end(), [](const SaidDay& one) { return one.role == Role::since; });
    return found == days.end() ? std::nullopt : std::optional(*found);
}

} // namespace larum::judging
