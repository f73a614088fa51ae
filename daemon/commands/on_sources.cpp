#include "daemon/commands/on_sources.h"

#include "daemon/assembly.h"
#include "daemon/commands/command.h"
#include "daemon/store/source_report.h"
#include "daemon/store/store.h"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace larum::commands {

namespace {

using store::SourceReport;

std::string ago(const std::optional<Time>& time, Time now) {
    if (!time) return "never";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *time).count();
    if (seconds < 120) return std::to_string(std::max<long>(seconds, 0)) + " s ago";
    if (seconds < 7200) return std::to_string(seconds / 60) + " min ago";
    if (seconds < 2 * 86400) return std::to_string(seconds / 3600) + " h ago";
    return std::to_string(seconds / 86400) + " days ago";
}

/// «2026-04-05 11:02»
std::string minute_of(Time time) {
    auto text = format_time(time).substr(0, 16);
    text[10] = ' ';
    return text;
}

std::string rounded(double number) {
    char text[32];
    std::snprintf(text, sizeof text, number < 10 ? "%.1f" : "%.0f", number);
    return text;
}

std::string money(double dollars) {
    char text[32];
    std::snprintf(text, sizeof text, "$%.2f", dollars);
    return text;
}

void line(const std::string& text) { std::printf("    %s\n", text.c_str()); }

/// A stream that is behind the others, or the whole source in one line.
void print_coverage(const SourceReport& one) {
    std::optional<Time> from, to;
    bool whole = !one.coverage.empty();
    for (const auto& stream : one.coverage) {
        whole = whole && stream.from && stream.to;
        if (stream.from) from = std::max(from.value_or(*stream.from), *stream.from);
        if (stream.to) to = std::min(to.value_or(*stream.to), *stream.to);
    }
    if (whole)
        line("covered    " + minute_of(*from) + " to " + minute_of(*to) + " UTC, but for the gaps below");
    else
        for (const auto& stream : one.coverage)
            if (!stream.to) line("not yet    " + stream.stream + " was never read to its end");
}

void print_gap(const store::LedgerGap& gap) {
    auto text = (gap.to ? (gap.lost ? "lost       " : "gap        ") : "OPEN GAP   ") + minute_of(gap.from) + " to " +
                (gap.to ? minute_of(*gap.to) : std::string("now")) + " UTC";
    if (!gap.stream.empty()) text += ", " + gap.stream;
    text += ": " + gap.reason;
    if (gap.to && !gap.lost) text += "; " + std::to_string(gap.recovered) + " post" + (gap.recovered == 1 ? "" : "s") + " recovered";
    if (gap.lost) text += "; it cannot be read any more";
    line(text);
}

void print_credential(const SourceReport& one, Time now) {
    if (one.dead_since) line("DEAD       since " + minute_of(*one.dead_since) + " UTC: " + one.dead_reason);
    if (one.blocked_until && *one.blocked_until > now) line("waits      until " + minute_of(*one.blocked_until) + " UTC: " + one.blocked_reason);
    for (const auto& permission : one.missing) line("MISSING    permission " + permission);
    for (const auto& note : one.notes) line("not read   " + note);
    if (one.expires_at) line("expires    " + minute_of(*one.expires_at) + " UTC");
    if (one.used) line("budget     " + rounded(*one.used * 100) + " % of the platform's used");
    if (one.spent)
        line("money      " + money(*one.spent) + " of " + money(*one.spent_budget) + " today" +
             (*one.unasked > 0 ? ", " + money(*one.unasked) + " of it for what came live or by webhook" : "") +
             (one.forecast ? ", " + money(*one.forecast) + " by midnight UTC if it goes on so" : ""));
}

void print_source(const SourceReport& one, Time now) {
    std::printf("%s · %s (%s): %s\n", one.brand.c_str(), one.name.c_str(), one.kind.c_str(), std::string(word(one.state)).c_str());
    line("read       " + ago(one.last_ok, now) + ", newest post " + ago(one.last_item, now) + ", " + std::to_string(one.posts) + " posts" +
         (one.expected ? ", " + rounded(*one.expected) + " an hour expected now" : ""));
    if (!one.last_error.empty()) line("error      " + one.last_error);
    print_coverage(one);
    for (const auto& gap : one.gaps) print_gap(gap);
    if (one.webhook_misses > 0) line("healed     " + std::to_string(one.webhook_misses) + " posts that no webhook brought were found by polling");
    print_credential(one, now);
}

} // namespace

int print_sources(const Invocation& invocation) {
    const auto config = invocation.load();
    check_kinds(config);
    const SystemClock clock;
    const auto store = store::open_store(config, clock);
    std::vector<BrandId> brands;
    for (const auto& brand : config.brands)
        if (invocation.brand.empty() || brand.name == invocation.brand) brands.push_back(store->brand(brand.name));
    if (brands.empty()) throw Error(Error::Kind::config, "no brand is configured under the name \"" + invocation.brand + '"');
    std::vector<SourceReport> reports;
    const auto now = clock.now();
    store->pool().with([&](store::Transaction& transaction) { reports = store::source_reports(transaction, brands, now); });
    for (const auto& one : reports) {
        if (invocation.json)
            std::printf("%s\n", store::to_json(one).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        else
            print_source(one, now);
    }
    if (reports.empty()) std::fprintf(stderr, "no source is configured, or larum has not run yet; `larum connect` lists what can be connected\n");
    return 0;
}

} // namespace larum::commands
