#pragma once

#include "alerts/channel.h"
#include "core/time.h"

#include <string>

/// A message as a mail: headers that nothing from outside can break out of, a plain and an HTML part. Pure.
namespace larum::alerts {

struct Envelope {
    std::string from;      ///< address only
    std::string from_name;
    std::string to;
};

/// The whole mail, lines of at most 76 letters that end in CR LF. Its Message-ID is made from the alert's id and the
/// domain of `from`, so a repetition is recognized as one.
std::string write_mail(const Message& message, const Envelope& envelope, Time now);

/// «local@domain» of letters, digits and the usual marks; nothing that could end a header or an envelope.
bool is_mail_address(const std::string& text);

} // namespace larum::alerts
