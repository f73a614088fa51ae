#pragma once

#include "daemon/match/name.h"

#include <string>
#include <string_view>

namespace larum::match {

/// What a handle tells of a name: «lena.grabowska_73», «annakwiatkowska48» a whole one, «jkowalski87» an initial
/// and a surname. All empty when it tells nothing.
struct HandleName {
    Name name;
    char initial = 0;
    std::string surname; ///< folded
};

HandleName read_handle_name(std::string_view handle);

/// The handle without @ and without the server it lives on («ania@pol.example», «ania.bsky.example»).
std::string account_part(std::string_view handle);

} // namespace larum::match
