#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <string>

/// What LinkedIn's answers and webhooks hold, in larum's words. Members are URNs: their names are withheld.
namespace larum::connectors::linkedin {

/// One-off streams that a notification asks for, by their beginnings.
inline constexpr std::string_view comment_prefix = "comment:";   ///< comment:POST-URN:ID, one comment
inline constexpr std::string_view comments_prefix = "comments:"; ///< comments:POST-URN, all of a post
inline constexpr std::string_view replies_prefix = "replies:";   ///< replies:POST-URN|COMMENT-URN, all answers to a comment
inline constexpr std::string_view post_prefix = "post:";         ///< post:URN, one post of somebody else

/// The number of a comment: an URN names its thread beside it, and the thread goes by several names. Empty for others.
std::string comment_id(const std::string& urn);

/// Milliseconds since 1970.
std::optional<Time> time_of(const json::Json& object, const char* name);

/// A comment below `post`, an URN. `own` is the organization's URN. Throws Error::Kind::input.
Post read_comment(const json::Json& comment, const std::string& post, const std::string& own);

/// What may hold answers to this comment of the list below `post`: they stand in no other list. Nothing when LinkedIn says
/// that there are none. `replies` is how many it tells; unset: it does not say.
struct Replies {
    std::string stream;
    std::optional<std::int64_t> replies;
};
std::optional<Replies> replies_of(const json::Json& comment, const std::string& post);

/// A post of the organization, or one that names it. Throws Error::Kind::input.
Post read_post(const json::Json& post, const std::string& own);

/// The URN of the post that a kept post's address leads to.
std::string post_urn_of(const Post& post);

/// What a notification says has happened: streams that are to be read, or a deletion. Likes say nothing that is read;
/// kinds of action that are not known are named. Throws Error::Kind::input.
Page read_notification(const json::Json& notification);

} // namespace larum::connectors::linkedin
