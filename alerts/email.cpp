#include "alerts/channel.h"
#include "alerts/shared/mail.h"
#include "config/option.h"
#include "core/address.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <cstring>
#include <memory>
#include <sys/socket.h>
#include <unistd.h>

namespace larum::alerts {

enum class Security { starttls, tls, none };

} // namespace larum::alerts

namespace larum {
template <> struct Words<alerts::Security> { static constexpr std::string_view list[] = {"starttls", "tls", "none"}; };
} // namespace larum

namespace larum::alerts {

namespace {

struct Settings {
    std::string server;
    Security security = Security::starttls;
    std::string user;
    config::Secret password;
    std::string from;
    std::string from_name = "larum";
    std::string to;
    std::string ca_file;
};

const config::Options<Settings> options = {
    config::required("server", &Settings::server, "Host and port of the mail server, like smtp.example.org:587."),
    config::option("security", &Settings::security,
                   "starttls (refuses to send without it), tls from the first byte (port 465), or none (own network only)."),
    config::option("user", &Settings::user, "Name to sign in with; left out: no sign-in."),
    config::option("password", &Settings::password, "Password that goes with `user`."),
    config::required("from", &Settings::from, "Address that the mails come from."),
    config::option("from_name", &Settings::from_name, "Name that stands beside `from`."),
    config::option("to", &Settings::to, "Address that gets what names no recipient."),
    config::option("ca_file", &Settings::ca_file, "Certificates to trust instead of the system's, PEM."),
};

// Below the lease of an alert, as for HTTP.
constexpr long timeout_ms = 7000;
constexpr long connect_timeout_ms = 4000;

/// What libcurl reads from, and whether everything was handed over.
struct Reader {
    const std::string& mail;
    std::size_t at = 0;
};

std::size_t read_mail(char* buffer, std::size_t size, std::size_t count, void* context) {
    auto& reader = *static_cast<Reader*>(context);
    const auto bytes = std::min(size * count, reader.mail.size() - reader.at);
    std::memcpy(buffer, reader.mail.data() + reader.at, bytes);
    reader.at += bytes;
    return bytes;
}

std::string numeric(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.sa_family == AF_INET)
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    else if (address.sa_family == AF_INET6)
        inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
    return text;
}

/// Opens sockets to public addresses only; the address was resolved, so no name can hide a private one.
curl_socket_t open_public(void* refused, curlsocktype, curl_sockaddr* address) {
    if (!is_public_address(numeric(address->addr))) {
        *static_cast<bool*>(refused) = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

struct EasyEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

class Email final : public Channel {
public:
    Email(Settings settings, bool private_allowed) : settings_(std::move(settings)), private_allowed_(private_allowed) {
        static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        (void)ready;
    }

    Traits traits() const override { return {.edits = false, .idempotent = false, .bytes_max = 20000}; }

    Outcome send(const Message& message, const std::string& recipient, const std::string&, Time now) override {
        const auto to = recipient.empty() ? settings_.to : recipient;
        if (!is_mail_address(to)) return Outcome::refused("email: no recipient; set `to`, or name an address in the playbook");
        const auto mail = write_mail(message, {settings_.from, settings_.from_name, to}, now);
        Reader reader{mail};
        bool refused_address = false;
        const std::unique_ptr<CURL, EasyEnd> curl(curl_easy_init());
        const std::unique_ptr<curl_slist, ListEnd> recipients(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
        prepare(curl.get(), recipients.get(), reader, refused_address);
        const auto code = curl_easy_perform(curl.get());
        long status = 0;
        curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
        return outcome_of(code, status, reader.at == mail.size(), refused_address, message.alert_id);
    }

private:
    void prepare(CURL* curl, curl_slist* recipients, Reader& reader, bool& refused_address) const {
        const std::string scheme = settings_.security == Security::tls ? "smtps://" : "smtp://";
        curl_easy_setopt(curl, CURLOPT_URL, (scheme + settings_.server).c_str());
        if (settings_.security == Security::starttls) curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
        if (!settings_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
        if (!settings_.user.empty()) {
            curl_easy_setopt(curl, CURLOPT_USERNAME, settings_.user.c_str());
            curl_easy_setopt(curl, CURLOPT_PASSWORD, settings_.password.reveal().c_str());
        }
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + settings_.from + ">").c_str());
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_mail);
        curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
        if (private_allowed_) return;
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &refused_address);
    }

    static Outcome outcome_of(CURLcode code, long status, bool all_sent, bool refused_address, const std::string& alert) {
        if (code == CURLE_OK) return Outcome::delivered(alert);
        if (refused_address) return Outcome::refused("email: the server's address is private; set private_allowed = true when it is yours");
        // Servers' words may quote addresses: only the number is told.
        if (status >= 500 && status < 600) return Outcome::refused("email: refused with " + std::to_string(status));
        if (status >= 400 && status < 500) return Outcome::later("email: put off with " + std::to_string(status));
        const std::string reason = std::string("email: ") + curl_easy_strerror(code);
        switch (code) {
        case CURLE_USE_SSL_FAILED: return Outcome::refused("email: the server offers no STARTTLS");
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_LOGIN_DENIED:
        case CURLE_URL_MALFORMAT: return Outcome::refused(reason);
        case CURLE_OPERATION_TIMEDOUT:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_WEIRD_SERVER_REPLY:
            return all_sent ? Outcome::unknown("email: sent, but the server did not confirm it") : Outcome::later(reason);
        default: return Outcome::later(reason);
        }
    }

    Settings settings_;
    bool private_allowed_;
};

bool is_server(const std::string& text) {
    const auto colon = text.rfind(':');
    const bool clean = text.find_first_of("/@ \t\r\n?#") == std::string::npos;
    return clean && colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
           text.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

std::unique_ptr<Channel> make(const config::Value& table, const std::vector<std::string>& common_keys,
                              config::Problems& problems, Services) {
    auto settings = config::read(options, table, problems, common_keys);
    const auto check = [&](bool right, const std::string& what) {
        if (!right) problems.add(table.at, what);
    };
    if (table.find("server")) check(is_server(settings.server), "server must be HOST:PORT, like smtp.example.org:587");
    if (table.find("from")) check(is_mail_address(settings.from), "from must be an address like larum@example.org");
    if (table.find("to")) check(is_mail_address(settings.to), "to must be an address like care@example.org");
    check(settings.user.empty() == settings.password.empty(), "user and password go together");
    check(settings.user.empty() || settings.security != Security::none, "a password is not sent without TLS: security is \"none\"");
    const auto* allowed = table.find("private_allowed");
    const auto* is = allowed ? std::get_if<bool>(&allowed->data) : nullptr;
    return std::make_unique<Email>(std::move(settings), is && *is);
}

} // namespace

const Kind& email_kind() {
    static const Kind kind{"email", "Mail by SMTP, with STARTTLS unless told otherwise. A mail cannot be changed, so it carries links only by default.",
                           config::describe(options), make};
    return kind;
}

} // namespace larum::alerts
