#include "core/link_key.h"

#include "core/reported.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace larum {

namespace {

struct Parameter {
    std::string name, value;
};

/// A web address in its parts.
struct Address {
    std::string host; ///< without «www.» and what names a form of the site
    std::vector<std::string> path;
    std::vector<Parameter> query; ///< without marks
    std::string anchor;           ///< of a post on a page with several; else empty

    std::string part(std::size_t place) const { return place < path.size() ? path[place] : std::string(); }
    std::string parameter(std::string_view name) const {
        for (const auto& one : query)
            if (one.name == name) return one.value;
        return {};
    }
    /// What follows the part `name`; empty when there is none.
    std::string after(std::string_view name) const {
        for (std::size_t i = 0; i + 1 < path.size(); ++i)
            if (path[i] == name) return path[i + 1];
        return {};
    }
};

bool all_of_kind(std::string_view text, int (*kind)(int)) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) { return kind(c) != 0; });
}
bool is_number(std::string_view text) { return all_of_kind(text, std::isdigit); }

bool is_mark(std::string_view name) {
    constexpr std::string_view marks[] = {"fbclid", "gclid", "dclid", "msclkid", "yclid",   "igsh",     "igshid",
                                          "mibextid", "rdid", "mc_cid", "mc_eid", "ref_src", "ref_url"};
    return name.starts_with("utm_") || name.starts_with("__cft__") || name.starts_with("__tn__") ||
           std::find(std::begin(marks), std::end(marks), name) != std::end(marks);
}

/// «#p55», «#comment-12»: what forums and blogs point at one of many posts with. Others only scroll.
bool is_anchor(std::string_view fragment) {
    const auto digits = fragment.find_first_of("0123456789");
    if (digits == fragment.npos || digits == 0 || !is_number(fragment.substr(digits))) return false;
    const auto name = fragment.substr(0, digits - (digits > 1 && (fragment[digits - 1] == '-' || fragment[digits - 1] == '_') ? 1 : 0));
    constexpr std::string_view names[] = {"p", "post", "c", "comment", "msg", "answer"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string_view fragment_of(std::string_view url) {
    const auto hash = url.find('#');
    return hash == url.npos ? std::string_view() : url.substr(hash + 1);
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find(at, from), text.size());
        if (end > from) parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

std::vector<std::string_view> parameters_of(std::string_view url) {
    const auto bare = url.substr(0, url.find('#'));
    const auto question = bare.find('?');
    auto all = question == bare.npos ? std::vector<std::string_view>() : split(bare.substr(question + 1), '&');
    std::erase_if(all, [](std::string_view one) { return is_mark(one.substr(0, one.find_first_of("=["))); });
    return all;
}

std::string bare_host(std::string host) {
    for (const std::string_view form : {"www.", "m.", "mobile.", "old.", "np.", "new.", "mbasic.", "touch."})
        if (host.starts_with(form) && std::count(host.begin(), host.end(), '.') >= 2) return host.substr(form.size());
    return host;
}

Address address_of(std::string_view url) {
    Address address;
    address.host = bare_host(host_of_link(url));
    const auto bare = url.substr(0, url.find_first_of("?#"));
    const auto slash = bare.find('/', bare.find("://") + 3);
    if (slash != bare.npos)
        for (const auto part : split(bare.substr(slash), '/')) address.path.emplace_back(part);
    for (const auto one : parameters_of(url)) {
        const auto equals = std::min(one.find('='), one.size());
        address.query.push_back({std::string(one.substr(0, equals)), std::string(one.substr(std::min(equals + 1, one.size())))});
    }
    if (is_anchor(fragment_of(url))) address.anchor = fragment_of(url);
    return address;
}

/// «PLATFORM/ID», with the comment below it; empty when there is no id.
std::string key(std::string_view platform, const std::string& id, const std::string& comment = {}) {
    if (id.empty()) return {};
    return std::string(platform) + '/' + id + (comment.empty() ? "" : "/c/" + comment);
}

std::string first_of(std::initializer_list<std::string> texts) {
    for (const auto& one : texts)
        if (!one.empty()) return one;
    return {};
}

// ---- what platforms write into their addresses -----------------------------------------------------------

std::string key_on_x(const Address& at) {
    const auto id = first_of({at.after("status"), at.after("statuses")});
    return is_number(id) ? key("x", id) : std::string();
}

std::string key_on_youtube(const Address& at) {
    const auto video = at.host == "youtu.be" ? at.part(0) : first_of({at.parameter("v"), at.after("shorts"), at.after("live"), at.after("embed")});
    return key("youtube", video, at.parameter("lc"));
}

std::string key_on_reddit(const Address& at) {
    if (at.host == "redd.it") return key("reddit", at.part(0));
    const auto link = std::find(at.path.begin(), at.path.end(), "comments");
    const auto place = static_cast<std::size_t>(link - at.path.begin());
    return key("reddit", at.part(place + 1), at.part(place + 3)); // comments/LINK/title/COMMENT
}

std::string key_on_instagram(const Address& at) {
    const auto post = first_of({at.after("p"), at.after("reel"), at.after("reels"), at.after("tv")});
    const auto comment = at.after("c");
    return comment.empty() ? key("instagram", post) : key("instagram", "c/" + comment); // a comment's number is its own
}

/// A post's number alone: it goes by its page's name, the page's number or the group in different addresses.
std::string key_on_facebook(const Address& at) {
    if (const auto comment = first_of({at.parameter("reply_comment_id"), at.parameter("comment_id")}); !comment.empty())
        return key("facebook", "c/" + comment);
    for (const auto& one : {at.parameter("story_fbid"), at.parameter("fbid"), at.parameter("multi_permalinks"), at.parameter("v")})
        if (!one.empty()) return key("facebook", one);
    constexpr std::string_view places[] = {"posts", "permalink", "videos", "reel", "photos"};
    const bool named = std::any_of(at.path.begin(), at.path.end(), [&](const std::string& one) {
        return std::find(std::begin(places), std::end(places), one) != std::end(places);
    });
    const auto last = at.path.empty() ? std::string() : at.path.back(); // a title may stand before the number
    return named && (is_number(last) || last.starts_with("pfbid")) ? key("facebook", last) : std::string();
}

std::string key_on_threads(const Address& at) { return key("threads", first_of({at.after("post"), at.after("t")})); }

std::string key_on_bluesky(const Address& at) {
    const auto post = at.after("post");
    return post.empty() ? std::string() : key("bluesky", at.after("profile") + '/' + post);
}

std::string key_on_tiktok(const Address& at) { return key("tiktok", first_of({at.after("video"), at.after("photo")})); }

std::string key_on_trustpilot(const Address& at) { return key("trustpilot", at.after("reviews")); }

/// «t.me/NAME/7», «t.me/c/12345/7», «t.me/s/NAME/7», and in a forum «t.me/NAME/TOPIC/7».
std::string key_on_telegram(const Address& at) {
    const auto begin = at.part(0) == "s" ? 1u : 0u;
    if (at.path.size() < begin + 2 || !is_number(at.path.back())) return {};
    const auto chat = at.part(begin) == "c" ? "c/" + at.part(begin + 1) : at.part(begin);
    if (at.part(begin) == "c" && at.path.size() < begin + 3) return {};
    return key("telegram", chat + '/' + at.path.back(), at.parameter("comment"));
}

/// «/feed/update/urn:li:share:7», «/posts/acme_title-activity-7-aBcd».
std::string key_on_linkedin(const Address& at) {
    if (!at.parameter("commentUrn").empty()) return {};
    if (const auto urn = at.after("update"); urn.starts_with("urn:li:")) return key("linkedin", urn.substr(7));
    const auto slug = at.after("posts");
    for (const std::string kind : {"activity", "share", "ugcPost"}) {
        const auto mark = '-' + kind + '-';
        const auto found = slug.rfind(mark);
        if (found == slug.npos) continue;
        const auto id = slug.substr(found + mark.size());
        return key("linkedin", kind + ':' + id.substr(0, id.find('-')));
    }
    return {};
}

// ---- all others ------------------------------------------------------------------------------------------

/// A forum of the software Discourse: the title may be missing, and the first post goes without a number.
std::string key_in_discourse(const Address& at) {
    const std::size_t begin = is_number(at.part(1)) ? 1 : 2;
    if (at.part(0) != "t" || !is_number(at.part(begin)) || at.path.size() > begin + 2) return {};
    const auto number = at.part(begin + 1);
    if (!number.empty() && !is_number(number)) return {};
    return at.host + "/t/" + at.part(begin) + '/' + (number.empty() ? "1" : number);
}

std::string key_elsewhere(Address at) {
    if (at.path.empty() && at.query.empty()) return {}; // a site, and no post
    if (const auto forum = key_in_discourse(at); !forum.empty()) return forum;
    std::sort(at.query.begin(), at.query.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    auto whole = at.host;
    for (const auto& one : at.path) whole += '/' + one;
    for (const auto& one : at.query) whole += '&' + one.name + '=' + one.value;
    return at.anchor.empty() ? whole : whole + '#' + at.anchor;
}

struct Reader {
    std::string_view platform;
    std::string (*read)(const Address&);
};
constexpr Reader readers[] = {{"x", key_on_x},           {"youtube", key_on_youtube}, {"reddit", key_on_reddit},   {"instagram", key_on_instagram},
                              {"facebook", key_on_facebook}, {"threads", key_on_threads}, {"bluesky", key_on_bluesky}, {"tiktok", key_on_tiktok},
                              {"trustpilot", key_on_trustpilot}, {"telegram", key_on_telegram}, {"linkedin", key_on_linkedin}};

/// Shops and maps: their addresses name what is reviewed, not the review.
bool names_no_review(const Address& at) {
    const bool review = at.host == "play.google.com" && !at.parameter("reviewId").empty();
    return !review && (at.host == "play.google.com" || at.host == "apps.apple.com" || at.host == "itunes.apple.com" || at.host == "google.com");
}

} // namespace

std::string link_key(std::string_view url) {
    const auto at = address_of(url);
    if (at.host.empty() || names_no_review(at)) return {};
    const auto platform = platform_of_link(url);
    for (const auto& one : readers)
        if (one.platform == platform) return one.read(at);
    return key_elsewhere(at);
}

std::string link_key(const Post& post) {
    const auto number = post.id.substr(post.id.find('_') + 1); // Facebook: PAGE_POST, POST_COMMENT
    const bool comment = post.kind == PostKind::comment;
    if (post.platform == "facebook" && is_number(number)) return key("facebook", comment ? "c/" + number : number);
    if (post.platform == "instagram" && comment) return is_number(post.id) ? key("instagram", "c/" + post.id) : std::string();
    if (post.platform == "google_business" || post.platform == "app_store" || post.platform == "allegro") return {};
    const auto found = link_key(post.url);
    // These give a comment the address of what it stands under.
    constexpr std::string_view of_the_whole[] = {"youtube", "linkedin", "tiktok", "trustpilot", "google_play"};
    const bool borrowed = std::find(std::begin(of_the_whole), std::end(of_the_whole), post.platform) != std::end(of_the_whole);
    return comment && borrowed && found.find("/c/") == found.npos ? std::string() : found;
}

std::string without_marks(std::string_view url) {
    std::string kept;
    for (const auto one : parameters_of(url)) (kept += kept.empty() ? '?' : '&').append(one);
    const auto bare = url.substr(0, url.find_first_of("?#"));
    const auto anchor = fragment_of(url);
    return std::string(bare) + kept + (is_anchor(anchor) ? '#' + std::string(anchor) : std::string());
}

} // namespace larum
