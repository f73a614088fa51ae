#include "connectors/shared/instagram_lookup.h"

#include "core/error.h"

#include <algorithm>

namespace larum::connectors::graph::instagram {

namespace {

constexpr std::string_view comment_asked = "{id,text,timestamp,username,like_count,media{id,permalink}}";
constexpr std::string_view media_asked = "{id,caption,timestamp,username,permalink,media_type,comments_count,like_count}";

/// Keeps what `read` makes of an item; what makes no sense is rejected.
template <class Read> void keep(Element item, Page& page, Read read) {
    try {
        page.posts.push_back(read(item));
    } catch (const Error& error) {
        page.rejected.push_back(std::string(error.what()) + '\t' + raw(item));
    }
}

} // namespace

PollResult begin(const Reply& reply) {
    PollResult result{reply.outcome, {}};
    result.page.used = reply.used;
    return result;
}

PollResult look_up(Http& http, const Access& access, const std::string& stream, Time now) {
    const auto id = stream.substr(lookup_prefix.size());
    const auto reply =
        call(http, access, get(access, '/' + id, {{"fields", reply_fields + ',' + media_of_comment}}), now);
    auto result = begin(reply);
    if (!reply.document) return result;
    const auto root = reply.document->root();
    result.page.streams.push_back({stream, true});
    keep(root, result.page, [&](Element item) { return read_comment(item, access.page, PostKind::comment); });
    if (const auto media = member(root, "media"); media && !text(*media, "id").empty())
        result.page.streams.push_back({comments_of(text(*media, "id")), false, {}, now + reopened_for});
    return result;
}

PollResult look_up_mention(Http& http, const Access& access, const std::string& stream, Time now) {
    const auto ids = stream.substr(mention_prefix.size());
    const auto colon = ids.find(':');
    const bool comment = colon != ids.npos;
    const std::string field = comment ? "mentioned_comment" : "mentioned_media";
    const auto fields = comment ? field + ".comment_id(" + ids.substr(colon + 1) + ')' + std::string(comment_asked)
                                : field + ".media_id(" + ids + ')' + std::string(media_asked);
    const auto reply = call(http, access, get(access, '/' + access.page, {{"fields", fields}}), now);
    auto result = begin(reply);
    if (!reply.document) return result;
    const auto found = member(reply.document->root(), field);
    if (!found) return {{Ending::gone, "instagram: a mention is no longer there", {}}, {}};
    result.page.streams.push_back({stream, true});
    keep(*found, result.page, [&](Element item) {
        return comment ? read_comment(item, access.page, PostKind::mention, ids.substr(0, colon))
                       : read_media(item, access.page, PostKind::mention);
    });
    return result;
}

PollResult unreadable_mention(const std::string& stream) {
    PollResult result;
    result.page.streams.push_back({stream, true});
    result.page.unknown.push_back("instagram/mentions without a linked page");
    return result;
}

Probe probe_itself(Http& http, const Access& access, const LongToken& token, const std::vector<std::string>& scopes,
                   const Call& with) {
    const auto reply = call(http, access, get(access, "/me", {{"fields", "user_id,username"}}), with.now);
    Probe probe{};
    probe.outcome = reply.outcome;
    if (!reply.document) return probe;
    // Documented as a list of one, given as the object itself.
    const auto& items = reply.document->items();
    const auto me = items.empty() ? reply.document->root() : items.front();
    const auto id = text(me, "user_id");
    probe.account = text(me, "username") + " (" + id + ")";
    probe.type = "account's own token";
    probe.expires_at = token.ends(with.session);
    probe.granted = token.permissions(with.session);
    probe.notes = {"mentions: they are read with login = \"facebook\" only"};
    const auto granted = [&](const std::string& scope) {
        return std::find(probe.granted.begin(), probe.granted.end(), scope) != probe.granted.end();
    };
    if (probe.granted.empty())
        probe.notes.push_back("permissions are seen after the token was exchanged once");
    else
        std::copy_if(scopes.begin(), scopes.end(), std::back_inserter(probe.missing), std::not_fn(granted));
    if (id != access.page)
        probe.outcome = {Ending::reauth,
                         "instagram: the token speaks for account " + id + ", the source watches account " + access.page,
                         {},
                         true};
    return probe;
}

} // namespace larum::connectors::graph::instagram
