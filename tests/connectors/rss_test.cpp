#include "connectors/connector.h"
#include "connectors/shared/feed.h"
#include "connectors/shared/inflate.h"
#include "connectors/shared/markup.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;
namespace fs = std::filesystem;

namespace {

std::string slurp(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// A feed source whose server the test plays.
struct Source {
    explicit Source(ScriptedHttp::Script script) : http(std::move(script)) { configure("https://forum.example/feed.xml"); }
    void configure(const std::string& url) {
        config::Problems problems;
        connector = find_kind("rss")->make(config::parse_toml("url = \"" + url + "\"\n", "test"), {}, problems, {http}).connector;
        REQUIRE(problems.empty());
    }
    PollResult poll() {
        Session session;
        Call call{now, session};
        auto result = connector->poll(stream, call);
        if (result.page.cursor) stream.cursor = *result.page.cursor;
        return result;
    }
    ScriptedHttp http;
    std::unique_ptr<Connector> connector;
    Stream stream{"feed", "", {}};
    Time now = *parse_time("2026-04-05T12:00:00Z");
};

const std::string rss = R"(<?xml version="1.0"?><rss version="2.0"><channel><title>Forum</title><language>pl-PL</language><ttl>30</ttl>
<item><title>Drugi</title><link>https://forum.example/2</link><guid isPermaLink="false">t2</guid><author>ania@forum.example (Ania)</author>
<description>&lt;p&gt;Trzeci raz dzwonię&lt;br/&gt;i nic &amp;amp; cisza&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description><pubDate>Sun, 05 Apr 2026 10:00:00 +0200</pubDate></item>
<item><title>Pierwszy</title><link>https://forum.example/1</link><guid>t1</guid><pubDate>Sun, 05 Apr 2026 07:00:00 GMT</pubDate></item>
</channel></rss>)";

} // namespace

TEST_CASE("an RSS feed becomes posts, oldest first", "[rss]") {
    Source source([](const auto&) { return HttpAnswer{200, {{"Content-Type", "application/rss+xml; charset=utf-8"}}, rss}; });
    const auto page = source.poll().page;
    REQUIRE(page.posts.size() == 2);
    CHECK(page.posts[0].id == "t1");
    const auto& second = page.posts[1];
    CHECK(second.text == "Drugi\n\nTrzeci raz dzwonię\ni nic & cisza");
    CHECK(second.author.name == "Ania");
    CHECK(second.author.id.empty());
    CHECK(second.url == "https://forum.example/2");
    CHECK(second.lang == "pl");
    CHECK(format_time(second.posted_at) == "2026-04-05T08:00:00Z");
    CHECK(page.next_in == std::optional<Span>(std::chrono::minutes{30}));
}

TEST_CASE("a feed is asked only for what is new", "[rss]") {
    Source source([n = 0](const HttpRequest&) mutable {
        return ++n == 1 ? HttpAnswer{200, {{"ETag", "\"v1\""}, {"Last-Modified", "Sun, 05 Apr 2026 10:00:00 GMT"}}, rss} : HttpAnswer{304, {}, ""};
    });
    source.poll();
    const auto again = source.poll();
    CHECK(again.outcome.ok());
    CHECK(again.page.posts.empty());
    CHECK(header(source.http.requests[1].headers, "If-None-Match") == "\"v1\"");
    CHECK(header(source.http.requests[1].headers, "If-Modified-Since") == "Sun, 05 Apr 2026 10:00:00 GMT");
}

TEST_CASE("a feed that moved for good is asked at its new place from then on", "[rss]") {
    const auto [status, third] = GENERATE(std::pair{301, "https://forum.example/new.xml"}, std::pair{302, "https://forum.example/feed.xml"});
    Source source([status = status](const HttpRequest& request) {
        return request.url == "https://forum.example/feed.xml" ? HttpAnswer{status, {{"Location", "/new.xml"}}, ""} : HttpAnswer{200, {}, rss};
    });
    const auto first = source.poll();
    CHECK(first.page.more);
    CHECK(source.poll().page.posts.size() == 2);
    CHECK(source.http.requests.size() == 2); // one request a call
    source.poll();
    CHECK(source.http.requests[2].url == third);
}

TEST_CASE("another address in the config is another feed: where the old one had moved, and what of it was known, is forgotten", "[rss]") {
    Source source([](const HttpRequest& request) {
        if (request.url == "https://forum.example/feed.xml") return HttpAnswer{301, {{"Location", "/old.xml"}}, ""};
        return HttpAnswer{200, {{"ETag", "\"a\""}, {"Last-Modified", "Sun, 05 Apr 2026 08:00:00 GMT"}}, rss};
    });
    source.poll();
    source.poll();
    source.configure("https://forum.example/blog.xml");
    CHECK(source.poll().page.posts.size() == 2);
    const auto& asked = source.http.requests.back();
    CHECK(asked.url == "https://forum.example/blog.xml");
    CHECK(header(asked.headers, "If-None-Match").empty());
    source.poll();
    CHECK(header(source.http.requests.back().headers, "If-None-Match") == "\"a\"");
}

TEST_CASE("times of home-made feeds are read, those without a zone as of Greenwich", "[rss]") {
    const auto posted = [](const std::string& date) {
        Source source([&](const auto&) {
            return HttpAnswer{200, {}, "<rss><channel><item><guid>1</guid><title>a</title><pubDate>" + date + "</pubDate></item></channel></rss>"};
        });
        return format_time(source.poll().page.posts.at(0).posted_at);
    };
    CHECK(posted("2026-04-05 10:00:00") == "2026-04-05T10:00:00Z");
    CHECK(posted("2026-04-05 10:00") == "2026-04-05T10:00:00Z");
    CHECK(posted("2026-04-05T10:00:00.5") == "2026-04-05T10:00:00.5Z");
    CHECK(posted("2026-04-05 10:00:00 +0200") == "2026-04-05T08:00:00Z");
    CHECK(posted("2026-04-05T10:00+02:00") == "2026-04-05T08:00:00Z");
    CHECK(posted("2026-04-05") == "2026-04-05T00:00:00Z");
    CHECK(posted("yesterday") == "2026-04-05T12:00:00Z"); // the moment of reading
    CHECK(posted("2026-04-05 25:00") == "2026-04-05T12:00:00Z");
}

TEST_CASE("links of a feed lead to web pages, from where the feed stands, or nowhere", "[rss]") {
    const auto link_of = [](const std::string& entry) {
        Source source([&](const auto&) { return HttpAnswer{200, {}, "<feed xmlns='http://www.w3.org/2005/Atom'>" + entry + "</feed>"}; });
        const auto posts = source.poll().page.posts;
        return posts.size() == 1 ? posts[0].url : "no post";
    };
    const auto entry = [](const std::string& base, const std::string& href) {
        return "<entry" + base + "><id>1</id><updated>2026-04-05T10:00:00Z</updated><link href='" + href + "'/></entry>";
    };
    CHECK(link_of(entry("", "/t/7#2")) == "https://forum.example/t/7#2");
    CHECK(link_of(entry("", "?p=7")) == "https://forum.example/feed.xml?p=7");
    CHECK(link_of(entry("", "//else.example/7")) == "https://else.example/7");
    CHECK(link_of(entry(" xml:base='https://blog.example/a/'", "../7")) == "https://blog.example/7");
    CHECK(link_of(entry("", "HTTP://forum.example/7")) == "HTTP://forum.example/7");
    CHECK(link_of(entry("", "javascript:alert(1)")).empty());
    CHECK(link_of(entry("", "data:text/html,x")).empty());
    CHECK(link_of(entry("", "")).empty());
}

TEST_CASE("a feed sent in circles ends broken, a gone one is retired, others come again", "[rss]") {
    Source circle([](const auto&) { return HttpAnswer{302, {{"Location", "/feed.xml"}}, ""}; });
    Ending last = Ending::ok;
    for (int i = 0; i < 8 && last == Ending::ok; ++i) last = circle.poll().outcome.ending;
    CHECK(last == Ending::broken);
    CHECK(Source([](const auto&) { return HttpAnswer{410, {}, ""}; }).poll().outcome.ending == Ending::gone);
    CHECK(Source([](const auto&) { return HttpAnswer{404, {}, ""}; }).poll().outcome.ending == Ending::later);
    CHECK(Source([](const auto&) { return HttpAnswer{200, {}, "<html><body>Wartung</body></html>"}; }).poll().outcome.ending == Ending::later);
    Source busy([](const auto&) { return HttpAnswer{503, {{"Retry-After", "120"}}, ""}; });
    CHECK(busy.poll().outcome.not_before == std::optional<Time>(busy.now + std::chrono::minutes{2}));
}

TEST_CASE("the charset is the byte order mark's, else the transport's, else the declaration's", "[rss]") {
    const auto feed = [](const std::string& declared, const std::string& title) {
        return "<?xml version=\"1.0\" encoding=\"" + declared + "\"?><rss><channel><item><guid>1</guid><title>" + title + "</title></item></channel></rss>";
    };
    CHECK(parse_feed(feed("iso-8859-2", "za\xBF\xF3\xB3\xE6"), "text/xml")->items.at(0).title == "zażółć");
    CHECK(parse_feed(feed("utf-8", "za\xBF\xF3\xB3\xE6"), "text/xml; charset=\"iso-8859-2\"")->items.at(0).title == "zażółć");
    CHECK(parse_feed("\xEF\xBB\xBF" + feed("utf-8", "zażółć"), "text/xml; charset=iso-8859-2")->items.at(0).title == "zażółć");
}

TEST_CASE("entities of a feed's own, and files beside it, are never read", "[rss]") {
    const auto bomb = R"(<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
<rss><channel><item><guid>1</guid><title>x &b; &f; y</title></item></channel></rss>)";
    const auto title = parse_feed(bomb, "")->items.at(0).title;
    CHECK(title.find("aaaa") == std::string::npos);
    CHECK(title.find("root") == std::string::npos);
}

TEST_CASE("broken feeds are read as far as they go", "[rss]") {
    const auto cut = parse_feed("<rss><channel><item><guid>1</guid><title>a & b &nbsp; <b>c</title></item><item><guid>2</guid><title>half", "");
    REQUIRE(cut);
    CHECK(cut->repaired);
    CHECK(cut->items.at(0).id == "1");
    CHECK_FALSE(parse_feed("", ""));
    CHECK_FALSE(parse_feed("not xml at all", ""));
    CHECK_FALSE(parse_feed("{\"json\": true}", ""));
}

TEST_CASE("a packed answer is unpacked within its bound, a damaged one is none", "[rss]") {
    // «feed», packed by gzip.
    const std::string packed("\x1F\x8B\x08\0\0\0\0\0\x02\x03\x4B\x4B\x4D\x4D\x01\0\xAB\x44\x40\x23\x04\0\0\0", 24);
    CHECK(gunzip("plain <rss/>", 1000) == std::optional<std::string>("plain <rss/>"));
    CHECK(gunzip(packed, 1000) == std::optional<std::string>("feed"));
    CHECK_FALSE(gunzip(packed, 3));
    CHECK_FALSE(gunzip(packed.substr(0, 12), 1000));
    CHECK_FALSE(gunzip(std::string("\x1F\x8B") + "nonsense", 1000));
}

TEST_CASE("markup becomes what a person reads", "[rss]") {
    CHECK(html_to_text("plain 3 > 2") == "plain 3 > 2");
    CHECK(html_to_text("<p>a</p><p>b<br>c</p>") == "a\nb\nc");
    CHECK(html_to_text("<ul><li>x<li>y</ul>&copy;&nbsp;z") == "x\ny\n©\xC2\xA0z");
    CHECK(html_to_text("<style>p{}</style>seen<!-- hidden -->") == "seen");
    CHECK(html_to_text(std::string(5000, '<') + "x").size() < 6000);
    std::string deep;
    for (int i = 0; i < 5000; ++i) deep += "<div>";
    CHECK_NOTHROW(html_to_text(deep + "x"));
}

TEST_CASE("every feed of the public collection parses sensibly", "[rss]") {
    const auto folder = fs::path(LARUM_SOURCE_DIR).parent_path() / "shared/specs/rss-atom/fixtures";
    if (!fs::exists(folder)) {
        WARN("skipped: no feeds at ../shared/specs/rss-atom/fixtures");
        return;
    }
    int feeds = 0, with_items = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        INFO(entry.path().filename());
        const auto feed = parse_feed(slurp(entry.path()), "");
        const auto bytes = slurp(entry.path());
        const bool empty = entry.path().filename().string().find("empty_document") != std::string::npos;
        CHECK((feed.has_value() || empty));
        if (!feed) continue;
        ++feeds;
        const bool says_item = bytes.find("<item") != bytes.npos || bytes.find("<entry") != bytes.npos || bytes.find(":item") != bytes.npos;
        CHECK((!says_item || !feed->items.empty()));
        with_items += !feed->items.empty();
        for (const auto& item : feed->items) {
            CHECK(item.text.find("<div") == std::string::npos);
            // An item that its feed gives a text, title, link or id has an id here.
            CHECK((!item.id.empty() || (item.text.empty() && item.title.empty() && item.link.empty())));
        }
    }
    WARN(feeds << " feeds read, " << with_items << " with items");
}

TEST_CASE("a feed that shows nothing of the last reading may have lost items: a gap from the newest to the oldest", "[rss]") {
    int first = 1, last = 8;
    Source source([&](const auto&) {
        std::string body = "<rss version=\"2.0\"><channel>";
        for (int i = last; i >= first; --i)
            body += "<item><guid>t" + std::to_string(i) + "</guid><title>x</title><pubDate>Sun, 05 Apr 2026 08:" + (i < 10 ? "0" : "") + std::to_string(i) +
                    ":00 GMT</pubDate></item>";
        return HttpAnswer{200, {}, body + "</channel></rss>"};
    });
    CHECK(source.poll().page.gaps.empty()); // the first reading knows nothing
    first = 8, last = 15;
    CHECK(source.poll().page.gaps.empty()); // one is still there
    CHECK(source.poll().page.gaps.empty());
    first = 30, last = 37;
    const auto gaps = source.poll().page.gaps;
    REQUIRE(gaps.size() == 1);
    CHECK(format_time(gaps[0].from) == "2026-04-05T08:15:00Z");
    CHECK(format_time(gaps[0].to) == "2026-04-05T08:30:00Z");
    CHECK(source.poll().page.gaps.empty());
    first = 50, last = 52; // too few to say anything
    CHECK(source.poll().page.gaps.empty());
}
