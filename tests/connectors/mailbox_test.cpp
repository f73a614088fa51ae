#include "connectors/connector.h"
#include "connectors/shared/mime.h"
#include "core/mailbox.h"
#include "core/link_key.h"
#include "core/reported.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <cstdlib>

using namespace larum;
using namespace larum::connectors;
using namespace larum::test;

namespace {

const Time now = *parse_time("2026-04-05T12:00:00Z");

/// A mailbox that holds what the test put in, and fails when told.
class ScriptedMailbox final : public Mailbox {
public:
    MailboxRead read(const MailboxAccess& access, const MailboxPlace& place, Time since, std::size_t most, std::size_t) override {
        asked = access;
        first_since = since;
        if (fails) std::rethrow_exception(fails);
        MailboxRead read;
        read.place = {validity, place.validity == validity ? place.last : 0};
        for (const auto& [uid, bytes] : mails) {
            if (uid <= read.place.last) continue;
            if (read.mails.size() == most) {
                read.more = true;
                break;
            }
            read.mails.push_back({uid, bytes});
        }
        if (!read.mails.empty()) read.place.last = read.mails.back().uid;
        return read;
    }
    std::uint32_t validity = 7;
    std::vector<std::pair<std::uint32_t, std::string>> mails;
    std::exception_ptr fails;
    MailboxAccess asked;
    Time first_since{};
};

std::string mail(const std::string& from, const std::string& more_headers, const std::string& body) {
    return "From: " + from + "\r\nTo: larum-report@acme.example\r\nSubject: =?UTF-8?Q?Zg=C5=82oszenie?=\r\nMessage-ID: <m1@acme.example>\r\n"
           "Date: Sun, 05 Apr 2026 11:30:00 +0200\r\n" + more_headers + "\r\n" + body;
}

struct Source {
    explicit Source(const std::string& more = "") {
        ::setenv("LARUM_TEST_SECRET", "very-secret", 1);
        config::Problems problems;
        const auto table = "server = \"imaps://imap.acme.example:993\"\nuser = \"larum-report\"\npassword = \"env:LARUM_TEST_SECRET\"\n"
                           "from = [\"ACME.example\", \"ola@partner.example\"]\n" + more;
        connector = find_kind("mailbox")->make(config::parse_toml(table, "test"), {"private_allowed"}, problems, {http, &box}).connector;
        REQUIRE(problems.empty());
    }
    PollResult poll() {
        Session session;
        Call call{now, session};
        auto result = connector->poll(stream, call);
        if (result.page.cursor) stream.cursor = *result.page.cursor;
        return result;
    }
    ScriptedHttp http{[](const HttpRequest&) -> HttpAnswer { throw std::logic_error("a mailbox asks nothing by HTTP"); }};
    ScriptedMailbox box;
    std::unique_ptr<Connector> connector;
    Stream stream{"mail", "", {}};
};

const std::string anna = "Anna =?utf-8?B?UHJ6eWvFgmFk?= <Anna@acme.example>";

} // namespace

TEST_CASE("a mail with a link and words becomes a post that says who handed it in", "[mailbox]") {
    Source source;
    source.box.mails = {{3, mail(anna, "", "Widziane w grupie:\r\nhttps://www.facebook.com/groups/1/posts/2/?fbclid=abc#x\r\nTrzeci raz piszę i cisza.\r\n-- \r\nAnna\r\ntel. 600\r\n")}};

    const auto page = source.poll().page;

    REQUIRE(page.posts.size() == 1);
    const auto& post = page.posts[0];
    CHECK(post.platform == "facebook");
    CHECK(post.url == "https://www.facebook.com/groups/1/posts/2/");
    CHECK(post.id.starts_with("reported:"));
    CHECK(post.reported_by == "Anna Przykład, by mail");
    CHECK(post.text == "Widziane w grupie:\nhttps://www.facebook.com/groups/1/posts/2/?fbclid=abc#x\nTrzeci raz piszę i cisza.");
    CHECK(format_time(post.posted_at) == "2026-04-05T09:30:00Z");
    CHECK(post.author.id.empty());
    CHECK(source.poll().page.posts.empty()); // it is read once
}

TEST_CASE("a mail from somebody who is not listed, a machine or a list is counted and not kept", "[mailbox]") {
    Source source;
    source.box.mails = {
        {1, mail("Evil <anna@acme.example.evil.example>", "", "https://wykop.pl/link/1 zle")},
        {2, mail("\"anna@acme.example\" <x@evil.example>", "", "https://wykop.pl/link/1 zle")},
        {3, mail("anna@acme.example, x@evil.example", "", "https://wykop.pl/link/1 zle")},
        {4, mail("A <anna@acme.example> <x@evil.example>", "", "https://wykop.pl/link/1 zle")},
        {5, mail("ola@PARTNER.example", "Auto-Submitted: auto-replied\r\n", "https://wykop.pl/link/1 zle")},
        {6, mail(anna, "Precedence: bulk\r\n", "https://wykop.pl/link/1 zle")},
        {7, mail("", "", "https://wykop.pl/link/1 zle")},
        {8, mail("ola@PARTNER.example", "Auto-Submitted: no\r\n", "https://wykop.pl/link/1 zle")},
    };
    const auto page = source.poll().page;
    REQUIRE(page.posts.size() == 1);
    CHECK(page.posts[0].platform == "wykop");
    CHECK(page.posts[0].reported_by == "ola, by mail");
    CHECK(page.unknown.size() == 7);
    CHECK(page.rejected.empty()); // strangers' mail is nobody's dead letter
}

TEST_CASE("with the mail server's own word a forged sender is not believed", "[mailbox]") {
    Source source("authenticated_by = \"mx.acme.example\"\n");
    source.box.mails = {
        {1, mail(anna, "", "https://x.com/a/status/1 a")},
        {2, mail(anna, "Authentication-Results: mx.evil.example; dmarc=pass\r\n", "https://x.com/a/status/2 b")},
        {3, mail(anna, "Authentication-Results: mx.acme.example.evil; dmarc=pass\r\n", "https://x.com/a/status/3 c")},
        {4, mail(anna, "Authentication-Results: mx.acme.example; spf=pass;\r\n dmarc=fail\r\n", "https://x.com/a/status/4 d")},
        {5, mail(anna, "Authentication-Results: mx.acme.example; dkim=pass;\r\n dmarc=pass header.from=acme.example\r\n", "https://x.com/a/status/5 e")},
    };
    const auto page = source.poll().page;
    REQUIRE(page.posts.size() == 1);
    CHECK(page.posts[0].url == "https://x.com/a/status/5");
    CHECK(page.posts[0].platform == "x");
}

TEST_CASE("what a sender chose to be called is not the mail server's word", "[mailbox]") {
    Source source("authenticated_by = \"MX.acme.example\"\n");
    const std::string by = "Authentication-Results: mx.acme.example";
    source.box.mails = {
        {1, mail(anna, by + "; spf=pass smtp.mailfrom=dmarc=pass@evil.example; dmarc=fail header.from=acme.example\r\n", "https://x.com/a/status/1 a")},
        {2, mail(anna, by + "; spf=pass smtp.mailfrom=\"x; dmarc=pass \"@evil.example; dmarc=fail\r\n", "https://x.com/a/status/2 b")},
        {3, mail(anna, by + "; spf=pass (evil.example: a \\) of; dmarc=pass (x) y); dmarc=fail\r\n", "https://x.com/a/status/3 c")},
        {4, mail(anna, by + "; dmarc=passed\r\n", "https://x.com/a/status/4 d")},
        {5, mail(anna, by + " 1; spf=pass (sender is \"ok\") smtp.mailfrom=\"a b\"@acme.example; DMARC=Pass(p=REJECT)\r\n header.from=acme.example\r\n", "https://x.com/a/status/5 e")},
    };
    const auto page = source.poll().page;
    REQUIRE(page.posts.size() == 1);
    CHECK(page.posts[0].url == "https://x.com/a/status/5");
}

TEST_CASE("mails are read on from where they were left, anew when their numbers are", "[mailbox]") {
    Source source;
    for (std::uint32_t uid = 1; uid <= 45; ++uid) source.box.mails.emplace_back(uid, mail(anna, "", "https://t.me/kanal/" + std::to_string(uid) + " slowa"));
    CHECK(source.poll().page.more);
    CHECK(source.poll().page.more);
    const auto last = source.poll().page;
    CHECK_FALSE(last.more);
    CHECK(last.posts.size() == 5);
    CHECK(source.stream.cursor == R"({"last":45,"validity":7})");
    source.box.validity = 8;
    CHECK(source.poll().page.posts.size() == 20); // the posts are known by their ids
    source.stream.cursor = "nonsense";
    CHECK(source.poll().page.posts.size() == 20);
}

TEST_CASE("a mailbox that fails says how", "[mailbox]") {
    const auto [error, ending] = GENERATE(std::pair{std::make_exception_ptr(SignInRefused("imap.acme.example: name or password were refused")), Ending::reauth},
                                          std::pair{std::make_exception_ptr(Error(Error::Kind::unreachable, "imap.acme.example: timeout")), Ending::later},
                                          std::pair{std::make_exception_ptr(Error(Error::Kind::refused, "imap.acme.example: no TLS")), Ending::broken},
                                          std::pair{std::make_exception_ptr(Error(Error::Kind::input, "imap.acme.example: no folder")), Ending::broken});
    Source source;
    source.box.fails = error;
    const auto result = source.poll();
    CHECK(result.outcome.ending == ending);
    CHECK_FALSE(result.page.cursor);
    CHECK(result.outcome.reason.find("very-secret") == std::string::npos);
    CHECK(source.box.asked.password == "very-secret");
    CHECK(source.box.first_since == now - std::chrono::hours{24 * 7});
}

TEST_CASE("settings of a mailbox that would believe everybody are refused", "[mailbox]") {
    const auto problems_of = [](const std::string& more) {
        config::Problems problems;
        ScriptedHttp http([](const HttpRequest&) { return HttpAnswer{}; });
        find_kind("mailbox")->make(config::parse_toml("user = \"u\"\npassword = \"env:LARUM_TEST_SECRET\"\n" + more, "test"), {}, problems, {http});
        return !problems.empty();
    };
    CHECK(problems_of("server = \"imaps://a.example\"\nfrom = []\n"));
    CHECK(problems_of("server = \"imaps://a.example\"\nfrom = [\"*\"]\n"));
    CHECK(problems_of("server = \"imaps://a.example\"\nfrom = [\"com\"]\n"));
    CHECK(problems_of("server = \"https://a.example\"\nfrom = [\"a.example\"]\n"));
    CHECK(problems_of("server = \"imaps://u:p@a.example\"\nfrom = [\"a.example\"]\n"));
    CHECK_FALSE(problems_of("server = \"imaps://a.example:993\"\nfrom = [\"a.example\"]\n"));
}

TEST_CASE("a mail is read as a person reads it", "[mailbox][mime]") {
    const auto many = read_mail("From: a@b.example\nContent-Type: multipart/mixed; boundary=\"xx\"\n\n--xx\nContent-Type: multipart/alternative; boundary=yy\n\n"
                                "--yy\nContent-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\n\nza=BF=F3=B3=E6 =\ndalej\n"
                                "--yy\nContent-Type: text/html\n\n<p>HTML</p>\n--yy--\n--xx\nContent-Type: image/png\nContent-Disposition: attachment\n\nAAAA\n"
                                "--xx\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nsecret file\n"
                                "--xx\nContent-Type: message/rfc822\n\nFrom: c@d.example\nSubject: x\n\nforwarded words\n--xx--\n");
    CHECK(many.text == "zażółć dalej\n\nforwarded words");
    CHECK(many.from_address == "a@b.example");
    CHECK(read_mail("Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPHA+Q3plxZvEhzxicj5BbmlhPC9wPg==\n").text == "Cześć\nAnia");
    CHECK(read_mail("Subject: =?utf-8?Q?a_b?= =?utf-8?B?xIc=?= c\n\nx").subject == "a bć c");
    CHECK(read_mail("Subject: =?broken?Q?a\n\nx").subject == "=?broken?Q?a");
    CHECK(read_mail("").text.empty());
    CHECK(read_mail("no headers at all").text.empty());
    CHECK(read_mail("From: \"A \\\"B\\\" <C>\" <d@e.example>\n\nx").from_address.empty()); // two addresses: whose is it?
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "Content-Type: multipart/mixed; boundary=b\n\n--b\n";
    CHECK_NOTHROW(read_mail(deep));
    CHECK(read_mail("Content-Type: text/plain\n\n" + std::string(1 << 20, 'a')).text.size() <= (64u << 10));
    CHECK_NOTHROW(read_mail("Content-Type: text/plain; charset=no-such-thing\n\n\xff\xfe"));
}

TEST_CASE("the platform of a post that is handed in is its link's", "[reported]") {
    CHECK(platform_of_link("https://m.facebook.com/x") == "facebook");
    CHECK(platform_of_link("https://notfacebook.com/x") == "web");
    CHECK(platform_of_link("https://facebook.com.evil.example/x") == "web");
    CHECK(platform_of_link("https://facebook.com@evil.example/x") == "web");
    CHECK(platform_of_link("https://youtu.be/abc") == "youtube");
    CHECK(platform_of_link("http://www.tiktok.com/@a/video/1") == "tiktok");
    CHECK(platform_of_link("nothing") == "web");
    CHECK(first_link("(see https://wykop.pl/link/1, now)") == "https://wykop.pl/link/1");
    CHECK(first_link("httpsx https:// http://a.example") == "http://a.example");
    CHECK(first_link("javascript:alert(1)").empty());
    CHECK(reported_post("https://a.example/p?utm_source=x&id=2&fbclid=y#z").url == "https://a.example/p?id=2");
    CHECK(reported_post("https://a.example/p?id=2").id == reported_post("https://a.example/p?id=2#top").id);
    CHECK(reported_post("https://a.example/p?id=2").id != reported_post("https://a.example/p?id=3").id);
}

TEST_CASE("all addresses of one post have one key", "[reported]") {
    const auto same = [](const std::string& key, const std::vector<std::string>& urls) {
        for (const auto& url : urls) {
            INFO(url);
            CHECK(link_key(url) == key);
        }
    };
    same("x/189", {"https://x.com/ania_n/status/189", "http://twitter.com/ania_n/status/189?s=20&t=abc", "https://mobile.twitter.com/ania_n/status/189/photo/1",
                   "https://x.com/i/status/189", "https://x.com/i/web/status/189/"});
    same("youtube/dQw_4", {"https://www.youtube.com/watch?v=dQw_4&t=12s", "https://youtu.be/dQw_4?si=x", "https://m.youtube.com/shorts/dQw_4"});
    same("youtube/dQw_4/c/Ugx.1", {"https://www.youtube.com/watch?v=dQw_4&lc=Ugx.1"});
    same("reddit/1abc", {"https://www.reddit.com/r/acme/comments/1abc/a_title/", "https://old.reddit.com/r/acme/comments/1abc", "https://redd.it/1abc"});
    same("reddit/1abc/c/k9", {"https://www.reddit.com/r/acme/comments/1abc/a_title/k9/?context=3"});
    same("instagram/Cxy", {"https://www.instagram.com/p/Cxy/?igsh=abc", "https://instagram.com/ania/reel/Cxy"});
    same("instagram/c/178", {"https://www.instagram.com/p/Cxy/c/178/"});
    same("facebook/455", {"https://www.facebook.com/acme/posts/455", "https://m.facebook.com/acme/posts/a-title/455/?__tn__=x&mibextid=y",
                          "https://www.facebook.com/permalink.php?story_fbid=455&id=9", "https://www.facebook.com/groups/12/permalink/455/",
                          "https://www.facebook.com/watch/?v=455"});
    same("facebook/c/78", {"https://www.facebook.com/acme/posts/455?comment_id=78", "https://www.facebook.com/permalink.php?story_fbid=455&id=9&comment_id=12&reply_comment_id=78"});
    same("threads/Dab", {"https://www.threads.net/@ania/post/Dab", "https://www.threads.com/@ania/post/Dab?xmt=1"});
    same("bluesky/ania.example/3k", {"https://bsky.app/profile/ania.example/post/3k"});
    same("tiktok/77", {"https://www.tiktok.com/@ania/video/77?is_from_webapp=1"});
    same("trustpilot/6f", {"https://www.trustpilot.com/reviews/6f", "https://pl.trustpilot.com/reviews/6f?utm_medium=x"});
    same("telegram/acme/7", {"https://t.me/acme/7", "https://t.me/s/acme/7?single"});
    same("telegram/c/123/7", {"https://t.me/c/123/7"});
    same("linkedin/activity:7", {"https://www.linkedin.com/feed/update/urn:li:activity:7/", "https://www.linkedin.com/posts/ania_late-again-activity-7-aBcd?utm_source=share"});
    same("forum.example/t/12/3", {"https://forum.example/t/late-parcels/12/3", "http://www.forum.example/t/12/3?u=ania"});
    same("forum.example/t/12/1", {"https://forum.example/t/late-parcels/12", "https://forum.example/t/late-parcels/12/1/"});
    same("social.example/@ania/11", {"https://social.example/@ania/11", "http://www.social.example/@ania/11/#top"});
    same("blog.example/p&a=1&b=2", {"https://blog.example/p?b=2&a=1&fbclid=z", "https://blog.example/p/?a=1&utm_campaign=x&b=2"});
    same("board.example/topic&t=1#p55", {"https://board.example/topic?t=1#p55"});
}

TEST_CASE("a link that names no single post has no key", "[reported]") {
    for (const std::string url : {"", "nothing", "https://shop.example", "https://shop.example/", "https://www.facebook.com/acme", "https://x.com/ania_n", "https://www.instagram.com/acme/",
                                  "https://www.youtube.com/@acme", "https://fb.watch/abc/", "https://vm.tiktok.com/ZM1/", "https://www.reddit.com/r/acme/s/Ab12",
                                  "https://apps.apple.com/app/id1?see-all=reviews", "https://play.google.com/store/apps/details?id=com.acme", "https://t.me/acme",
                                  "https://www.linkedin.com/company/acme", "https://x.com/ania/status/", "https://x.com/ania/status/abc"}) {
        INFO(url);
        CHECK(link_key(url).empty());
    }
    CHECK(reported_post("https://www.facebook.com/acme").id != reported_post("https://www.facebook.com/acme2").id);
    CHECK(reported_post("https://m.facebook.com/acme/posts/455").id == reported_post("https://www.facebook.com/permalink.php?story_fbid=455").id);
}

TEST_CASE("a comment is not found by the address of what it stands under", "[reported]") {
    Post comment;
    comment.kind = PostKind::comment;
    comment.platform = "linkedin";
    comment.url = "https://www.linkedin.com/feed/update/urn:li:share:7";
    CHECK(link_key(comment).empty());
    comment.platform = "facebook";
    comment.id = "455_78";
    comment.url = "https://www.facebook.com/acme/posts/455";
    CHECK(link_key(comment) == link_key("https://www.facebook.com/acme/posts/455?comment_id=78"));
    comment.platform = "youtube";
    comment.url = "https://www.youtube.com/watch?v=dQw_4&lc=Ugx.1";
    CHECK(link_key(comment) == "youtube/dQw_4/c/Ugx.1");
    comment.platform = "mastodon";
    comment.url = "https://social.example/@ania/11";
    CHECK(link_key(comment) == "social.example/@ania/11");

    Post review;
    review.kind = PostKind::review;
    review.platform = "google_business";
    review.url = "https://search.example/local/reviews?placeid=1";
    CHECK(link_key(review).empty());
}
