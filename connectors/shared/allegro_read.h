#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>
#include <vector>

/// What Allegro's answers hold, in larum's words. Each throws Error::Kind::input for an item that makes no sense.
namespace larum::connectors::allegro {

/// Logins compare without regard to case, so a handle is kept in lower case; «client:46968690» is a real one.
std::string handle_of(const std::string& login);

/// A claim or a dispute, as one post: what it is about, what the buyer wrote first, the purchase, and until when the law
/// wants a decision or Allegro an answer; nothing once the seller has decided or answered.
Post read_issue(const json::Json& issue);

/// When something was last written in the issue's chat, and whose buyer number its messages belong to.
struct Chat {
    std::string issue;
    std::string buyer;
    std::optional<Time> last;
};
Chat read_chat(const json::Json& issue);

/// One message of an issue's chat, as a contact of the buyer; nothing for a bare change of state.
std::optional<Contact> read_entry(const json::Json& entry, const std::string& buyer);

/// A rating, and the brand's answer to it when there is one.
std::vector<Post> read_rating(const json::Json& rating, const std::string& seller);

} // namespace larum::connectors::allegro
