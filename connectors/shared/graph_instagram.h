#pragma once

#include "connectors/shared/graph_json.h"

/// Instagram's media, comments and webhook changes as posts.
namespace larum::connectors::graph::instagram {

/// Throw Error::Kind::input naming the field when the item makes no sense. `account` is whose eyes we see with: ids of
/// authors hold for it alone.
Post read_media(Element item, const std::string& account, PostKind kind);
/// `media_id` and `url` are of the media below which it stands, where the comment does not say.
Post read_comment(Element item, const std::string& account, PostKind kind, const std::string& media_id = {});

/// Comments are read below the account's own media alone: what the media's owner writes there is the account's own, also
/// where `from` is not given.
void mark_own(Post& comment, const std::string& owner);

/// One change of a webhook, with `at` as its time: Instagram's have none of their own. Nothing when `field` is none of
/// Instagram's.
std::optional<WebhookEntry> read_change(const std::string& field, Element value, const std::string& account, Time at);

/// The fields to ask for, so that the above find them.
extern const std::string media_fields;
extern const std::string tagged_fields;    ///< of media that others published
extern const std::string media_of_comment; ///< below which media a comment stands
extern const std::string comment_fields; ///< with the first replies
extern const std::string reply_fields;

/// Names of streams.
std::string comments_of(const std::string& media_id); ///< comments below a media
std::string lookup_of(const std::string& comment_id); ///< one comment: its time, and the album it stands below
std::string mention_of(const std::string& media_id, const std::string& comment_id); ///< one mention

/// A media that came back to life by a late comment is read again for so long.
inline constexpr Span reopened_for = std::chrono::hours{24 * 7};
/// What a webhook named is looked up within this time or given up.
inline constexpr Span looked_up_within = std::chrono::hours{24 * 7};

} // namespace larum::connectors::graph::instagram
