#include "support/smtp_server.h"

#include "support/database.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace larum::test {

namespace {

struct Certificate {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    X509* x509 = X509_new();
    Certificate() {
        X509_set_version(x509, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
        X509_gmtime_adj(X509_getm_notBefore(x509), -60);
        X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
        X509_set_pubkey(x509, key);
        auto* name = X509_get_subject_name(x509);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(x509, name);
        add(NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        add(NID_basic_constraints, "critical,CA:TRUE");
        X509_sign(x509, key, EVP_sha256());
    }
    ~Certificate() {
        X509_free(x509);
        EVP_PKEY_free(key);
    }
    void add(int kind, const char* value) {
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        X509_add_ext(x509, extension, -1);
        X509_EXTENSION_free(extension);
    }
    void write(const std::string& file) const {
        auto* out = std::fopen(file.c_str(), "w");
        PEM_write_X509(out, x509);
        std::fclose(out);
    }
};

/// One connection, plain at first.
class Line {
public:
    explicit Line(int socket) : socket_(socket) {}
    ~Line() {
        if (ssl_) SSL_free(ssl_);
        close(socket_);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    bool encrypted() const { return ssl_ != nullptr; }
    bool start_tls(SSL_CTX* context) {
        ssl_ = SSL_new(context);
        SSL_set_fd(ssl_, socket_);
        return SSL_accept(ssl_) == 1;
    }
    void say(const std::string& text) {
        const auto line = text + "\r\n";
        if (ssl_)
            SSL_write(ssl_, line.data(), static_cast<int>(line.size()));
        else
            send(socket_, line.data(), line.size(), MSG_NOSIGNAL);
    }
    /// Up to the end of a line; false when the other side is gone.
    bool hear(std::string& line) {
        for (;;) {
            const auto end = waiting_.find("\r\n");
            if (end != std::string::npos) {
                line = waiting_.substr(0, end);
                waiting_.erase(0, end + 2);
                return true;
            }
            char buffer[4096];
            const auto got = ssl_ ? SSL_read(ssl_, buffer, sizeof buffer) : static_cast<int>(recv(socket_, buffer, sizeof buffer, 0));
            if (got <= 0) return false;
            waiting_.append(buffer, static_cast<std::size_t>(got));
        }
    }

private:
    int socket_;
    SSL* ssl_ = nullptr;
    std::string waiting_;
};

} // namespace

struct SmtpServer::Impl {
    explicit Impl(Script with) : script(std::move(with)) {
        ca = (folder.path() / "ca.pem").string();
        certificate.write(ca);
        context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context, certificate.x509);
        SSL_CTX_use_PrivateKey(context, certificate.key);
        listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
        listen(listener, 8);
        socklen_t size = sizeof address;
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        thread = std::thread([this] { serve(); });
    }
    ~Impl() {
        stopping = true;
        thread.join();
        close(listener);
        SSL_CTX_free(context);
    }

    void serve() {
        while (!stopping) {
            pollfd waiting{listener, POLLIN, 0};
            if (poll(&waiting, 1, 50) <= 0) continue;
            const int client = accept(listener, nullptr, nullptr);
            if (client < 0) continue;
            const timeval longest{5, 0};
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
            Line line(client);
            talk(line);
        }
    }

    void talk(Line& line) {
        line.say("220 test ESMTP");
        Mail mail;
        std::string heard;
        while (line.hear(heard)) {
            const auto verb = heard.substr(0, 4);
            if (verb == "EHLO" || verb == "HELO") {
                line.say(script.offers_starttls && !line.encrypted() ? "250-test\r\n250 STARTTLS" : "250 test");
            } else if (verb == "STAR") {
                line.say("220 go ahead");
                if (!line.start_tls(context)) return;
            } else if (verb == "MAIL") {
                mail.from = heard;
                line.say("250 ok");
            } else if (verb == "RCPT") {
                mail.to = heard;
                line.say(script.answer_to_recipient);
            } else if (verb == "DATA") {
                line.say("354 go on");
                while (line.hear(heard) && heard != ".") mail.text += heard + "\r\n";
                mail.encrypted = line.encrypted();
                {
                    const std::lock_guard lock(mutex);
                    mails.push_back(mail);
                }
                if (script.silent_after_mail) return;
                line.say(script.answer_to_mail);
            } else if (verb == "QUIT") {
                line.say("221 bye");
                return;
            } else {
                line.say("250 ok");
            }
        }
    }

    Script script;
    TemporaryFolder folder;
    Certificate certificate;
    std::string ca;
    SSL_CTX* context = nullptr;
    int listener = -1;
    int port = 0;
    std::atomic<bool> stopping = false;
    mutable std::mutex mutex;
    std::vector<Mail> mails;
    std::thread thread;
};

SmtpServer::SmtpServer(Script script) : impl_(std::make_unique<Impl>(std::move(script))) {}
SmtpServer::~SmtpServer() = default;
int SmtpServer::port() const { return impl_->port; }
const std::string& SmtpServer::ca_file() const { return impl_->ca; }
std::vector<SmtpServer::Mail> SmtpServer::mails() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->mails;
}

} // namespace larum::test
