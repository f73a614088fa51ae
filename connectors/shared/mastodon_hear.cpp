#include "connectors/shared/mastodon_hear.h"

#include "connectors/shared/items.h"

#include <algorithm>
#include <cctype>

namespace larum::connectors::mastodon {

namespace {

using json::Json;

/// Events that say nothing about what somebody wrote.
bool is_idle(std::string_view name) {
    return name == "filters_changed" || name == "notifications_merged" || name.starts_with("announcement");
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= 30 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

} // namespace

std::string streaming_of(const Json& instance, bool plain) {
    auto url = json::text(json::member(json::member(instance, "configuration"), "urls"), "streaming");
    // The same server speaks both forms; server-sent events need no conversation.
    if (url.starts_with("wss://")) url.replace(0, 6, "https://");
    if (url.starts_with("ws://") && plain) url.replace(0, 5, "http://");
    while (url.ends_with('/')) url.pop_back();
    const bool safe = url.starts_with("https://") || (url.starts_with("http://") && plain);
    return safe ? url : std::string();
}

Heard hear(const LineEvent& event, const Ground& ground, Time now) {
    Heard heard;
    if (event.name == "delete") { // a bare id
        if (is_id(event.data)) heard.page.deletions.push_back({"mastodon", ground.realm, std::string(event.data), now});
        return heard;
    }
    if (is_idle(event.name)) return heard;
    const bool status = event.name == "update" || event.name == "status.update";
    if (!status && event.name != "notification") {
        heard.page.unknown.emplace_back(event.name);
        return heard;
    }
    const auto body = json::parse(event.data);
    if (!body.is_object()) {
        heard.page.rejected.push_back("mastodon: an event that is no JSON\t");
        return heard;
    }
    const auto type = json::text(body, "type");
    if (!status && type != "mention" && type != "quote") return heard; // favourites, followers: nobody wrote
    read_items(Json::array({body}), heard.page, [&](const Json& item) { add_status(status ? item : json::member(item, "status"), ground, heard.page); });
    return heard;
}

} // namespace larum::connectors::mastodon
