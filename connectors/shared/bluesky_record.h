#pragma once

#include "connectors/shared/json.h"
#include "core/model.h"

#include <string>

/// Posts of the AT Protocol as posts of larum.
namespace larum::connectors::bluesky {

/// `view` is a post view or a notification: both have uri, author, record and indexedAt. `own_did` is the watched
/// account. Throws Error::Kind::input when it has no uri, author or time.
Post read_view(const json::Json& view, const std::string& own_did);

/// A record as it stands in its author's repository, seen at `seen`: it names neither handle nor display name.
Post read_record(const std::string& did, const std::string& rkey, const json::Json& record, Time seen, const std::string& own_did);

std::string uri_of(const std::string& did, const std::string& rkey);

/// Whether the record mentions the account, answers it or quotes it: what its notifications would tell.
bool concerns(const json::Json& record, const std::string& did);

} // namespace larum::connectors::bluesky
