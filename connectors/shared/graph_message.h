#pragma once

#include "connectors/shared/graph_json.h"

namespace larum::connectors::graph {

/// Messenger's messages as contacts, one each; both ways to hear of one give it the same reference.
/// Nothing when it is no message, or nobody but the page can be made out behind it.

/// A message of the conversations edge; `other` is the person when the message names nobody.
std::optional<Contact> read_message(Element message, const std::string& page, const std::string& other);

/// An event of a webhook's `messaging` or `standby`: message, echo, edit, unsent.
std::optional<Contact> read_message_event(Element event, const std::string& page);

/// An inbound message that follows our own question within the time of one attempt is its answer, no attempt.
/// `contacts` are of one conversation, oldest first.
void mark_answers(std::vector<Contact>& contacts);

/// Fields to ask for in a conversation's messages.
extern const std::string message_fields;

} // namespace larum::connectors::graph
