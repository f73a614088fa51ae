#include "core/mailbox.h"

#include "core/address.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace larum {

namespace {

constexpr std::size_t answer_bytes_max = std::size_t{1} << 20; ///< of a search or a mail

struct EasyEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

/// What the server said, within a bound: its lines, and the bytes of a mail.
struct Heard {
    std::string lines;
    std::string body;
    std::array<char, CURL_ERROR_SIZE> complaint{}; ///< libcurl's own words
    bool refused_address = false;
};

std::size_t append(std::string& to, const char* bytes, std::size_t count, std::size_t most) {
    if (to.size() + count > most) return 0; // ends the transfer
    to.append(bytes, count);
    return count;
}

std::size_t take_line(char* bytes, std::size_t size, std::size_t count, void* heard) {
    auto& all = *static_cast<Heard*>(heard);
    return append(all.lines, bytes, size * count, answer_bytes_max);
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* heard) {
    auto& all = *static_cast<Heard*>(heard);
    return append(all.body, bytes, size * count, answer_bytes_max);
}

std::string numeric(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (address.sa_family == AF_INET) inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    if (address.sa_family == AF_INET6) inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
    return text;
}

/// The address was resolved, so no name can hide a private one.
curl_socket_t open_public(void* heard, curlsocktype, curl_sockaddr* address) {
    if (!is_public_address(numeric(address->addr))) {
        static_cast<Heard*>(heard)->refused_address = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// IMAP wants «1-Apr-2026».
std::string imap_day(Time at) {
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at)};
    return std::to_string(static_cast<unsigned>(day.day())) + '-' + months[static_cast<unsigned>(day.month()) - 1] + '-' + std::to_string(static_cast<int>(day.year()));
}

std::uint32_t number_after(std::string_view text, std::string_view word) {
    const auto at = text.find(word);
    std::uint32_t number = 0;
    if (at != text.npos) std::from_chars(text.data() + at + word.size(), text.data() + text.size(), number);
    return number;
}

/// The UIDs of «* SEARCH 3 4 9», sorted. Servers may split them over several lines.
std::vector<std::uint32_t> searched(std::string_view text) {
    std::vector<std::uint32_t> uids;
    for (std::size_t at = 0; (at = text.find("* SEARCH", at)) != text.npos;) {
        at += 8;
        const auto end = std::min(text.find_first_of("\r\n", at), text.size());
        while (at < end) {
            std::uint32_t uid = 0;
            const auto [rest, error] = std::from_chars(text.data() + at, text.data() + end, uid);
            if (error == std::errc{} && uid > 0) uids.push_back(uid);
            at = error == std::errc{} ? static_cast<std::size_t>(rest - text.data()) : at + 1;
        }
    }
    std::sort(uids.begin(), uids.end());
    return uids;
}

/// `folder` as a part of an address.
std::string escaped(CURL* curl, const std::string& folder) {
    const std::unique_ptr<char, decltype(&curl_free)> text(curl_easy_escape(curl, folder.data(), static_cast<int>(folder.size())), curl_free);
    return text ? text.get() : std::string();
}

class CurlMailbox final : public Mailbox {
public:
    CurlMailbox() {
        static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
        (void)ready;
    }

    MailboxRead read(const MailboxAccess& access, const MailboxPlace& place, Time since, std::size_t most, std::size_t bytes_max) override {
        Heard heard;
        const std::unique_ptr<CURL, EasyEnd> curl(curl_easy_init());
        prepare(curl.get(), access, heard);
        const auto by_day = "UID SEARCH SINCE " + imap_day(since);
        auto said = search(curl.get(), access, heard, place.validity == 0 ? by_day : "UID SEARCH UID " + std::to_string(std::uint64_t{place.last} + 1) + ":*");
        const auto validity = number_after(said, "[UIDVALIDITY "); // in the answer to SELECT, which libcurl sends first
        if (validity == 0) throw Error(Error::Kind::input, "the mail server named no UIDVALIDITY");
        MailboxRead read;
        read.place = {validity, place.validity == validity ? place.last : 0};
        if (place.validity != 0 && place.validity != validity) said = search(curl.get(), access, heard, by_day);
        auto uids = searched(said);
        std::erase_if(uids, [&](std::uint32_t uid) { return uid <= read.place.last; }); // «n:*» names the newest also when it is below n
        read.more = uids.size() > most;
        uids.resize(std::min(uids.size(), most));
        for (const auto uid : uids) {
            read.mails.push_back({uid, fetch(curl.get(), access, heard, read.place.validity, uid, bytes_max)});
            read.place.last = uid;
        }
        return read;
    }

private:
    static void prepare(CURL* curl, const MailboxAccess& access, Heard& heard) {
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
        curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(access.without_tls ? CURLUSESSL_TRY : CURLUSESSL_ALL));
        if (!access.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, access.ca_file.c_str());
        curl_easy_setopt(curl, CURLOPT_USERNAME, access.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, access.password.c_str());
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &heard);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &heard);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
        const long timeout_ms = static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(access.timeout).count());
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout_ms, 10000L));
        if (access.private_allowed) return;
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
        curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &heard);
    }

    static void perform(CURL* curl, const MailboxAccess& access, Heard& heard, const std::string& address, const char* command) {
        heard.lines.clear();
        heard.body.clear();
        heard.complaint[0] = 0;
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, heard.complaint.data());
        curl_easy_setopt(curl, CURLOPT_URL, address.c_str());
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, command);
        const auto code = curl_easy_perform(curl);
        if (code != CURLE_OK) fail(code, access, heard);
    }

    /// Only answers of the server itself come this way, never words of a mail.
    static std::string search(CURL* curl, const MailboxAccess& access, Heard& heard, const std::string& command) {
        perform(curl, access, heard, access.server + '/' + escaped(curl, access.folder), command.c_str());
        return heard.lines;
    }

    /// A mail's bytes are counted by libcurl as the server announced them: what stands in a mail cannot be taken for an
    /// answer, as it could be with a command of our own. The server marks the mail as read.
    static std::string fetch(CURL* curl, const MailboxAccess& access, Heard& heard, std::uint32_t validity, std::uint32_t uid, std::size_t bytes_max) {
        const auto address = access.server + '/' + escaped(curl, access.folder) + ";UIDVALIDITY=" + std::to_string(validity) + "/;UID=" + std::to_string(uid) +
                             "/;PARTIAL=0." + std::to_string(bytes_max);
        perform(curl, access, heard, address, nullptr);
        return heard.body.substr(0, bytes_max);
    }

    [[noreturn]] static void fail(CURLcode code, const MailboxAccess& access, const Heard& heard) {
        const auto who = access.server.substr(access.server.find("//") + 2) + ": ";
        if (heard.refused_address) throw Error(Error::Kind::refused, who + "the server's address is private; set private_allowed = true when it is yours");
        const std::string_view complaint = heard.complaint.data();
        if (complaint.starts_with("Select failed")) throw Error(Error::Kind::input, who + "the folder cannot be opened");
        if (code == CURLE_LOGIN_DENIED) throw SignInRefused(who + "name or password were refused");
        if (code == CURLE_USE_SSL_FAILED) throw Error(Error::Kind::refused, who + "the server offers no TLS");
        if (code == CURLE_WRITE_ERROR) throw Error(Error::Kind::too_large, who + "the answer is too large");
        if (code == CURLE_QUOTE_ERROR) throw Error(Error::Kind::input, who + "the command was refused");
        throw Error(Error::Kind::unreachable, who + curl_easy_strerror(code));
    }
};

} // namespace

std::unique_ptr<Mailbox> make_mailbox() { return std::make_unique<CurlMailbox>(); }

} // namespace larum
