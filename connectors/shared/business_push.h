#pragma once

#include "connectors/connector.h"
#include "connectors/shared/pubsub.h"

#include <memory>
#include <string>
#include <vector>

/// What Google Business Profile publishes of reviews by Cloud Pub/Sub: never a review, only where there is
/// one.
namespace larum::connectors::business {

const config::Options<pubsub::Sender>& app_options();

/// Its entries name the account and the stream «reviews:LOCATION» that is read now.
std::unique_ptr<Receiver> make_receiver(const config::Value& table,
                                        const std::vector<std::string>& common_keys,
                                        config::Problems& problems);

} // namespace larum::connectors::business
