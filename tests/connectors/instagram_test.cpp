// A simulated account that lives for days, with webhooks that get lost and a platform that fails: what people wrote and
// what larum heard must be the same.
#include "connectors/connector.h"
#include "connectors/shared/graph.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const Time begin = *parse_time("2026-04-01T00:00:00Z");

struct Writing {
    std::string id, parent; ///< media or comment that it stands below; empty: a media
    Time at{};
    bool tags = false;
    bool mentions = false; ///< stands below a media of somebody else: told by webhook only
};

/// What the account and the people around it wrote, served as the platform serves it.
class Account {
public:
    Time now = begin;
    std::mt19937 chance{20260401};
    std::vector<Writing> writings;
    std::deque<json> webhooks;

    int dice(int sides) { return static_cast<int>(chance() % static_cast<unsigned>(sides)); }

    const Writing& write(Writing one) {
        one.id = std::to_string(1000 + writings.size());
        one.at = now;
        writings.push_back(one);
        return writings.back();
    }

    void someone_does_something() {
        const int what = dice(20);
        if (what == 0) write({});
        if (what == 1) write({{}, {}, {}, true});
        if (what == 2) tell("mentions", {{"media_id", "9"}, {"comment_id", write({{}, "9", {}, false, true}).id}});
        if (what >= 3 && what < 13) below([](const Writing& one) { return one.parent.empty() && !one.tags; });
        if (what >= 13) below([&](const Writing& one) { return !one.parent.empty() && is_media(one.parent); });
    }

    HttpAnswer answer(const HttpRequest& request) {
        if (dice(12) == 0) return dice(2) ? HttpAnswer{503, {}, "<html>"} : failed(2, 0);
        const auto mark = request.url.find('?');
        const auto path = request.url.substr(std::string("https://graph.example/v26.0").size(), mark - std::string("https://graph.example/v26.0").size());
        const auto query = graph::read_query(request.url.substr(mark + 1));
        return {200, {}, read(path, query).dump()};
    }

private:
    static std::string value(const graph::Query& query, const std::string& name) {
        for (const auto& [key, text] : query)
            if (key == name) return text;
        return {};
    }
    static HttpAnswer failed(int code, int subcode) {
        return {400, {}, json{{"error", {{"message", "no"}, {"code", code}, {"error_subcode", subcode}}}}.dump()};
    }
    bool is_media(const std::string& id) const {
        return std::any_of(writings.begin(), writings.end(), [&](const Writing& one) { return one.id == id && one.parent.empty(); });
    }

    template <class Holds> void below(Holds holds) {
        std::vector<std::string> places;
        for (const auto& one : writings)
            if (holds(one)) places.push_back(one.id);
        if (places.empty()) return;
        // Mostly below what is new, sometimes below what is days old.
        const auto newest = places.size() - 1 - std::min<std::size_t>(places.size() - 1, static_cast<std::size_t>(dice(3)));
        const auto parent = dice(3) ? places[newest] : places[static_cast<std::size_t>(dice(static_cast<int>(places.size())))];
        const auto& made = write({{}, parent});
        json told = {{"id", made.id}, {"text", "wpis " + made.id}, {"from", {{"id", "77"}, {"username", "jan.p"}}}, {"media", {{"id", "album child"}, {"media_product_type", "FEED"}}}};
        tell("comments", told, dice(2) == 0);
    }
    void tell(const std::string& field, const json& value, bool lost = false) {
        if (lost) return;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        webhooks.push_back({{"object", "instagram"}, {"entry", {{{"id", "17841405"}, {"time", seconds}, {"changes", {{{"field", field}, {"value", value}}}}}}}});
    }

    json item(const Writing& one, bool with_replies) const {
        json made = {{"id", one.id}, {"timestamp", format_time(one.at).substr(0, 19) + "+0000"}, {"username", "jan.p"}};
        made[one.parent.empty() ? "caption" : "text"] = "wpis " + one.id;
        if (one.parent.empty()) return made;
        const bool reply = !is_media(one.parent) && one.parent != "9";
        if (reply) made["parent_id"] = one.parent;
        made["media"] = {{"id", reply ? parent_of(one.parent) : one.parent}, {"permalink", "https://www.instagram.example/p/" + one.parent}};
        if (with_replies) {
            auto replies = list([&](const Writing& other) { return other.parent == one.id; }, {}, false, 3);
            if (!replies["data"].empty()) made["replies"] = replies;
        }
        return made;
    }
    std::string parent_of(const std::string& id) const {
        for (const auto& one : writings)
            if (one.id == id) return one.parent;
        return {};
    }

    /// Newest first, or oldest first as replies may well be.
    template <class Holds> json list(Holds holds, const std::string& after, bool newest_first, std::size_t most = 5) const {
        std::vector<const Writing*> all;
        for (const auto& one : writings)
            if (holds(one)) all.push_back(&one);
        if (newest_first) std::reverse(all.begin(), all.end());
        auto from = std::find_if(all.begin(), all.end(), [&](const Writing* one) { return one->id == after; });
        from = from == all.end() ? all.begin() : std::next(from);
        json data = json::array();
        for (; from != all.end() && data.size() < most; ++from) data.push_back(item(**from, newest_first));
        json paging = {{"cursors", {{"after", data.empty() ? "" : data.back()["id"].get<std::string>()}}}};
        if (from != all.end()) paging["next"] = "https://graph.facebook.com/v26.0/x?after=" + data.back()["id"].get<std::string>();
        return {{"data", data}, {"paging", paging}};
    }

    json read(const std::string& path, const graph::Query& query) const {
        const auto slash = path.find('/', 1);
        const auto node = path.substr(1, slash == path.npos ? path.npos : slash - 1);
        const auto edge = slash == path.npos ? "" : path.substr(slash + 1);
        const auto after = value(query, "after");
        if (edge == "media") return list([](const Writing& one) { return one.parent.empty() && !one.tags; }, after, true);
        if (edge == "comments") return list([&](const Writing& one) { return one.parent == node; }, after, true);
        if (edge == "replies") return list([&](const Writing& one) { return one.parent == node; }, after, false);
        if (edge == "tags") {
            auto tags = list([](const Writing& one) { return one.tags; }, after, true);
            tags["paging"].erase("next"); // this edge has cursors alone
            return tags;
        }
        if (const auto fields = value(query, "fields"); fields.starts_with("mentioned_comment.comment_id(")) {
            const auto id = fields.substr(29, fields.find(')') - 29);
            return {{"mentioned_comment", find(id)}, {"id", node}};
        }
        return find(node);
    }
    json find(const std::string& id) const {
        for (const auto& one : writings)
            if (one.id == id) return item(one, false);
        return json::object();
    }
};

/// Reads as larum's scheduler does, and remembers what it heard.
class Reader {
public:
    explicit Reader(Account& account) : account_(account), http_([&](const HttpRequest& r) { return account_.answer(r); }) {
        ::setenv("LARUM_TEST_INSTAGRAM", "a-secret", 1);
        config::Problems problems;
        const auto table = config::parse_toml("host = \"https://graph.example\"\naccount = \"17841405\"\ntoken = \"env:LARUM_TEST_INSTAGRAM\"\napp_secret = \"env:LARUM_TEST_INSTAGRAM\"\n", "test");
        connector_ = find_kind("instagram")->make(table, {}, problems, {http_}).connector;
        const auto app = config::parse_toml("app_secret = \"env:LARUM_TEST_INSTAGRAM\"\nverify_token = \"env:LARUM_TEST_INSTAGRAM\"\n", "test");
        receiver_ = find_kind("instagram")->make_receiver(app, {}, problems);
        REQUIRE(problems.empty());
        change(connector_->streams());
    }

    std::map<std::string, Post> heard;
    int calls = 0;
    std::size_t streams_most = 0;

    void hear_webhooks() {
        for (; !account_.webhooks.empty(); account_.webhooks.pop_front())
            for (auto& entry : receiver_->entries({account_.webhooks.front().dump(), "", account_.now})) {
                keep(entry.page);
                change(entry.page.streams);
                for (const auto& name : entry.poll)
                    if (const auto row = rows_.find(name); row != rows_.end()) row->second.due = account_.now;
            }
    }

    void poll_what_is_due() {
        std::erase_if(rows_, [&](const auto& row) { return row.second.retire_at && *row.second.retire_at <= account_.now; });
        streams_most = std::max(streams_most, rows_.size());
        std::vector<std::string> due;
        for (const auto& [name, row] : rows_)
            if (row.due <= account_.now) due.push_back(name);
        for (const auto& name : due)
            for (int i = 0; i < 100 && rows_.contains(name) && poll(name); ++i) {}
    }

private:
    struct Row {
        Stream stream;
        std::optional<Span> interval;
        std::optional<Time> retire_at;
        Time due{};
    };

    /// Whether there is more at once.
    bool poll(const std::string& name) {
        ++calls;
        Session session;
        Call call{account_.now, session};
        auto result = connector_->poll(rows_[name].stream, call);
        auto& row = rows_[name];
        row.due = account_.now + result.page.next_in.value_or(row.interval.value_or(1min));
        if (result.outcome.ending == Ending::gone) return rows_.erase(name), false;
        if (!result.outcome.ok()) {
            CHECK(result.outcome.ending == Ending::later);
            row.due = account_.now + 10min;
            return false;
        }
        CHECK(result.page.rejected.empty());
        CHECK(result.page.gaps.empty());
        if (result.page.cursor) row.stream.cursor = *result.page.cursor;
        const bool more = result.page.more;
        keep(result.page);
        change(result.page.streams);
        return more;
    }
    void keep(Page& page) {
        for (auto& post : page.posts) heard[post.id] = std::move(post);
    }
    void change(const std::vector<StreamChange>& changes) {
        for (const auto& one : changes) {
            if (one.retire) rows_.erase(one.name);
            else rows_.try_emplace(one.name, Row{{one.name, {}, {}}, one.interval, one.retire_at, account_.now});
        }
    }

    Account& account_;
    ScriptedHttp http_;
    std::unique_ptr<Connector> connector_;
    std::unique_ptr<Receiver> receiver_;
    std::map<std::string, Row> rows_;
};

} // namespace

TEST_CASE("nothing that is written on an Instagram account in four days is lost, though half the webhooks are", "[instagram]") {
    Account account;
    Reader reader(account);

    for (; account.now < begin + 96h; account.now += 10min) {
        for (int i = account.dice(4); i > 0; --i) account.someone_does_something();
        reader.hear_webhooks();
        reader.poll_what_is_due();
    }
    const auto written = account.writings; // then it is quiet, and the poll heals
    for (; account.now < begin + 106h; account.now += 10min) reader.poll_what_is_due();

    std::size_t comments = 0;
    for (const auto& one : written) {
        INFO(one.id << " below " << one.parent << " at " << format_time(one.at));
        REQUIRE(reader.heard.contains(one.id));
        const auto& post = reader.heard.at(one.id);
        CHECK(post.text == "wpis " + one.id);
        CHECK(post.parent_id == one.parent);
        CHECK(post.posted_at == one.at);
        CHECK((post.kind == PostKind::mention) == (one.tags || one.mentions));
        comments += one.parent.empty() ? 0 : 1;
    }
    CHECK(comments > 400);
    CHECK(reader.heard.size() == written.size());
    INFO(reader.calls << " calls, " << reader.streams_most << " streams at most, " << written.size() << " writings");
    CHECK(reader.calls < 40000);
}
