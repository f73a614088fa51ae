#pragma once

#include "connectors/connector.h"

namespace larum::connectors {

/// How often something was asked within the last 24 hours, kept in the credential's session under `name`, by the hour.
class RollingQuota {
public:
    RollingQuota(std::string name, int most) : name_(std::move(name)), most_(most) {}

    /// When one more may be asked; nothing: now.
    std::optional<Time> full_until(const Session& session, Time now) const;
    void count(Session& session, Time now) const;
    int used(const Session& session, Time now) const;

private:
    std::string name_;
    int most_;
};

} // namespace larum::connectors
