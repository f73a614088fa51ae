#pragma once

#include "connectors/connector.h"

namespace larum::connectors::discourse {

/// Settings of a forum's webhook.
std::vector<config::Description> app_options();

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems&);

} // namespace larum::connectors::discourse
