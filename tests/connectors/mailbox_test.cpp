#include "connectors/connector.h"
#include "connectors/shared/mime.h"
#include "core/mailbox.h"
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
