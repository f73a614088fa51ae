#pragma once

#include "config/option.h"
#include "core/time.h"

#include <optional>
#include <string>
#include <vector>

namespace larum::config {

/// A model of the operator's own that is asked about borderline posts, by the protocol that most of them speak.
struct SecondOpinionSettings {
    std::string url = "http://127.0.0.1:8080/v1"; ///< without a slash at its end
    std::string model;
    Secret key;
    bool private_allowed = true;
    Span timeout = std::chrono::seconds{8};
    int per_day = 500; ///< posts of each brand
    double from = 0.35;
    double to = 0.65;
    std::vector<std::string> brands; ///< empty: all

    bool covers(std::string_view brand) const;
    bool borderline(double probability) const { return probability >= from && probability <= to; }
};

extern const Options<SecondOpinionSettings> second_opinion_options;

/// [second_opinion] of the file, checked; nothing when there is no such table: then nobody is ever asked.
std::optional<SecondOpinionSettings> read_second_opinion(const Value& root, Problems& problems);

/// The host of an http or https address with its port, and nothing of path or user; empty when it is no such address.
std::string host_of(const std::string& url);

/// Whether the address itself says that it stays in the operator's own network: «localhost», or a number that is not
/// public. Of any other name that cannot be said.
bool is_surely_local(const std::string& url);

/// What an operator should know before words leave, a line each; nothing where they surely stay at home.
std::vector<std::string> warnings(const SecondOpinionSettings& settings);

} // namespace larum::config
