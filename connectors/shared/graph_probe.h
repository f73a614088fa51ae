#pragma once

#include "connectors/shared/graph.h"

namespace larum::connectors::graph {

/// What a source's token must be and may do.
struct Needs {
    enum class Whose {
        page,    ///< the page's own token
        account, ///< any token that was granted for an Instagram account
        self,    ///< the account's own token
    };
    Whose whose = Whose::page;
    std::vector<std::string> scopes; ///< without these the source cannot do what it is for

    /// What is read besides, when these are granted.
    struct Extra {
        std::string what; ///< «comments on adverts»
        std::vector<std::string> scopes;
    };
    std::vector<Extra> extras;
};

/// What is true of the token: whose it is, what it may, how long. Scopes and end are seen with the app's id alone
/// (`Whose::self`: always).
Probe probe(Http& http, const Access& access, const Needs& needs, Time now);

} // namespace larum::connectors::graph
