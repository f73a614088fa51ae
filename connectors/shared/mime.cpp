#include "connectors/shared/mime.h"

#include "connectors/shared/call.h"
#include "connectors/shared/markup.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/http.h"
#include "core/text.h"

#include <unicode/unistr.h>

#include <algorithm>
#include <cctype>

namespace larum::connectors {

namespace {

constexpr int depth_max = 6;
constexpr int parts_max = 60;
constexpr std::size_t text_bytes_max = 64u << 10;
constexpr std::size_t headers_bytes_max = 64u << 10;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Head and body of a part. Folded lines of the head are joined.
struct Part {
    Headers headers;
    std::string_view body;
};

Part split(std::string_view bytes) {
    Part part;
    std::size_t at = 0;
    while (at < bytes.size() && at < headers_bytes_max) {
        const auto end = std::min(bytes.find('\n', at), bytes.size());
        auto line = bytes.substr(at, end - at);
        if (line.ends_with('\r')) line.remove_suffix(1);
        at = std::min(end + 1, bytes.size());
        if (line.empty()) break;
        const auto colon = line.find(':');
        if ((line.front() == ' ' || line.front() == '\t') && !part.headers.empty())
            part.headers.back().second += ' ' + text::trim(line);
        else if (colon != line.npos)
            part.headers.emplace_back(line.substr(0, colon), text::trim(line.substr(colon + 1)));
    }
    part.body = bytes.substr(at);
    return part;
}

/// The value of «name=…» in a header, with or without quotes.
std::string parameter(const std::string& header, const std::string& name) {
    const auto folded = lower(header);
    for (std::size_t at = 0; (at = folded.find(name + '=', at)) != folded.npos; ++at) {
        if (at > 0 && folded[at - 1] != ';' && folded[at - 1] != ' ') continue;
        const auto from = at + name.size() + 1;
        if (from < header.size() && header[from] == '"') return header.substr(from + 1, header.find('"', from + 1) - from - 1);
        return header.substr(from, header.find_first_of("; \t", from) - from);
    }
    return {};
}

std::string to_utf8(const std::string& bytes, const std::string& charset) {
    const auto name = lower(charset);
    if (name.empty() || name == "utf-8" || name == "us-ascii") return text::valid_utf8(bytes);
    std::string converted;
    icu::UnicodeString(bytes.data(), static_cast<std::int32_t>(bytes.size()), name.c_str()).toUTF8String(converted);
    return text::valid_utf8(converted.empty() && !bytes.empty() ? bytes : converted);
}

std::string unbase64(std::string_view text) {
    std::string clean;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/') clean += c;
    clean.resize(clean.size() - clean.size() % 4 + (clean.size() % 4 > 1 ? clean.size() % 4 : 0)); // one letter alone is no byte
    while (clean.size() % 4 != 0) clean += '=';
    try {
        return from_base64(clean);
    } catch (const Error&) {
        return {};
    }
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Quoted-printable; in headers an underscore is a space.
std::string unquoted(std::string_view text, bool in_header) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (in_header && text[i] == '_') {
            plain += ' ';
        } else if (text[i] == '=' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else if (text[i] == '=' && i + 1 < text.size() && (text[i + 1] == '\r' || text[i + 1] == '\n')) {
            i += text[i + 1] == '\r' && i + 2 < text.size() && text[i + 2] == '\n' ? 2 : 1; // a soft line end
        } else {
            plain += text[i];
        }
    }
    return plain;
}

/// «=?utf-8?B?…?=» words of a header (RFC 2047) as text; white space between two of them is none.
std::string decoded(const std::string& header) {
    std::string plain;
    std::size_t at = 0;
    bool after_word = false;
    while (at < header.size()) {
        const auto open = header.find("=?", at);
        const auto one = open == header.npos ? open : header.find('?', open + 2);
        const auto two = one == header.npos ? one : header.find('?', one + 1);
        const auto close = two == header.npos ? two : header.find("?=", two + 1);
        if (close == header.npos || two != one + 2) {
            plain += header.substr(at);
            break;
        }
        const auto between = header.substr(at, open - at);
        if (!after_word || !text::trim(between).empty()) plain += between;
        const auto word = header.substr(two + 1, close - two - 1);
        const auto bytes = std::tolower(static_cast<unsigned char>(header[one + 1])) == 'b' ? unbase64(word) : unquoted(word, true);
        plain += to_utf8(bytes, header.substr(open + 2, one - open - 2));
        at = close + 2;
        after_word = true;
    }
    return text::trim(text::valid_utf8(plain));
}

void read_from(const std::string& header, MailText& mail) {
    const auto open = header.rfind('<'), close = header.rfind('>');
    const bool angled = open != header.npos && close != header.npos && close > open;
    const auto address = text::trim(angled ? header.substr(open + 1, close - open - 1) : header);
    const bool one = std::count(address.begin(), address.end(), '@') == 1 && address.find_first_of(" ,;<>\"()") == address.npos;
    const bool several = angled && header.substr(0, open).find('<') != header.npos;
    if (one && !several) mail.from_address = lower(address);
    if (!angled) return;
    auto name = text::trim(header.substr(0, open));
    name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
    mail.from_name = text::shorten(decoded(name), 100);
}

/// Gathers what is to be read of a part and those inside it.
struct Gathering {
    std::string plain, html;
    int parts = 0;

    void add(const Part& part, int depth) {
        if (++parts > parts_max || depth > depth_max) return;
        const auto kind = header(part.headers, "Content-Type");
        const auto type = lower(text::trim(kind.substr(0, kind.find(';'))));
        if (type.starts_with("multipart/")) return add_parts(part.body, "--" + parameter(kind, "boundary"), depth);
        if (type == "message/rfc822") return add(split(part.body), depth + 1);
        if (lower(header(part.headers, "Content-Disposition")).starts_with("attachment")) return;
        if (type.empty() || type == "text/plain") append(plain, words(part, kind));
        if (type == "text/html") append(html, html_to_text(words(part, kind)));
    }

    void add_parts(std::string_view body, const std::string& mark, int depth) {
        if (mark.size() < 3) return;
        auto at = body.find(mark);
        while (at != body.npos) {
            const auto from = body.find('\n', at);
            if (from == body.npos || body.substr(at + mark.size(), 2) == "--") break;
            at = body.find(mark, from);
            add(split(body.substr(from + 1, at == body.npos ? body.npos : at - from - 1)), depth + 1);
        }
    }

    static std::string words(const Part& part, const std::string& kind) {
        const auto encoding = lower(header(part.headers, "Content-Transfer-Encoding"));
        const auto bytes = encoding == "base64" ? unbase64(part.body) : encoding == "quoted-printable" ? unquoted(part.body, false) : std::string(part.body);
        return to_utf8(bytes.substr(0, 4 * text_bytes_max), parameter(kind, "charset"));
    }

    static void append(std::string& to, std::string words) {
        words.erase(std::remove(words.begin(), words.end(), '\r'), words.end());
        words = text::trim(words);
        if (!words.empty() && to.size() < text_bytes_max) to += (to.empty() ? "" : "\n\n") + words;
    }
};

} // namespace

MailText read_mail(std::string_view bytes) {
    const auto whole = split(bytes);
    MailText mail;
    read_from(header(whole.headers, "From"), mail);
    mail.subject = text::shorten(decoded(header(whole.headers, "Subject")), 300);
    mail.message_id = header(whole.headers, "Message-ID");
    mail.date = parse_mail_time(header(whole.headers, "Date"));
    mail.authentication = lower(header(whole.headers, "Authentication-Results"));
    const auto submitted = lower(header(whole.headers, "Auto-Submitted"));
    const auto precedence = lower(header(whole.headers, "Precedence"));
    mail.automatic = (!submitted.empty() && submitted != "no") || precedence == "bulk" || precedence == "junk" || precedence == "list";
    Gathering found;
    found.add(whole, 0);
    mail.text = text::valid_utf8((found.plain.empty() ? found.html : found.plain).substr(0, text_bytes_max));
    return mail;
}

} // namespace larum::connectors
