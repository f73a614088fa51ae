#include "alerts/shared/mail.h"

#include "alerts/shared/tame.h"
#include "core/crypto.h"
#include "core/text.h"

#include <algorithm>
#include <cstdio>

namespace larum::alerts {

namespace {

constexpr std::string_view line_end = "\r\n";

/// RFC 2047: words of at most 75 letters, cut between code points, one a line.
std::string encoded_words(std::string_view text) {
    // 45 bytes are 60 letters of base64 and stay below the limit with their frame.
    constexpr std::size_t bytes_most = 45;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = std::min(at + bytes_most, text.size());
        while (end > at && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + to_base64(text.substr(at, end - at)) + "?=";
        at = end;
    }
    return out;
}

std::string base64_lines(const std::string& text) {
    const auto all = to_base64(text);
    std::string out;
    for (std::size_t at = 0; at < all.size(); at += 76) out.append(all, at, 76).append(line_end);
    return out;
}

std::string html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string linked(const std::string& text, const std::string& url) {
    return url.empty() ? html(text) : "<a href=\"" + html(url) + "\">" + html(text) + "</a>";
}

std::string plain_body(const Message& message) {
    std::string out;
    for (const auto& line : message.lines) {
        out += tame(line.text) + "\r\n";
        if (!line.link.empty()) out += line.link + "\r\n";
    }
    for (const auto& action : message.actions) out += "\r\n" + tame(action.label) + ":\r\n" + action.url + "\r\n";
    return out;
}

std::string html_body(const Message& message) {
    std::string out = "<!doctype html><html lang=\"" + html(message.lang) + "\"><meta charset=\"utf-8\"><body>";
    for (const auto& line : message.lines) {
        const auto shown = linked(tame(line.text), line.link);
        out += line.role == LineRole::headline ? "<p><strong>" + shown + "</strong></p>\r\n" : "<p>" + shown + "</p>\r\n";
    }
    if (!message.actions.empty()) out += "<p>";
    for (const auto& action : message.actions) out += linked(tame(action.label), action.url) + " &nbsp; ";
    if (!message.actions.empty()) out += "</p>";
    return out + "</body></html>\r\n";
}

std::string rfc_date(Time now) {
    static constexpr const char* days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto utc = local_time(now, "UTC");
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[utc.weekday - 1], utc.day, months[utc.month - 1],
                  utc.year, utc.hour, utc.minute, utc.second);
    return text;
}

/// Only what may stand in a message id.
std::string id_part(std::string_view text) {
    std::string out;
    for (const char c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.') out += c;
    return out;
}

std::string part(const std::string& type, const std::string& body) {
    return "Content-Type: " + type + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(body);
}

} // namespace

bool is_mail_address(const std::string& text) {
    const auto at = text.find('@');
    const bool framed = at != std::string::npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == std::string::npos;
    const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("@.!#$%&'*+-/=?^_`{|}~").find(static_cast<char>(c)) != std::string_view::npos;
    });
    return framed && clean && text.size() <= 254;
}

std::string write_mail(const Message& message, const Envelope& envelope, Time now) {
    const auto domain = id_part(envelope.from.substr(envelope.from.find('@') + 1));
    const auto subject = message.lines.empty() ? std::string("larum") : tame(message.lines.front().text, 150);
    const auto boundary = "larum-" + sha256_hex(message.alert_id + format_time(now)).substr(0, 24);
    const auto id_of = [&](const std::string& alert) { return "<larum-alert-" + id_part(alert) + '@' + domain + '>'; };
    std::string mail;
    const auto header = [&](const std::string& name, const std::string& value) { mail += name + ": " + value + "\r\n"; };
    header("Date", rfc_date(now));
    header("From", envelope.from_name.empty() ? envelope.from : encoded_words(tame(envelope.from_name, 60)) + "\r\n <" + envelope.from + ">");
    header("To", envelope.to);
    header("Subject", encoded_words(subject));
    header("Message-ID", id_of(message.alert_id));
    // The last word on an alert hangs below it.
    if (const auto end = message.alert_id.rfind("-end"); end != std::string::npos && end > 0)
        header("In-Reply-To", id_of(message.alert_id.substr(0, end)));
    header("Auto-Submitted", "auto-generated");
    header("Precedence", "bulk");
    header("X-Auto-Response-Suppress", "All");
    if (message.urgency == Urgency::urgent && message.kind == MessageKind::alert) header("Importance", "high");
    header("MIME-Version", "1.0");
    header("Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
    mail += line_end;
    mail += "--" + boundary + "\r\n" + part("text/plain", plain_body(message));
    mail += "--" + boundary + "\r\n" + part("text/html", html_body(message));
    mail += "--" + boundary + "--\r\n";
    return mail;
}

} // namespace larum::alerts
