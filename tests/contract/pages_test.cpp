// The pages for people: what stands there as a config works once the names in it are theirs.
#include "daemon/assembly.h"
#include "support/catch.h"
#include "support/connector_case.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

using namespace larum;
using namespace larum::test;

namespace {

const auto source_dir = std::filesystem::path(LARUM_SOURCE_DIR);

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The blocks of TOML on a page, one config.
std::string config_on(const std::string& page) {
    std::string toml;
    for (auto at = page.find("```toml\n"); at != page.npos; at = page.find("```toml\n", at)) {
        at += 8;
        const auto end = page.find("```", at);
        toml += page.substr(at, end - at) + "\n";
        at = end;
    }
    return toml;
}

/// Secrets as they would lie on the reader's machine: key files are those of the kind's cases.
std::string with_secrets(const std::string& toml, const std::string& kind) {
    ::setenv("LARUM_TEST_SECRET", case_secret.c_str(), 1);
    std::string key_file;
    for (const auto& one : std::filesystem::directory_iterator(source_dir / "tests/connectors" / kind))
        if (one.path().filename().string().starts_with("test-only-")) key_file = one.path().string();
    static const std::regex credential("\"credential:[^\"]*\""), file("\"file:[^\"]*\"");
    return std::regex_replace(std::regex_replace(toml, credential, "\"env:LARUM_TEST_SECRET\""), file, "\"file:" + key_file + "\"");
}

} // namespace

TEST_CASE("the config on every kind's page is one that larum takes, within the platform's terms", "[contract][pages]") {
    for (const auto* kind : connectors::all_kinds()) {
        INFO(kind->name);
        const auto toml = config_on(read(source_dir / "docs/sources" / (kind->name + ".md")));
        CHECK(toml.find("[brand.") == toml.npos); // it is added to a config that has one
        try {
            const auto config = config::parse_config("[brand.acme]\n" + with_secrets(toml, kind->name), kind->name + ".toml");
            check_kinds(config);
            CHECK(std::any_of(config.sources.begin(), config.sources.end(), [&](const auto& one) { return one.kind == kind->name; }));
            CHECK(beyond_terms(config).empty());
            for (const auto& app : config.apps) {
                const auto& heard = kind->webhook_family.empty() ? kind->name : kind->webhook_family;
                const auto& sent = connectors::find_kind(app.kind)->webhook_family;
                CHECK((sent.empty() ? app.kind : sent) == heard);
            }
        } catch (const std::exception& error) {
            FAIL_CHECK(error.what());
        }
    }
}

TEST_CASE("every kind that takes webhooks shows an app on its page, and what its address is", "[contract][pages]") {
    for (const auto* kind : connectors::all_kinds()) {
        if (!kind->make_receiver) continue;
        INFO(kind->name);
        const auto page = read(source_dir / "docs/sources" / (kind->name + ".md"));
        CHECK(config_on(page).find("[app.") != std::string::npos);
        CHECK((page.find("/hooks/") != page.npos || page.find("facebook.md") != page.npos));
    }
}
