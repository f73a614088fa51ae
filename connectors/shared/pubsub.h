#pragma once

#include "connectors/connector.h"

#include <string>
#include <vector>

/// Google Cloud Pub/Sub pushes: a POST with a token that Google signed for this subscription's service
/// account. The token says who sent the request; the body itself is not signed, TLS keeps it whole.
namespace larum::connectors::pubsub {

struct Sender {
    std::string audience; ///< as entered at the subscription
    std::vector<std::string>
        emails;               ///< service accounts that may push; two while one takes over from the other
    std::string certificates; ///< file with Google's certificates as JSON {kid: PEM}; empty: pushes cannot be
                              ///< verified
};

/// 401: the token is missing, wrong, too old or not for us. 503: the certificates cannot be read; Google
/// sends again. Without `certificates` a push only rings.
WebhookAnswer accept(const Sender& sender, const WebhookRequest& request, Time now);

/// The published bytes of a push. Throws Error::Kind::input.
std::string published(std::string_view body);

} // namespace larum::connectors::pubsub
