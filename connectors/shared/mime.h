#pragma once

#include "core/time.h"

#include <optional>
#include <string>
#include <string_view>

namespace larum::connectors {

/// What a mail says, as far as a person would read it. Attachments are never looked into, but for a mail that is
/// forwarded as one.
struct MailText {
    std::string from_name;
    std::string from_address; ///< lower case; empty when there is none, or more than one
    std::string subject;
    std::string message_id;
    std::optional<Time> date; ///< as its sender claims
    std::string authentication; ///< the topmost Authentication-Results: written by the server that took the mail in
    bool automatic = false;   ///< by a machine or for a list: Auto-Submitted, Precedence
    std::string text;         ///< plain parts, else HTML as text; at most 64 KiB
};

/// Reads as much as there is; a mail that is cut or broken gives what could be read.
MailText read_mail(std::string_view bytes);

} // namespace larum::connectors
