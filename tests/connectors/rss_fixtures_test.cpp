// Feeds of a public collection, each with what its authors expect of a parser in its first comment. What larum keeps
// of a feed is held to it: titles, texts, links, ids, names, times and enclosures, without markup.
#include "connectors/shared/feed.h"
#include "connectors/shared/markup.h"
#include "support/catch.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

using namespace larum;
using namespace larum::connectors;
namespace fs = std::filesystem;

namespace {

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// «Expect:» of the file; empty where it has none.
std::string expectation(const std::string& bytes) {
    const auto at = bytes.find("Expect:");
    return at == bytes.npos ? "" : bytes.substr(at + 7, bytes.find('\n', at) - at - 7);
}

/// One «entries[0]['link'] == 'http://…'» of an expectation.
struct Clause {
    std::string where, what; ///< «entries[0]» or «feed», «link» or «author_detail.name»
    std::string value;
};

std::vector<Clause> clauses(const std::string& text) {
    static const std::regex one(R"re((entries\[0\]|feed)((?:\['?\w+'?\])+) == ("""(.*?)"""|'([^']*)'|"([^"]*)"|\(([\d, ]+)\)|\{'href': '([^']*)'))re");
    std::vector<Clause> all;
    for (std::sregex_iterator at(text.begin(), text.end(), one), end; at != end; ++at) {
        std::string what = (*at)[2], value;
        for (const char out : {'[', '\''}) what.erase(std::remove(what.begin(), what.end(), out), what.end());
        std::replace(what.begin(), what.end(), ']', '.');
        what.pop_back();
        for (int group = 4; group <= 8; ++group)
            if ((*at)[group].matched) value = (*at)[group];
        all.push_back({(*at)[1], what, value});
    }
    return all;
}

/// «2003, 12, 31, 10, 14, 55, …» as RFC 3339.
std::string moment(const std::string& tuple) {
    int part[6] = {};
    std::sscanf(tuple.c_str(), "%d, %d, %d, %d, %d, %d", &part[0], &part[1], &part[2], &part[3], &part[4], &part[5]);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", part[0], part[1], part[2], part[3], part[4], part[5]);
    return text;
}

enum class Held { yes, no, not_kept };

Held held(bool right) { return right ? Held::yes : Held::no; }

/// Markup is read as a person reads it, by the same rules for what is expected as for what was found.
bool reads_like(const std::string& found, const std::string& expected) {
    const auto plain = html_to_text(expected);
    return found == expected || found == plain || found == html_to_text(plain);
}

Held check_feed(const Feed& feed, const Clause& clause) {
    if (clause.what == "title") return held(reads_like(feed.title, clause.value));
    if (clause.what == "link") return held(feed.link == clause.value);
    if (clause.what == "ttl") return held(feed.ttl && std::to_string(feed.ttl->count()) == clause.value);
    return Held::not_kept;
}

Held check_item(const FeedItem& item, const Clause& clause) {
    const auto& [where, what, value] = clause;
    if (what == "title" || what == "title_detail.value") return held(reads_like(item.title, value));
    if (what == "summary" || what == "description" || what == "summary_detail.value" || what == "content.0.value") return held(reads_like(item.text, value));
    if (what == "link" || what == "links.0.href") return held(item.link == value);
    if (what == "id" || what == "guid") return held(item.id == value);
    if (what == "author_detail.name" || what == "author") return held(item.author == value);
    if (what == "published_parsed") return held(item.published && format_time(*item.published) == moment(value));
    if (what == "updated_parsed" || what == "updated") {
        const auto& at = item.updated ? item.updated : item.published;
        return held(at && format_time(*at) == (what == "updated" ? value : moment(value)));
    }
    if (what == "enclosures.0.url") return held(!item.enclosures.empty() && item.enclosures[0] == value);
    if (what == "enclosures.1") return held(item.enclosures.size() > 1 && item.enclosures[1] == value);
    return Held::not_kept;
}

/// How many items the text has, where it can be counted.
std::size_t items_in(std::string bytes) {
    bytes = std::regex_replace(bytes, std::regex(R"re(<!--[\s\S]*?-->)re"), "");
    static const std::regex item(R"re(<(\w+:)?(item|entry)[\s>])re");
    return static_cast<std::size_t>(std::distance(std::sregex_iterator(bytes.begin(), bytes.end(), item), std::sregex_iterator()));
}

} // namespace

TEST_CASE("every feed of the public collection gives what its authors expect of it", "[rss][fixtures]") {
    const auto folder = fs::path(LARUM_SOURCE_DIR).parent_path() / "shared/specs/rss-atom/fixtures";
    if (!fs::exists(folder)) {
        WARN("skipped: no feeds at ../shared/specs/rss-atom/fixtures");
        return;
    }
    int feeds = 0, checked = 0, not_kept = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        const auto bytes = slurp(entry.path());
        const auto expected = expectation(bytes);
        INFO(name << ": " << expected);
        ++feeds;
        const auto feed = parse_feed(bytes, "");
        if (name == "illformed__rss_empty_document.xml") {
            CHECK_FALSE(feed); // nothing is in it, and nothing is made up
            continue;
        }
        REQUIRE(feed);
        if (expected.find("not bozo") != expected.npos) CHECK_FALSE(feed->repaired);
        CHECK(feed->items.size() == items_in(bytes));
        bool text_held = false, text_asked = false;
        for (const auto& clause : clauses(expected)) {
            const bool of_item = clause.where != "feed";
            if (of_item) REQUIRE_FALSE(feed->items.empty());
            const auto found = of_item ? check_item(feed->items[0], clause) : check_feed(*feed, clause);
            // Of summary and content larum keeps the content: one of them is what is read.
            const bool text = of_item && (clause.what == "summary" || clause.what == "description" || clause.what == "content.0.value");
            if (text) text_asked = true, text_held |= found == Held::yes;
            INFO(clause.where << " " << clause.what << " should be " << clause.value << "; title " << (of_item ? feed->items[0].title : feed->title) << ", text "
                              << (of_item ? feed->items[0].text : "") << ", link " << (of_item ? feed->items[0].link : feed->link) << ", id "
                              << (of_item ? feed->items[0].id : "") << ", author " << (of_item ? feed->items[0].author : ""));
            if (!text) CHECK(found != Held::no);
            ++(found == Held::not_kept ? not_kept : checked);
        }
        const bool other_text = bytes.find("<content") != bytes.npos || bytes.find("content:encoded") != bytes.npos;
        CHECK((!text_asked || text_held || other_text));
    }
    CHECK(feeds >= 118);
    WARN(feeds << " feeds read; " << checked << " expectations held, " << not_kept << " about what larum does not keep");
}
