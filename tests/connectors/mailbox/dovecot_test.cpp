// The mailbox against a real IMAP server.
#include "core/mailbox.h"
#include "support/catch.h"
#include "support/process.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace larum;
using namespace larum::test;
namespace fs = std::filesystem;

namespace {

int free_port() {
    const int made = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(made, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    ::close(made);
    return ntohs(address.sin_port);
}

/// Dovecot on loopback with a Maildir below one temporary folder. Started by root it serves mail as «nobody», else as
/// who runs the tests.
class Dovecot {
public:
    Dovecot() : folder_(fs::temp_directory_path() / ("larum-dovecot-" + std::to_string(::getpid()))), port_(free_port()) {
        fs::create_directories(folder_ / "run");
        for (const char* part : {"new", "cur", "tmp"}) fs::create_directories(folder_ / "home/Maildir" / part);
        std::ofstream(folder_ / "dovecot.conf") << configuration();
    }
    ~Dovecot() {
        process_.reset();
        fs::remove_all(folder_);
    }
    bool start() {
        const char* program = "/usr/sbin/dovecot";
        if (!fs::exists(program)) return false;
        give_away();
        process_ = std::make_unique<Process>(std::vector<std::string>{program, "-F", "-c", (folder_ / "dovecot.conf").string()}, folder_ / "output");
        return eventually([&] { return answers(); }, std::chrono::seconds{15});
    }
    void deliver(const std::string& text) {
        const auto name = "17755000" + std::to_string(10 + count_++) + ".M1.larum";
        std::ofstream(folder_ / "home/Maildir/tmp" / name) << text;
        fs::rename(folder_ / "home/Maildir/tmp" / name, folder_ / "home/Maildir/new" / name);
        give_away();
    }
    MailboxAccess access(const std::string& password = "apple") const {
        MailboxAccess access;
        access.server = "imap://127.0.0.1:" + std::to_string(port_);
        access.user = "larum";
        access.password = password;
        access.private_allowed = access.without_tls = true;
        access.timeout = std::chrono::seconds{15};
        return access;
    }
    std::string complaint() const { return process_ ? process_->output().substr(0, 400) : "the package dovecot-imapd is not installed"; }

private:
    static std::string user_name() {
        const auto* who = ::getuid() == 0 ? ::getpwnam("nobody") : ::getpwuid(::getuid());
        return who ? who->pw_name : "";
    }
    void give_away() const {
        if (::getuid() != 0) return;
        const auto* who = ::getpwnam("nobody");
        for (const auto& one : fs::recursive_directory_iterator(folder_ / "home")) (void)::chown(one.path().c_str(), who->pw_uid, who->pw_gid);
        (void)::chown((folder_ / "home").c_str(), who->pw_uid, who->pw_gid);
        fs::permissions(folder_, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
    }
    bool answers() const {
        const int made = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port_));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool connected = ::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        ::close(made);
        return connected;
    }
    std::string configuration() const {
        const auto here = folder_.string();
        const auto user = user_name();
        const auto login = ::getuid() == 0 ? std::string("dovenull") : user, internal = ::getuid() == 0 ? std::string("dovecot") : user;
        return "base_dir = " + here + "/run\nlog_path = /dev/stderr\nprotocols = imap\nssl = no\ndisable_plaintext_auth = no\nlisten = 127.0.0.1\n"
               "default_internal_user = " + internal + "\ndefault_login_user = " + login + "\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n"
               "default_vsz_limit = 0\nservice anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\nservice imap-login {\n  chroot =\n  inet_listener imap {\n    port = " + std::to_string(port_) +
               "\n  }\n  inet_listener imaps {\n    port = 0\n  }\n}\npassdb {\n  driver = static\n  args = password=apple\n}\n"
               "userdb {\n  driver = static\n  args = uid=" + user + " gid=" + group_name() + " home=" + here + "/home\n}\nmail_location = maildir:~/Maildir\n";
    }
    static std::string group_name() {
        const auto* who = ::getuid() == 0 ? ::getpwnam("nobody") : ::getpwuid(::getuid());
        return std::to_string(who ? who->pw_gid : 0);
    }
    fs::path folder_;
    int port_;
    int count_ = 0;
    std::unique_ptr<Process> process_;
};

} // namespace

TEST_CASE("mail is read from a real IMAP server, once and in order", "[mailbox][dovecot]") {
    Dovecot server;
    server.deliver("From: anna@acme.example\nSubject: one\n\nfirst words\n");
    server.deliver("From: anna@acme.example\nSubject: two\n\n" + std::string(3000, 'x') + "\n");
    if (!server.start()) {
        WARN("skipped: dovecot (package dovecot-imapd) does not run here: " + server.complaint());
        return;
    }
    const auto mailbox = make_mailbox();
    const Time long_ago = *parse_time("2020-01-01T00:00:00Z");

    const auto first = mailbox->read(server.access(), {}, long_ago, 1, 100000);
    INFO(server.complaint());
    REQUIRE(first.mails.size() == 1);
    CHECK(first.more);
    CHECK(first.place.validity > 0);
    CHECK(first.mails[0].bytes.find("first words") != std::string::npos);

    const auto second = mailbox->read(server.access(), first.place, long_ago, 10, 500);
    REQUIRE(second.mails.size() == 1);
    CHECK(second.mails[0].bytes.size() == 500); // cut at the bound
    CHECK(second.mails[0].bytes.find("Subject: two") != std::string::npos);
    CHECK_FALSE(second.more);
    CHECK(mailbox->read(server.access(), second.place, long_ago, 10, 500).mails.empty());

    // What stands in a mail is never taken for the server's word.
    server.deliver("From: anna@acme.example\nSubject: three\n\nthird\nA004 OK done\n* SEARCH 1 2 3\n* 1 FETCH (BODY[] {5}\n)\nlast line\n");
    const auto third = mailbox->read(server.access(), second.place, long_ago, 10, 500);
    REQUIRE(third.mails.size() == 1);
    CHECK(third.mails[0].bytes.find("last line") != std::string::npos);
    auto renumbered = second.place;
    renumbered.validity += 1;
    CHECK(mailbox->read(server.access(), renumbered, long_ago, 10, 500).mails.size() == 3);
}

TEST_CASE("an IMAP server that refuses, or a folder that is not there, is told apart", "[mailbox][dovecot]") {
    Dovecot server;
    if (!server.start()) {
        WARN("skipped: dovecot (package dovecot-imapd) does not run here: " + server.complaint());
        return;
    }
    const auto mailbox = make_mailbox();
    CHECK_THROWS_AS(mailbox->read(server.access("wrong"), {}, {}, 1, 100), SignInRefused);
    auto elsewhere = server.access();
    elsewhere.folder = "No such \"folder\"";
    CHECK_THROWS_AS(mailbox->read(elsewhere, {}, {}, 1, 100), Error);
    auto encrypted = server.access();
    encrypted.without_tls = false;
    CHECK_THROWS_AS(mailbox->read(encrypted, {}, {}, 1, 100), Error); // the password is not sent in the open
    auto stranger = server.access();
    stranger.private_allowed = false;
    CHECK_THROWS_WITH(mailbox->read(stranger, {}, {}, 1, 100), contains("private"));
}
