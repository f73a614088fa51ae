#pragma once

#include "connectors/shared/graph_json.h"

namespace larum::connectors::graph {

/// Posts as the feed-like edges and the comments edge give them. Throw Error::Kind::input naming the field
/// when the item makes no sense. A hidden author has neither id nor name; the page's own words are marked
/// `own`.
Post read_post(Element item, const std::string& page, PostKind kind);
Post read_comment(Element item, const std::string& page, const std::string& post_id);

/// One change of a webhook, with `fallback` as its time when it has none of its own.
WebhookEntry read_change(Element change, const std::string& page, Time fallback);

/// The fields to ask for, so that the above find them.
extern const std::string post_fields;
extern const std::string comment_fields;

/// The name of the stream that reads the comments of a post, and of a post that only adverts show.
std::string comments_of(const std::string& post_id);
std::string advert_comments_of(const std::string& post_id);

/// A word of the platform's as the name of a kind of event: letters and «_/» only, bounded.
std::string kind_name(std::string word);

} // namespace larum::connectors::graph
