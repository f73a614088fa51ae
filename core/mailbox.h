#pragma once

#include "core/error.h"
#include "core/time.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace larum {

struct MailboxAccess {
    std::string server; ///< «imaps://imap.example.org:993» or «imap://…», which asks for STARTTLS
    std::string folder = "INBOX";
    std::string user;
    std::string password;
    std::string ca_file;         ///< certificates to trust instead of the system's; empty: the system's
    bool without_tls = false;    ///< imap:// may go without STARTTLS: for loopback
    bool private_allowed = false;
    Span timeout = std::chrono::seconds{30}; ///< of each command
};

/// Where reading stands: a UID means something only together with its UIDVALIDITY.
struct MailboxPlace {
    std::uint32_t validity = 0; ///< 0: never read
    std::uint32_t last = 0;     ///< UID of the last mail that was read
};

struct MailboxRead {
    MailboxPlace place;
    struct Mail {
        std::uint32_t uid = 0;
        std::string bytes; ///< RFC 5322; cut at `bytes_max`
    };
    std::vector<Mail> mails; ///< in order of arrival
    bool more = false;
};

/// The server took the connection and not the name or password.
class SignInRefused : public Error {
public:
    explicit SignInRefused(const std::string& text) : Error(Kind::refused, text) {}
};

/// Reads mail by IMAP. One connection a call; nothing is moved or deleted, what was read is marked as read.
class Mailbox {
public:
    virtual ~Mailbox() = default;

    /// At most `most` (and 1 MiB each) mails that arrived after `place`; those since the day of `since` when the mailbox was never read or
    /// its UIDs were given anew. Throws Error: unreachable, refused (address not allowed, SignInRefused), input (no such folder, or an
    /// answer that makes no sense). No text of an error names a mail.
    virtual MailboxRead read(const MailboxAccess& access, const MailboxPlace& place, Time since, std::size_t most, std::size_t bytes_max) = 0;
};

/// The real one, on libcurl.
std::unique_ptr<Mailbox> make_mailbox();

} // namespace larum
