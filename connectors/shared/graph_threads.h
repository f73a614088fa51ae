#pragma once

#include "connectors/shared/graph_json.h"

/// What Threads gives as posts.
namespace larum::connectors::graph::threads {

/// Throws Error::Kind::input naming the field when the item makes no sense. Threads has no ids of authors to give: the
/// user name stands for it.
Post read_thread(Element item, const std::string& account, PostKind kind);

/// A webhook of Threads speaks of one thing, without a list of entries. Throws Error::Kind::input.
std::vector<WebhookEntry> read_entries(const WebhookBody& kept);

/// The fields to ask for, so that the above find them.
extern const std::string fields;
extern const std::string reply_fields;

inline constexpr std::string_view conversation_prefix = "conversation:"; ///< of streams: what was answered to a post

} // namespace larum::connectors::graph::threads
