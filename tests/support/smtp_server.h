#pragma once

#include <memory>
#include <string>
#include <vector>

namespace larum::test {

/// A mail server on a free loopback port that takes one mail after another, with STARTTLS under a certificate of its
/// own for «localhost». Stops when it is destroyed.
class SmtpServer {
public:
    struct Script {
        bool offers_starttls = true;
        std::string answer_to_recipient = "250 ok";
        std::string answer_to_mail = "250 queued";
        bool silent_after_mail = false; ///< takes the mail and hangs up without a word
    };
    explicit SmtpServer(Script script);
    ~SmtpServer();
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;

    int port() const;
    const std::string& ca_file() const; ///< what its certificate is checked with
    struct Mail {
        std::string from, to, text;
        bool encrypted = false;
    };
    std::vector<Mail> mails() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace larum::test
