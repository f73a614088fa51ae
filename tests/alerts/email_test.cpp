#include "alerts/made.h"
#include "alerts/shared/mail.h"
#include "core/crypto.h"
#include "support/catch.h"
#include "support/smtp_server.h"

#include <sstream>

using namespace larum;
using namespace larum::test;
using alerts::Ending;

namespace {

const Time now = *parse_time("2026-04-14T10:00:00Z");

alerts::Outcome send(const SmtpServer& server, const alerts::Message& message, const std::string& more = "") {
    ScriptedHttp none([](const auto&) { return HttpAnswer{}; });
    const auto channel = make_channel("email",
                                      "server = \"localhost:" + std::to_string(server.port()) + "\"\nfrom = \"larum@acme.example\"\n" +
                                          "to = \"care@acme.example\"\nprivate_allowed = true\nca_file = \"" + server.ca_file() + "\"\n" + more,
                                      none);
    return channel->send(message, "", "", now);
}

bool holds(const std::string& whole, const std::string& part) { return whole.find(part) != std::string::npos; }

/// The first body part, decoded.
std::string plain_part(const std::string& mail) {
    const auto begin = mail.find("base64\r\n\r\n") + 10;
    std::string body = mail.substr(begin, mail.find("\r\n--", begin) - begin), packed;
    for (const char c : body)
        if (c != '\r' && c != '\n') packed += c;
    return from_base64(packed);
}

} // namespace

TEST_CASE("a mail goes out under TLS with a constant id and says that no answer is wanted", "[alerts][email]") {
    SmtpServer server({});

    const auto outcome = send(server, small_message());

    INFO(outcome.reason);
    REQUIRE(outcome.ending == Ending::delivered);
    const auto mail = server.mails().at(0);
    CHECK(mail.encrypted);
    CHECK(holds(mail.from, "<larum@acme.example>"));
    CHECK(holds(mail.to, "<care@acme.example>"));
    CHECK(holds(mail.text, "Message-ID: <larum-alert-7001@acme.example>\r\n"));
    CHECK(holds(mail.text, "Auto-Submitted: auto-generated\r\n"));
    CHECK(holds(mail.text, "Precedence: bulk\r\n"));
    CHECK(holds(plain_part(mail.text), "I have called three times."));
}

TEST_CASE("without STARTTLS no mail leaves", "[alerts][email]") {
    SmtpServer server({.offers_starttls = false});

    const auto outcome = send(server, small_message());

    CHECK(outcome.ending == Ending::refused);
    CHECK(holds(outcome.reason, "STARTTLS"));
    CHECK(server.mails().empty());
    CHECK(send(server, small_message(), "security = \"none\"\n").ending == Ending::delivered);
}

TEST_CASE("4xx is later and 5xx refused, and neither is quoted", "[alerts][email]") {
    const auto [answer, ending] = GENERATE(std::pair{"451 4.7.1 care@acme.example greylisted", Ending::later},
                                           std::pair{"550 5.1.1 care@acme.example unknown", Ending::refused});
    SmtpServer server({.answer_to_recipient = answer});

    const auto outcome = send(server, small_message());

    CHECK(outcome.ending == ending);
    CHECK_FALSE(holds(outcome.reason, "acme"));
}

TEST_CASE("a mail that was taken without a word may have arrived", "[alerts][email]") {
    SmtpServer server({.silent_after_mail = true});

    CHECK(send(server, small_message()).ending == Ending::unknown);
}

TEST_CASE("a certificate that nobody vouches for and a private address are refused", "[alerts][email]") {
    SmtpServer server({});
    ScriptedHttp none([](const auto&) { return HttpAnswer{}; });
    const auto table = "server = \"localhost:" + std::to_string(server.port()) + "\"\nfrom = \"a@acme.example\"\nto = \"b@acme.example\"\n";

    CHECK(make_channel("email", table + "private_allowed = true\n", none)->send(small_message(), "", "", now).ending == Ending::refused);
    const auto outcome = make_channel("email", table, none)->send(small_message(), "", "", now);
    CHECK(outcome.ending == Ending::refused);
    CHECK(holds(outcome.reason, "private_allowed"));
    CHECK(server.mails().empty());
}

TEST_CASE("hostile text cannot add a header, end the mail or make a long line", "[alerts][email]") {
    auto message = small_message();
    message.lines.at(0).text = "Zażółć\r\nBcc: all@acme.example\r\n\r\n<b>x</b> " + std::string(5000, 'x');
    message.lines.at(1).text = "\r\n.\r\nMAIL FROM:<x@acme.example>\r\n<script>alert(1)</script>\" onclick=\"x";
    message.brand = "a\r\nX-Evil: 1";

    const auto mail = alerts::write_mail(message, {"larum@acme.example", "lar\r\num\" <x@y.example>", "care@acme.example"}, now);

    std::istringstream in(mail);
    std::string line;
    bool in_headers = true;
    while (std::getline(in, line)) {
        CHECK(line.size() <= 200);
        CHECK(line.back() == '\r');
        if (line == "\r") in_headers = false;
        if (in_headers) CHECK_FALSE((holds(line, "Bcc:") || holds(line, "X-Evil") || holds(line, "<x@y")));
        CHECK(line != ".\r");
    }
    CHECK_FALSE(holds(mail, "<script>"));
}

TEST_CASE("only plain mail addresses are taken", "[alerts][email]") {
    CHECK(alerts::is_mail_address("care+urgent@acme.example"));
    for (const auto* wrong : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a@b>"})
        CHECK_FALSE(alerts::is_mail_address(wrong));
}
