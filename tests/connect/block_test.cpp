#include "daemon/connect/block.h"

#include "core/error.h"
#include "daemon/connect/config_file.h"
#include "daemon/connect/secrets.h"
#include "support/catch.h"
#include "support/connector_case.h"
#include "support/database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace larum;
using namespace larum::connect;

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A value as a person would type it.
std::string typed(const config::Value& value) {
    if (const auto* text = value.string()) return *text;
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "yes" : "no";
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&value.data)) return config::Kind<double>::show(*number);
    config::Problems problems;
    return config::Kind<std::vector<std::string>>::show(
        config::read_texts(value, problems).value_or(std::vector<std::string>{}));
}

config::Description described(const std::string& kind) { return {"x", "", kind, "", false}; }

} // namespace

TEST_CASE("what a person types becomes TOML of the setting's kind", "[connect]") {
    CHECK(as_toml(described("text"), {"a \"b\" \\ c"}) == R"("a \"b\" \\ c")");
    CHECK(as_toml(described("duration"), {"15m"}) == "\"15m\"");
    CHECK(as_toml(described("true or false"), {"yes"}) == "true");
    CHECK(as_toml(described("whole number"), {"-3"}) == "-3");
    CHECK(as_toml(described("number"), {"2"}) == "2");
    CHECK(as_toml(described("number"), {"0.5"}) == "0.5");
    CHECK(as_toml(described("list of texts"), {"a, b ,,c"}) == R"(["a", "b", "c"])");
    CHECK(as_toml(described("list of texts"), {""}) == "[]");
}

TEST_CASE("what cannot be TOML of that kind is refused", "[connect]") {
    CHECK_THROWS_AS(as_toml(described("whole number"), {"2.5"}), Error);
    CHECK_THROWS_AS(as_toml(described("whole number"), {"1\nevil = 2"}), Error);
    CHECK_THROWS_AS(as_toml(described("number"), {"1 # more"}), Error);
    CHECK_THROWS_AS(as_toml(described("number"), {"\"1\""}), Error);
    CHECK_THROWS_AS(as_toml(described("true or false"), {"maybe"}), Error);
    CHECK_THROWS_AS(as_toml(described("text"), {"a\tb"}), Error);
    CHECK_THROWS_AS(as_toml(described("text"), {"\xff"}), Error);
    CHECK_THROWS_AS(as_toml(described("text"), {"a", "b"}), Error);
    CHECK_THROWS_AS(as_toml(described("list of texts"), {"[1]"}), Error);
    CHECK_THROWS_AS(as_toml(described("list of texts"), {"[\"a\""}), Error);
}

TEST_CASE("a block goes behind all that the config has, whatever its last line is", "[connect]") {
    const Block block{
        "source", "my.wall", {{"kind", "\"rss\"", "\"rss\""}, {"token", "\"file:/a\"", "\"file:/b\""}}};
    CHECK(appended("", {block}, Form::written) ==
          "[source.\"my.wall\"]\nkind = \"rss\"\ntoken = \"file:/a\"\n");
    CHECK(appended("a = 1", {block}, Form::tried) ==
          "a = 1\n\n[source.\"my.wall\"]\nkind = \"rss\"\ntoken = \"file:/b\"\n");
}

TEST_CASE("an objection names the setting that it is about", "[connect]") {
    const Block block{"source", "new", {{"page", "\"x\"", "\"x\""}, {"pages_max", "0", "0"}}};
    const auto all = objections(*connectors::find_kind("facebook"), block);
    const auto about = [&](const std::string& key) {
        return std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.first == key; });
    };
    CHECK(about("page") == 1);
    CHECK(about("pages_max") == 1);
    CHECK(about("") == 2); // token and app_secret are missing
}

TEST_CASE(
    "a secret is found in memory until it is written, and what was written goes unless it is told to stay",
    "[connect]") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "secrets" / "wall.token";
    config::Problems problems;
    const auto revealed = [&](const std::string& toml) {
        return config::read_secret(*config::parse_toml("x = " + toml, "answer").find("x"), problems)
            .value_or(config::Secret())
            .reveal();
    };
    {
        Secrets secrets(folder.path() / "secrets");
        const auto answer = secrets.keep("token", "wall.token", "s3cret");
        CHECK(answer.toml == "\"file:" + path.string() + "\"");
        CHECK(revealed(answer.tried) == "s3cret");
        CHECK_FALSE(std::filesystem::exists(path));
        secrets.write();
        CHECK(revealed(answer.toml) == "s3cret");
    }
    CHECK_FALSE(std::filesystem::exists(folder.path() / "secrets"));
    {
        Secrets secrets(folder.path() / "secrets");
        secrets.keep("token", "wall.token", "first");
        secrets.keep("token", "wall.token", "s3cret"); // asked again
        secrets.write();
        secrets.stay();
    }
    CHECK(read_file(path) == "s3cret\n");
    Secrets again(folder.path() / "secrets");
    CHECK_THROWS_AS(again.keep("token", "wall.token", "other"), Error);
    CHECK(problems.empty());
}

TEST_CASE("the settings of every kind can be typed", "[connect]") {
    ::setenv("LARUM_TEST_SECRET", "s3cret", 1);
    for (const auto& ground : test::kind_grounds()) {
        INFO(ground.kind);
        const auto& kind = *connectors::find_kind(ground.kind);
        auto toml = ground.contract.value("table", "");
        for (const auto& [mark, text] : {std::pair<std::string, std::string>{
                                             "$HOST", ground.contract.value("host", "https://api.example")},
                                         {"$HERE", ground.folder.string()}})
            for (std::size_t at; (at = toml.find(mark)) != std::string::npos;)
                toml.replace(at, mark.size(), text);
        const auto table = config::parse_toml(toml, ground.kind);
        Block block{"source", "new", {{"private_allowed", "true", "true"}}};
        for (const auto& setting : kind.options) {
            const auto* value = table.find(setting.name);
            if (!value) continue;
            INFO(setting.name);
            const auto text = typed(*value);
            const auto answer = is_secret(setting) ? config::quote(text) : as_toml(setting, {text});
            block.put({setting.name, answer, answer});
        }
        for (const auto& [key, said] : objections(kind, block)) FAIL_CHECK(key << ": " << said);
    }
}

TEST_CASE("a file that its owner alone may read is closed to the service's user", "[connect]") {
    if (geteuid() != 0) return; // only root can ask as somebody else
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "token";
    std::ofstream(path) << "s3cret";
    const Owner nobody{65534, 65534};
    chmod(folder.path().c_str(), 0755);
    chmod(path.c_str(), 0644);
    CHECK(may_read(nobody, path));
    chmod(path.c_str(), 0600);
    CHECK_FALSE(may_read(nobody, path));
    chmod(path.c_str(), 0644);
    chmod(folder.path().c_str(), 0700);
    CHECK_FALSE(may_read(nobody, path));
}

TEST_CASE("a config behind a link is replaced where it lies, with its mode", "[connect]") {
    const test::TemporaryFolder folder;
    const auto real = folder.path() / "real.toml", link = folder.path() / "larum.toml";
    std::ofstream(real) << "a = 1\n";
    chmod(real.c_str(), 0604);
    std::filesystem::create_symlink(real, link);

    ConfigFile(link).replace("a = 2\n");

    CHECK(std::filesystem::is_symlink(link));
    CHECK(read_file(real) == "a = 2\n");
    struct stat now {};
    REQUIRE(stat(real.c_str(), &now) == 0);
    CHECK((now.st_mode & 07777u) == 0604);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) ==
          2); // nothing is left beside them
}

TEST_CASE("a config is not made where there is no folder, nor in place of one", "[connect]") {
    const test::TemporaryFolder folder;
    CHECK_THROWS_AS(ConfigFile(folder.path() / "none" / "larum.toml").check_replaceable(), Error);
    CHECK_THROWS_AS(ConfigFile(folder.path()).check_replaceable(), Error);
    CHECK_NOTHROW(ConfigFile(folder.path() / "larum.toml").check_replaceable());
}
