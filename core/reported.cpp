#include "core/reported.h"

#include "core/crypto.h"
#include "core/link_key.h"

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
    {"x.com", "x"},                 {"twitter.com", "x"},       {"reddit.com", "reddit"},     {"redd.it", "reddit"},       {"youtube.com", "youtube"},     {"youtu.be", "youtube"},
    {"tiktok.com", "tiktok"},       {"threads.net", "threads"}, {"threads.com", "threads"},    {"linkedin.com", "linkedin"},   {"trustpilot.com", "trustpilot"},
    {"wykop.pl", "wykop"},          {"opineo.pl", "opineo"},    {"ceneo.pl", "ceneo"},         {"allegro.pl", "allegro"},      {"maps.app.goo.gl", "google"},
    {"t.me", "telegram"},           {"gowork.pl", "gowork"},
};

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
    const auto key = link_key(post.url);
    post.id = "reported:" + sha256_hex(key.empty() ? post.url : key).substr(0, 32);
    return post;
}

bool is_reported(const Post& post) { return post.id.starts_with("reported:"); }

} // namespace larum
