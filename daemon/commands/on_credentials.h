#pragma once

#include "connectors/connector.h"
#include "daemon/commands/command.h"

#include <filesystem>

namespace larum::store {
class Store;
}

namespace larum::commands {

/// The file of --config, else the usual one.
std::filesystem::path config_of(const Invocation& invocation);

/// «credential:NAME» is handed over by systemd. A command that a person types reads the same files, in
/// `credentials` beside the config, where they may.
void find_credentials(const std::filesystem::path& config_file);

/// Asks the platform who the credential of `made` speaks for, with the session that the database keeps of it,
/// and keeps a changed one there.
connectors::Probe probe_kept(const connectors::Kind& kind, const connectors::Made& made, store::Store& store,
                             const Clock& clock);

} // namespace larum::commands
