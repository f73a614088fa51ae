#pragma once

#include "daemon/store/pq.h"

namespace larum::store {

/// `settings.url` as libpq's key='value' text, with larum's own settings of the connection where it says nothing.
/// Throws Error::Kind::config when it is no address; the error does not repeat it: it may hold a password.
std::string connection_text(const PoolSettings& settings);

/// The same database server and role, another database.
std::string with_database(const std::string& url, const std::string& database);

/// «larum at db.example:5432»: for a person, without user and password.
std::string address_for_people(const std::string& url);

} // namespace larum::store
