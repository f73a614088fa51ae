#include "soak/compare.h"

#include "daemon/intake/pace.h"
#include "soak/kept.h"

#include <algorithm>
#include <set>

namespace larum::soak {

using namespace std::chrono_literals;

namespace {

/// Streams whose coverage the ledger shows, with how often they are read.
struct Standing {
    const char* name;
    Span interval;
};
constexpr Standing standing[] = {{"page/feed", 2min}, {"page/visitor_posts", 2min}, {"page/tagged", 2min}, {"news/feed", 5min}, {"forum/posts", 5min}};

/// A webhook that comes later than this after a poll found its post has missed it for certain.
constexpr Span patience = 9min;

std::string stretch(Time from, std::optional<Time> to) { return format_time(from) + " to " + (to ? format_time(*to) : "now"); }

class Comparison {
public:
    explicit Comparison(Soak& soak)
        : soak_(soak), plan_(soak.plan()), writings_(soak.truth().writings()), servings_(soak.truth().servings()), kept_(read_kept(soak.database())) {}

    Findings made() {
        posts();
        deletions();
        webhooks();
        for (const auto& one : standing) gaps(one);
        troubles();
        lost();
        recovered("page");
        recovered("news");
        recovered("forum");
        misses("page");
        misses("forum");
        line("misses of a source without webhooks", 0, kept_.misses.at("news"));
        apart();
        return findings_;
    }

private:
    void line(const std::string& what, const std::string& truth, const std::string& larum, bool same) {
        findings_.lines.push_back({what, truth, larum, same});
        if (!same) wrong(what + ": truth " + truth + ", larum " + larum);
    }
    void line(const std::string& what, long truth, long larum) { line(what, std::to_string(truth), std::to_string(larum), truth == larum); }
    /// Where a moment's order cannot be known from outside: a number of these.
    void line(const std::string& what, long least, long most, long larum) {
        line(what, least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most), std::to_string(larum),
             least <= larum && larum <= most);
    }
    void wrong(const std::string& text) { findings_.wrongs.push_back(text); }

    const KeptPost* kept(const std::string& id) const {
        const auto found = kept_.posts.find(id);
        return found == kept_.posts.end() ? nullptr : &found->second;
    }
    bool harmed(Time at) const {
        const auto& steps = soak_.deeds().harmed;
        return std::any_of(steps.begin(), steps.end(), [&](Time one) { return at >= one && at < one + plan_.step; });
    }
    bool in_lost_gap(const Written& one) const {
        return std::any_of(kept_.gaps.begin(), kept_.gaps.end(), [&](const KeptGap& gap) {
            return gap.lost && gap.to && gap.stream == one.source + "/" + one.stream && gap.from <= one.at && one.at <= *gap.to;
        });
    }

    void posts();
    void deletions();
    void webhooks();
    void gaps(const Standing& stream);
    bool excused(const KeptGap& gap, const Standing& stream) const;
    void troubles();
    void lost();
    void recovered(const std::string& source);
    bool may_count(const Written& one, const KeptGap& gap) const;
    void misses(const std::string& source);
    void apart();

    Soak& soak_;
    const Plan& plan_;
    const std::map<std::string, Written> writings_;
    const std::vector<Served> servings_;
    const Kept kept_;
    Findings findings_;
};

// ---- posts -------------------------------------------------------------------------------------------------

void Comparison::posts() {
    long alive = 0, right = 0, told_lost = 0, doubled = 0, unknown = 0, queued_wrong = 0;
    for (const auto& [id, one] : writings_) {
        if (one.deleted_at || one.beyond_reach) continue;
        ++alive;
        const auto* row = kept(id);
        if (!row && in_lost_gap(one)) {
            ++told_lost;
        } else if (!row) {
            wrong("lost: " + id + " of " + one.source + "/" + one.stream + ", written " + format_time(one.at) +
                  (one.told_at ? ", told by webhook at " + format_time(*one.told_at) : ", no webhook"));
        } else if (row->deleted || row->text != one.text) {
            wrong("not as it stands: " + id + " of " + one.stream + ", written " + format_time(one.at) + ", edited " + std::to_string(one.edits) +
                  " times: \"" + one.text + "\", larum has \"" + row->text.value_or("(deleted)") + "\"");
        } else {
            ++right;
        }
    }
    for (const auto& [id, row] : kept_.posts) {
        doubled += row.rows - 1;
        const auto known = writings_.find(id);
        if (known == writings_.end()) ++unknown, wrong("nobody wrote " + id + " (" + row.source + ")");
        const bool came_deleted = row.deleted && row.queued == 0;
        if (row.queued != 1 && !came_deleted) ++queued_wrong, wrong(id + " was queued for triage " + std::to_string(row.queued) + " times");
    }
    line("posts, comments, mentions and items that stand", alive, right + told_lost);
    line("  of these in a stretch that the ledger calls lost", "", std::to_string(told_lost), true);
    line("posts twice", 0, doubled);
    line("posts that nobody wrote", 0, unknown);
    line("posts not queued for triage exactly once", 0, queued_wrong);
}

void Comparison::deletions() {
    long told = 0, stones = 0, never_seen = 0, untold = 0;
    for (const auto& [id, one] : writings_) {
        if (!one.deleted_at) continue;
        const auto* row = kept(id);
        if (one.deletion_told) {
            ++told;
            if (row && row->deleted)
                ++stones;
            else
                wrong("deleted and told, yet " + std::string(row ? "it stands" : "without a tombstone") + ": " + id);
        } else if (!row) {
            ++never_seen;
        } else {
            ++untold;
        }
    }
    line("deletions that a webhook told: tombstones", told, stones);
    line("deletions whose webhook was lost: never seen at all", "", std::to_string(never_seen), true);
    line("deletions whose webhook was lost: text kept until it is looked at again", "", std::to_string(untold), true);
}

void Comparison::webhooks() {
    const auto& letters = soak_.letters();
    line("webhooks answered 200 that are kept", "at least " + std::to_string(letters.taken), std::to_string(kept_.webhooks), kept_.webhooks >= letters.taken);
    line("webhooks still waiting", 0, kept_.webhooks_waiting);
    line("daemons killed", static_cast<long>(plan_.kills.size()), soak_.deeds().kills);
    line("forged webhooks believed", 0, soak_.deeds().believed);
    line("dead letters", 0, kept_.dead_letters);
}

// ---- the ledger ----------------------------------------------------------------------------------------------

/// Between two readings that the platform served for certain the ledger has a gap when the pause was long, and it has
/// none when it was not.
void Comparison::gaps(const Standing& stream) {
    std::vector<Time> good;
    for (const auto& one : servings_)
        if (one.good && one.stream == stream.name) good.push_back(one.at);
    const auto long_pause = intake::gap_after(stream.interval);
    long pauses = 0, found = 0, gaps = 0, open = 0, unexplained = 0;
    for (std::size_t i = 1; i < good.size(); ++i) {
        const auto from = good[i - 1], to = good[i];
        if (to - from <= long_pause + plan_.step) continue;
        ++pauses;
        const bool told = std::any_of(kept_.gaps.begin(), kept_.gaps.end(), [&](const KeptGap& gap) {
            return !gap.lost && gap.stream == stream.name && gap.from <= from + plan_.step && (!gap.to || *gap.to >= to - plan_.step);
        });
        found += told;
        if (!told) wrong(std::string(stream.name) + " was not read " + stretch(from, to) + ": the ledger has no gap");
    }
    for (const auto& gap : kept_.gaps) {
        if (gap.stream != stream.name || gap.lost) continue;
        ++gaps;
        open += !gap.to;
        if (gap.to && !excused(gap, stream)) ++unexplained, wrong("a gap of " + gap.stream + " without a cause: " + stretch(gap.from, gap.to) + ", " + gap.reason);
    }
    line(std::string(stream.name) + ": pauses in reading that have a gap", pauses, found);
    line(std::string(stream.name) + ": gaps without a pause, of " + std::to_string(gaps), 0, unexplained);
    line(std::string(stream.name) + ": gaps still open", 0, open);
    for (const auto& one : kept_.coverage) {
        if (one.stream != stream.name) continue;
        const bool spans = one.from && one.to && *one.from <= plan_.start + 1h && *one.to >= plan_.end - 2 * stream.interval - plan_.step;
        line(std::string(stream.name) + ": covered", stretch(plan_.start, plan_.end), one.from ? stretch(*one.from, one.to) : "never", spans);
    }
}

/// Whether nothing was certainly read inside of the gap.
bool Comparison::excused(const KeptGap& gap, const Standing& stream) const {
    return std::none_of(servings_.begin(), servings_.end(), [&](const Served& one) {
        return one.good && one.stream == stream.name && one.at > gap.from + plan_.step && one.at < *gap.to - plan_.step && !harmed(one.at);
    });
}

/// What a gap that a trouble began has to say.
std::string reason_of(const Trouble& trouble) {
    switch (trouble.ill) {
    case Ill::unavailable:
    case Ill::flood:
    case Ill::feed_away:
    case Ill::feed_flood:
    case Ill::forum_away: return "503";
    case Ill::throttled: return "code " + std::to_string(trouble.code);
    case Ill::token: return "code 190";
    case Ill::asleep: return "the source was not read";
    default: return {};
    }
}

/// Whose reading a trouble keeps from succeeding; empty: everybody's.
std::string_view victim_of(Ill ill) {
    if (ill == Ill::asleep) return {};
    if (ill == Ill::feed_away || ill == Ill::feed_flood) return "news/";
    return ill == Ill::forum_away ? "forum/" : "page/";
}

bool keeps_reading(Ill ill) { return ill == Ill::deaf || ill == Ill::forum_deaf || ill == Ill::pair; }

void Comparison::troubles() {
    for (const auto& trouble : plan_.troubles) {
        if (keeps_reading(trouble.ill) || trouble.ill == Ill::rough) continue;
        const bool alone = std::none_of(plan_.troubles.begin(), plan_.troubles.end(), [&](const Trouble& other) {
            if (&other == &trouble || keeps_reading(other.ill)) return false;
            return other.from < trouble.to + 2h && trouble.from < other.to + 2h; // a dead token is asked again after an hour
        });
        for (const auto& stream : standing) {
            if (!std::string_view(stream.name).starts_with(victim_of(trouble.ill))) continue;
            if (trouble.to - trouble.from <= intake::gap_after(stream.interval) + plan_.step) continue;
            const auto gap = std::find_if(kept_.gaps.begin(), kept_.gaps.end(), [&](const KeptGap& one) {
                return !one.lost && one.stream == stream.name && one.from <= trouble.from + plan_.step && one.to && *one.to >= trouble.to;
            });
            const bool there = gap != kept_.gaps.end();
            const bool right = there && (!alone || gap->reason.find(reason_of(trouble)) != std::string::npos);
            line(std::string(stream.name) + ": " + trouble.name(), stretch(trouble.from, trouble.to),
                 there ? stretch(gap->from, gap->to) + " «" + gap->reason + "», " + std::to_string(gap->recovered) + " recovered" : "no gap", right);
        }
    }
}

void Comparison::lost() {
    long lost = 0, unplanned = 0;
    for (const auto& gap : kept_.gaps) {
        if (!gap.lost) continue;
        ++lost;
        const bool planned = std::any_of(plan_.troubles.begin(), plan_.troubles.end(), [&](const Trouble& one) {
            const bool here = (one.ill == Ill::flood && gap.stream == "page/tagged") || (one.ill == Ill::feed_flood && gap.stream == "news/feed");
            return here && gap.from <= one.to && gap.to && *gap.to >= one.to - plan_.step;
        });
        if (!planned) ++unplanned, wrong("a lost gap that nobody planned: " + gap.stream + " " + stretch(gap.from, gap.to) + ", " + gap.reason);
    }
    const auto floods = std::count_if(plan_.troubles.begin(), plan_.troubles.end(), [](const Trouble& one) { return one.ill == Ill::flood || one.ill == Ill::feed_flood; });
    line("stretches that were lost because more was written than can be read", floods, lost);
    line("stretches that were lost for another cause", 0, unplanned);
}

// ---- counts --------------------------------------------------------------------------------------------------

/// A gap counts what its own stream brings; the page's own feed brings visitors' posts, too, and comments count for
/// any gap of their source.
bool Comparison::may_count(const Written& one, const KeptGap& gap) const {
    if (gap.lost || !gap.to || one.at < gap.from || one.at > *gap.to || !gap.stream.starts_with(one.source + "/")) return false;
    return one.stream == "comments" || gap.stream == one.source + "/" + one.stream || (one.stream == "visitor_posts" && gap.stream == "page/feed");
}

void Comparison::recovered(const std::string& source) {
    long least = 0, most = 0, larum = 0;
    for (const auto& gap : kept_.gaps)
        if (gap.stream.starts_with(source + "/")) larum += gap.recovered;
    for (const auto& [id, one] : writings_) {
        const auto* row = one.source == source ? kept(id) : nullptr;
        if (!row || row->queued == 0) continue;
        // A webhook that a dying daemon took is known to have come only when it was brought again.
        const bool by_poll = !one.told_at || *one.told_at > row->seen_at;
        if (!by_poll) continue;
        int certain = 0, possible = 0, streams = 0;
        for (const auto& gap : kept_.gaps) {
            if (!may_count(one, gap)) continue;
            ++possible;
            certain += row->seen_at >= *gap.to;
        }
        for (const auto& stream : standing) streams += one.stream == "visitor_posts" && std::string_view(stream.name) == "page/" + one.stream;
        const bool needs_both = streams > 0;
        most += possible > 0;
        least += certain > (needs_both ? 1 : 0) && !(one.told_at && harmed(row->seen_at));
    }
    line(source + ": posts of gaps that were read afterwards", least, most, larum);
}

void Comparison::misses(const std::string& source) {
    long least = 0, most = 0;
    for (const auto& [id, one] : writings_) {
        const auto* row = one.source == source ? kept(id) : nullptr;
        if (!row || row->queued == 0 || one.before_larum) continue;
        least += !one.told_at || *one.told_at > row->seen_at + patience;
        most += !one.told_at || *one.told_at > row->seen_at;
    }
    line(source + ": posts that a poll found and a webhook had missed", least, most, kept_.misses.at(source));
}

/// Platforms that share nothing but larum: what befalls one is in no other's ledger.
void Comparison::apart() {
    long foreign = 0;
    for (const auto& gap : kept_.gaps) {
        const auto overlaps = [&](const Trouble& one) {
            const auto victim = victim_of(one.ill);
            return !keeps_reading(one.ill) && gap.stream.starts_with(victim) && one.from <= gap.to.value_or(plan_.end) && gap.from <= one.to;
        };
        const bool own = std::any_of(plan_.troubles.begin(), plan_.troubles.end(), overlaps);
        if (!own && gap.stream.starts_with("forum/")) ++foreign, wrong("the forum had no trouble " + stretch(gap.from, gap.to) + ": " + gap.reason);
    }
    line("gaps of the forum while only others were in trouble", 0, foreign);
}

} // namespace

Findings compare(Soak& soak) { return Comparison(soak).made(); }

} // namespace larum::soak
