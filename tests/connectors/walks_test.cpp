// Lists of platforms that go on growing, losing and hiding items while they are read: what is there for long enough is read.
#include "connectors/shared/anchored_walk.h"
#include "connectors/shared/id_walk.h"
#include "connectors/shared/link.h"
#include "connectors/shared/webhook.h"
#include "connectors/shared/x_walk.h"
#include "core/crypto.h"
#include "support/catch.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace larum;
using namespace larum::connectors;
using namespace std::chrono_literals;

namespace {

const Time start = *parse_time("2026-04-05T12:00:00Z");

/// A growing list: number of an item -> when it was written. Chance is seeded, so that a failure comes again.
struct Growing {
    explicit Growing(unsigned seed) : chance(seed) {}

    int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(chance); }

    void write(int most) {
        for (int n = up_to(most); n > 0; --n) items[next += 1 + up_to(3)] = now;
    }

    std::mt19937 chance;
    Time now = start;
    long next = 1000;
    std::map<long, Time> items;
};

constexpr std::size_t page_size = 10;

/// The page right after `after`, or the newest page below `below` and above `after`, newest first.
std::vector<IdWalk::Item> page_of(const Growing& list, const IdWalk& walk, bool forward) {
    const long after = walk.after().empty() ? 0 : std::stol(walk.after());
    const long below = walk.below().empty() ? 1'000'000'000 : std::stol(walk.below());
    std::vector<IdWalk::Item> all;
    for (const auto& [id, at] : list.items)
        if (id > after && id < below) all.push_back({std::to_string(id), at});
    if (!forward) std::reverse(all.begin(), all.end());
    all.resize(std::min(all.size(), page_size));
    if (forward) std::reverse(all.begin(), all.end());
    return all;
}

std::set<std::string> read_by_id(unsigned seed, bool forward, Growing& list) {
    std::set<std::string> seen;
    std::string cursor;
    for (int round = 0; round < 200; ++round) {
        Page page;
        int calls = 0;
        do {
            page = {};
            IdWalk walk(cursor, {30min, 24h, 1000}, list.now);
            const bool onwards = forward && !walk.walking_back();
            const auto items = page_of(list, walk, onwards);
            for (const auto& item : items) seen.insert(item.id);
            if (onwards) walk.forward(items, "", page);
            else walk.back(items, "", page);
            cursor = page.cursor.value();
            list.write(2); // also while a walk is under way
            REQUIRE(++calls < 300);
            CHECK(page.gaps.empty());
        } while (page.more);
        list.now += 5min;
        if (round < 180) list.write(round % 17 == 0 ? 120 : 12);
        else if (seed % 2) list.now += 10min;
    }
    return seen;
}

} // namespace

TEST_CASE("a walk by growing ids passes nothing, forwards or back, whatever comes meanwhile", "[connectors][walks]") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        const bool forward = seed % 4 < 2;
        INFO("seed " << seed);
        Growing list(seed);
        const auto seen = read_by_id(seed, forward, list);
        for (const auto& [id, at] : list.items) {
            if (list.now - at < 1h) continue;
            INFO("item " << id);
            CHECK(seen.count(std::to_string(id)) == 1);
        }
    }
}

TEST_CASE("an item that arrives late with a low id is read within two overlaps", "[connectors][walks]") {
    Growing list(7);
    std::string cursor;
    std::set<std::string> seen;
    for (int minute = 0; minute < 180; ++minute) {
        if (minute < 90) list.items[list.next += 10] = list.now;
        if (minute == 60) list.items[list.next - 205] = list.now - 20min; // written 20 minutes ago, known only now
        Page page;
        do {
            page = {};
            IdWalk walk(cursor, {30min, 24h, 50}, list.now);
            const bool forward = !walk.walking_back();
            const auto items = page_of(list, walk, forward);
            for (const auto& item : items) seen.insert(item.id);
            if (forward) walk.forward(items, "", page);
            else walk.back(items, "", page);
            cursor = page.cursor.value();
        } while (page.more);
        list.now += 1min;
    }
    for (const auto& [id, at] : list.items) {
        INFO(id);
        CHECK(seen.count(std::to_string(id)) == 1);
    }
}

TEST_CASE("a server that does not know min_id ends the walk and not the patience", "[connectors][walks]") {
    const std::vector<IdWalk::Item> always = {{"12", start}, {"11", start}};
    IdWalk walk(R"({"born":"2026-04-05T10:00:00Z","mark":"12","after":"12"})", {}, start);
    Page page;
    walk.forward(always, "", page);
    CHECK_FALSE(page.more);
}

TEST_CASE("ids are compared by length, then by text", "[connectors][walks]") {
    CHECK(earlier_id("9", "10"));
    CHECK(earlier_id("108", "109"));
    CHECK_FALSE(earlier_id("10", "10"));
    CHECK_FALSE(earlier_id("110", "99"));
}

TEST_CASE("a list with a dead anchor is read all the same, and every lasting item once it is there", "[connectors][walks]") {
    for (unsigned seed = 0; seed < 30; ++seed) {
        INFO("seed " << seed);
        Growing list(seed);
        std::set<long> deleted;
        std::set<std::string> seen;
        std::string cursor;
        AnchoredWalk::Bounds bounds;
        bounds.page = page_size;
        bounds.list = 1'000'000;
        bounds.pages = 500;
        for (int round = 0; round < 150; ++round) {
            Page page;
            int calls = 0;
            do {
                page = {};
                AnchoredWalk walk(cursor, bounds, list.now);
                const auto query = walk.query();
                const long anchor = query.empty() ? 0 : std::stol(query.substr(query.find('=') + 1));
                const bool before = query.starts_with("&before=");
                std::vector<long> ids; // oldest first
                for (const auto& [id, at] : list.items)
                    if (!deleted.count(id) && (query.empty() || (before ? id > anchor : id < anchor))) ids.push_back(id);
                if (deleted.count(anchor)) ids.clear(); // silent for ever
                if (!before) std::reverse(ids.begin(), ids.end());
                const bool ends = ids.size() <= page_size;
                ids.resize(std::min(ids.size(), page_size));
                if (before) std::reverse(ids.begin(), ids.end());
                std::vector<AnchoredWalk::Item> items;
                for (const long id : ids) {
                    items.push_back({std::to_string(id), list.items.at(id)});
                    seen.insert(items.back().name);
                }
                walk.advance(items, ends || ids.empty() ? "" : std::to_string(ids.back()), page);
                cursor = page.cursor.value();
                REQUIRE(++calls < 400);
            } while (page.more);
            list.now += 1min;
            if (round < 120) list.write(round % 13 == 0 ? 60 : 6);
            for (int n = list.up_to(3); n > 0 && !list.items.empty(); --n) deleted.insert(std::prev(list.items.end(), 1 + list.up_to(std::min<int>(12, static_cast<int>(list.items.size()) - 1)))->first);
        }
        for (const auto& [id, at] : list.items) {
            INFO("item " << id);
            if (!deleted.count(id)) CHECK(seen.count(std::to_string(id)) == 1);
        }
    }
}

TEST_CASE("a list of X passes nothing though its pages' tokens end and ids are forgotten", "[connectors][walks]") {
    for (unsigned seed = 0; seed < 20; ++seed) {
        INFO("seed " << seed);
        Growing list(seed);
        std::set<long> seen;
        std::string cursor;
        std::vector<Gap> gaps;
        for (int round = 0; round < 120; ++round) {
            Page page;
            int calls = 0;
            do {
                page = {};
                x::SinceWalk walk(cursor, {24h, 24h * 7, 0, 1000}, list.now);
                const auto query = walk.query("next_token");
                REQUIRE(++calls < 500);
                if (list.up_to(25) == 0 && walk.fall_back(page)) { // 400
                    gaps.insert(gaps.end(), page.gaps.begin(), page.gaps.end());
                    cursor = page.cursor.value();
                    continue;
                }
                const auto value = [&](const std::string& name) {
                    const auto at = query.find(name + "=");
                    return at == query.npos ? std::string() : query.substr(at + name.size() + 1, query.find('&', at) - at - name.size() - 1);
                };
                const long since = value("since_id").empty() ? 0 : std::stol(value("since_id"));
                auto from_text = value("start_time");
                for (auto at = from_text.find("%3A"); at != from_text.npos; at = from_text.find("%3A")) from_text.replace(at, 3, ":");
                const auto from = parse_time(from_text);
                const long below = value("next_token").empty() ? 1'000'000'000 : std::stol(value("next_token"));
                std::vector<std::pair<long, Time>> items;
                for (auto one = list.items.rbegin(); one != list.items.rend() && items.size() < page_size; ++one)
                    if (one->first > since && one->first < below && (!from || one->second >= *from)) items.emplace_back(*one);
                for (const auto& item : items) seen.insert(item.first);
                const bool more = items.size() == page_size;
                const auto time = [&](bool newest) { return items.empty() ? std::nullopt : std::optional(newest ? items.front().second : items.back().second); };
                walk.advance(items.size(), items.empty() ? "" : std::to_string(items.front().first), time(true), time(false), more ? std::to_string(items.back().first) : "", page);
                gaps.insert(gaps.end(), page.gaps.begin(), page.gaps.end());
                cursor = page.cursor.value();
                list.write(1);
            } while (page.more);
            list.now += 1min;
            if (round < 110) list.write(round % 11 == 0 ? 80 : 5);
        }
        for (const auto& [id, at] : list.items) {
            const Time when = at;
            if (list.now - when <= 2min) continue; // written while the last page was read
            const bool told = std::any_of(gaps.begin(), gaps.end(), [&](const Gap& gap) { return when >= gap.from && when <= gap.to; });
            INFO("item " << id);
            CHECK((seen.count(id) == 1 || told));
        }
    }
}

TEST_CASE("only a parameter is taken from a Link header, never its address", "[connectors][walks]") {
    const Headers headers = {{"link", R"(<https://elsewhere.example/api?limit=40&max_id=11>; rel="next", <https://x.example/?min_id=5%3A6>; rel="prev")"}};
    CHECK(link_parameter(headers, "next", "max_id") == "11");
    CHECK(link_parameter(headers, "prev", "min_id") == "5:6");
    CHECK(link_parameter(headers, "next", "min_id").empty());
    CHECK(link_parameter({}, "next", "max_id").empty());
    CHECK(link_parameter({{"Link", "<unclosed; rel=\"next\""}}, "next", "max_id").empty());
}

TEST_CASE("a signature by either of two secrets is taken, and an empty secret signs nothing", "[connectors][webhook]") {
    const config::Secret now("new"), before("old"), none;
    const auto sign = [](std::string_view secret) { return to_hex(hmac_sha256(secret, "body")); };
    CHECK(Secrets{now, before}.made(sign("new"), sign));
    CHECK(Secrets{now, before}.made(sign("old"), sign));
    CHECK_FALSE(Secrets{now, none}.made(sign("old"), sign));
    CHECK_FALSE(Secrets{now, none}.made(sign(""), sign));
    CHECK_FALSE(Secrets{none, none}.made("", sign));
    CHECK_FALSE(Secrets{now, none}.is_one(""));
    CHECK(query_parameter("/hooks/x?a=1&crc_token=%41b+c%", "crc_token") == "Ab c%");
    CHECK(query_parameter("/hooks/x?a", "a").empty());
}
