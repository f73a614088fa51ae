#include "core/reported.h"

#include "core/crypto.h"

#include <algorithm>
#include <cctype>

namespace larum {

namespace {

constexpr std::size_t link_length_max = 2000;

struct Known {
    std::string_view domain;
    const char* platform;
};

constexpr Known known[] = {
    {"facebook.com", "facebook"},   {"fb.com", "facebook"},     {"fb.watch", "facebook"},      {"instagram.com", "instagram"}, {"bsky.app", "bluesky"},
    {"x.com", "x"},                 {"twitter.com", "x"},       {"reddit.com", "reddit"},      {"youtube.com", "youtube"},     {"youtu.be", "youtube"},
    {"tiktok.com", "tiktok"},       {"threads.net", "threads"}, {"threads.com", "threads"},    {"linkedin.com", "linkedin"},   {"trustpilot.com", "trustpilot"},
    {"wykop.pl", "wykop"},          {"opineo.pl", "opineo"},    {"ceneo.pl", "ceneo"},         {"allegro.pl", "allegro"},      {"maps.app.goo.gl", "google"},
    {"t.me", "telegram"},           {"gowork.pl", "gowork"},
};

bool is_mark(std::string_view parameter) {
    constexpr std::string_view marks[] = {"utm_", "fbclid=", "gclid=", "igsh=", "igshid=", "mibextid=", "__cft__", "__tn__", "rdid="};
    return std::any_of(std::begin(marks), std::end(marks), [&](std::string_view one) { return parameter.starts_with(one); });
}

std::string without_marks(const std::string& url) {
    auto bare = url.substr(0, url.find('#'));
    const auto question = bare.find('?');
    if (question == bare.npos) return bare;
    std::string kept;
    for (std::size_t at = question + 1; at <= bare.size();) {
        const auto end = std::min(bare.find('&', at), bare.size());
        const auto parameter = bare.substr(at, end - at);
        if (!parameter.empty() && !is_mark(parameter)) kept += (kept.empty() ? "?" : "&") + parameter;
        at = end + 1;
    }
    return bare.substr(0, question) + kept;
}

} // namespace

std::string first_link(std::string_view text) {
    for (std::size_t at = 0; (at = text.find("http", at)) != text.npos; ++at) {
        const auto rest = text.substr(at);
        if (!rest.starts_with("https://") && !rest.starts_with("http://")) continue;
        std::size_t end = 0;
        while (end < rest.size() && static_cast<unsigned char>(rest[end]) > ' ' && std::string_view("<>\"|\x7F").find(rest[end]) == std::string_view::npos) ++end;
        while (end > 0 && std::string_view(".,;:!?)]}'").find(rest[end - 1]) != std::string_view::npos) --end;
        if (end <= link_length_max && !host_of_link(rest.substr(0, end)).empty()) return std::string(rest.substr(0, end));
    }
    return {};
}

std::string host_of_link(std::string_view url) {
    if (!url.starts_with("https://") && !url.starts_with("http://")) return {};
    const auto begin = url.find("://") + 3;
    std::string host(url.substr(begin, url.find_first_of("/?#", begin) - begin));
    host = host.substr(0, host.find(':'));
    if (host.find('@') != host.npos) return {}; // what stands before it is there to deceive
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return host;
}

std::string platform_of_link(std::string_view url) {
    const auto host = host_of_link(url);
    for (const auto& [domain, platform] : known)
        if (host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.')) return platform;
    return "web";
}

Post reported_post(const std::string& url) {
    Post post;
    post.url = without_marks(url);
    post.platform = platform_of_link(post.url);
    post.id = "reported:" + sha256_hex(post.url).substr(0, 32);
    return post;
}

} // namespace larum
