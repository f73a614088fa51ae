#pragma once

#include "core/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace larum::connectors {

/// One item of an RSS or Atom feed, texts without markup.
struct FeedItem {
    std::string id; ///< guid or Atom id, else a digest of link and title
    std::string title;
    std::string link;
    std::string text;
    std::string author;
    std::string author_url;
    std::optional<Time> published;
    std::optional<Time> updated;
    std::vector<std::string> enclosures;
};

struct Feed {
    std::string title;
    std::string link;
    std::string lang;
    std::optional<std::chrono::minutes> ttl; ///< how long the feed asks to be left alone
    std::vector<FeedItem> items;
    bool repaired = false; ///< it was not well-formed
};

/// Reads RSS 0.9x, 1.0 and 2.0 and Atom 0.3 and 1.0 without network, DTD or entities of its own. The charset is the
/// byte order mark's, else `content_type`'s, else the XML declaration's. A broken feed is read as far as it can be
/// repaired; nothing when there is no feed in it at all.
std::optional<Feed> parse_feed(std::string_view bytes, std::string_view content_type);

/// `link` as it is meant from `base` (RFC 3986). Empty when that is no web page: what has another scheme is not for
/// clicking.
std::string web_address(const std::string& base, const std::string& link);

} // namespace larum::connectors
