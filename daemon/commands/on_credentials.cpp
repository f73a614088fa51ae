#include "daemon/commands/on_credentials.h"

#include "daemon/connect/verify.h"
#include "daemon/store/held_credential.h"

#include <cstdlib>

namespace larum::commands {

std::filesystem::path config_of(const Invocation& invocation) {
    return invocation.config_file.value_or("/etc/larum/larum.toml");
}

void find_credentials(const std::filesystem::path& config_file) {
    std::error_code ignored;
    const auto folder = std::filesystem::absolute(config_file).parent_path() / "credentials";
    if (!std::getenv("CREDENTIALS_DIRECTORY") && std::filesystem::is_directory(folder, ignored))
        setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
}

connectors::Probe probe_kept(const connectors::Kind& kind, const connectors::Made& made, store::Store& store,
                             const Clock& clock) {
    if (made.credential.empty())
        return connect::verify(*made.connector, {}, kind.name, clock, [](const std::string&) {});
    store::HeldCredential held(store, kind.name, made.credential, kind.burst, clock.now());
    return connect::verify(*made.connector, held.session(), kind.name, clock,
                           [&](const std::string& session) { held.keep(session); });
}

} // namespace larum::commands
