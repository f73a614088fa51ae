#pragma once

#include "connectors/connector.h"

namespace larum::connectors::graph {

/// Settings of an app whose webhooks Meta sends. One app speaks for posts and messages alike.
std::vector<config::Description> app_options();

/// Verifies as all of Meta's webhooks are verified and splits a body with `entries`.
using ReadEntries = std::vector<WebhookEntry> (*)(const WebhookBody& kept);
std::unique_ptr<Receiver> make_receiver_of(const config::Value& table, const std::vector<std::string>& common_keys,
                                           config::Problems& problems, ReadEntries entries);

/// Of pages, messages and Instagram accounts.
std::unique_ptr<Receiver> make_receiver(const config::Value& table,
                                        const std::vector<std::string>& common_keys,
                                        config::Problems& problems);

} // namespace larum::connectors::graph
