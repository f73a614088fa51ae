#pragma once

#include "connectors/connector.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Recorded cases of connectors: tests/connectors/KIND/CASE/case.json beside tests/connectors/KIND/contract.json.
/// What may stand in them: tests/connectors/README.md.
namespace larum::test {

/// The value of every secret in the cases: it must show nowhere.
inline const std::string case_secret = "very-secret";

/// tests/connectors/KIND/contract.json: the settings that all cases of a kind share.
struct KindGround {
    std::string kind;
    std::filesystem::path folder;
    nlohmann::json contract;

    /// A connector of the kind with `$HOST` as `host` (default: the contract's), and with `more` lines of settings.
    connectors::Made make(Http& http, const std::string& host = {}, const std::string& more = {}) const;
    std::unique_ptr<connectors::Receiver> make_receiver(const std::string& more = {}) const;
};

/// A JSON text as it stands, anything else as compact JSON.
std::string text_of(const nlohmann::json& value);

/// The request of an `accept` step.
connectors::WebhookRequest request_of(const KindGround& ground, const nlohmann::json& step);

/// Every kind with a contract.json, by name.
std::vector<KindGround> kind_grounds();

/// Turns the answers of a case into an Http; the default answers from memory. `check` follows each request.
using CaseHttp = std::function<std::unique_ptr<Http>(std::function<HttpAnswer(const HttpRequest&)> answer)>;

/// Runs all steps of a case with Catch2's checks. Streams keep their cursor, and the credential its session, from
/// step to step.
void run_connector_case(const KindGround& ground, const nlohmann::json& one, const CaseHttp& http = {}, const std::string& host = {});

/// The cases of a kind by name. Throws what is wrong with a file.
std::map<std::string, nlohmann::json> cases_of(const KindGround& ground);

} // namespace larum::test
