#pragma once

#include "daemon/store/programs.h"

#include <filesystem>

namespace larum::store {

/// Makes the state folder (0700) when it is missing; root's is handed to the server user. Throws
/// Error::Kind::config when this user may not use it, with the line that would work.
void prepare_state_folder(const std::filesystem::path& folder);

/// Makes `folder` (0700, of `user` when given) when it is missing, whole at once: who finds it finds it ready.
void make_private_folder(const std::filesystem::path& folder, const std::optional<SystemUser>& user);

} // namespace larum::store
