#pragma once

#include "daemon/commands/command.h"
#include "daemon/store/person.h"

namespace larum::commands {

/// Who is meant by --customer, --author or --post.
struct PersonFlags {
    std::string customer;
    std::string author;
    std::string post;

    store::Person person() const;
};

/// Adds the three flags, of which exactly one must be given.
void add_person_flags(CLI::App& command, PersonFlags& flags);

/// «cases 3» a line, or an object with --json.
void print_report(const store::PersonReport& report, bool json);

} // namespace larum::commands
