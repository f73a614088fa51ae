// `larum connect` as a person and as a script meet it: the real program, a simulated platform.
#include "config/config.h"
#include "connect/desk.h"
#include "connectors/connector.h"
#include "support/catch.h"

#include <algorithm>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;

TEST_CASE("a source connected by a script is verified, appended and taken by larum check", "[connect]") {
    const Desk desk;
    const auto before = desk.wrote();
    chmod(desk.config().c_str(), 0640);

    const auto ran = desk.connect({"--name", "wall"});

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "✓"));
    const auto after = read_file(desk.config());
    CHECK(after.substr(0, before.size()) == before);
    CHECK(holds(after, "\n[source.wall]\nbrand = \"acme\"\nkind = \"facebook\"\nmatching = \"own_data\"\n"));
    CHECK(mode_of(desk.config()) == 0640);
    CHECK_FALSE(desk.leaks(ran.out + after));
    CHECK(desk.run({"check", "--config", desk.config().string()}).code == 0);
}

TEST_CASE("without a config one is made with the brand that was named", "[connect]") {
    const Desk desk;

    const auto ran = desk.connect({"--brand", "acme"});

    INFO(ran.out);
    CHECK(ran.code == 0);
    const auto config = config::read_config(desk.config());
    REQUIRE(config.brands.size() == 1);
    CHECK(config.brands.front().name == "acme");
    CHECK(config.find_source("facebook"));
    CHECK(holds(ran.out, "starts in shadow"));
    CHECK(mode_of(desk.config()) == 0640);
}

TEST_CASE("a person is asked for what is missing, and secrets go into files of their own", "[connect]") {
    const Desk desk;
    desk.wrote();

    const auto ran =
        desk.type("wall\nmy page\n" + desk.platform.settings().page_id + '\n' +
                  desk.platform.settings().token + '\n' + desk.platform.settings().app_secret +
                  "\napp_id nonsense\napp_id\n" + desk.platform.settings().app_id + "\nown_data\n\nyes\n");

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "Native id of the page"));
    CHECK(holds(ran.out, "page must be digits")); // «my page» was asked again
    CHECK(holds(ran.out, "there is no \"nonsense\""));
    CHECK(holds(ran.out, "Meta Platform Terms"));
    CHECK(holds(ran.out, "systemctl reload larum"));
    const auto written = read_file(desk.config());
    CHECK_FALSE(desk.leaks(ran.out + written));
    CHECK(holds(written, "token = \"file:" + desk.secret("wall.token").string() + "\""));
    CHECK(read_file(desk.secret("wall.token")) == desk.platform.settings().token + '\n');
    CHECK(mode_of(desk.secret("wall.token")) == 0600);
    CHECK(mode_of(desk.folder.path() / "secrets") == 0700);
    CHECK(desk.run({"check", "--config", desk.config().string()}).code == 0);
}

TEST_CASE("who does not say yes at the end has written nothing", "[connect]") {
    const Desk desk;
    const auto before = desk.wrote();

    const auto ran =
        desk.type("wall\n" + desk.platform.settings().page_id + '\n' + desk.platform.settings().token + '\n' +
                  desk.platform.settings().app_secret + "\n\nown_data\n\nno\n");

    INFO(ran.out);
    CHECK(ran.code == 1);
    CHECK(read_file(desk.config()) == before);
    CHECK_FALSE(std::filesystem::exists(desk.folder.path() / "secrets"));
}

TEST_CASE("a user's token, a dead one and that of another page are refused, and nothing is written",
          "[connect]") {
    Desk desk;
    const auto before = desk.wrote();
    std::vector<std::string> more;
    std::string said;
    SECTION("a user's") {
        desk.platform.use_token_type("USER");
        said = "user's token";
    }
    SECTION("a dead one") {
        desk.platform.break_token(460);
        said = "460";
    }
    SECTION("of another page") {
        more = {"--set", "page=999"};
        said = "page 999";
    }
    auto flags = desk.flags();
    if (!more.empty()) flags.erase(flags.begin() + 6, flags.begin() + 8);
    flags.insert(flags.end(), more.begin(), more.end());

    const auto ran = desk.run(flags);

    INFO(ran.out);
    CHECK(ran.code == 1);
    CHECK(holds(ran.out, "✗"));
    CHECK(holds(ran.out, said));
    CHECK(holds(ran.out, "nothing was written"));
    CHECK(read_file(desk.config()) == before);
    CHECK_FALSE(desk.leaks(ran.out));
}

TEST_CASE("a person whose token was refused gives another", "[connect]") {
    const Desk desk;
    desk.wrote();
    const auto& settings = desk.platform.settings();

    const auto ran = desk.type("wall\n" + settings.page_id + "\nEAAG-of-somebody\n" + settings.app_secret +
                               "\n\nown_data\nmeta\ntoken\n" + settings.token + "\nyes\n");

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "✗ facebook: code 190"));
    CHECK(read_file(desk.secret("wall.token")) == settings.token + '\n');
    CHECK_FALSE(holds(ran.out, "EAAG"));
    CHECK(desk.run({"check", "--config", desk.config().string()}).code == 0);
}

TEST_CASE("a missing permission is named; only --force connects without it", "[connect]") {
    Desk desk;
    const auto before = desk.wrote();
    desk.platform.miss_permission("visitor_posts");

    const auto refused = desk.connect();
    CHECK(refused.code == 1);
    CHECK(holds(refused.out, "✗ missing: pages_read_user_content"));
    CHECK(read_file(desk.config()) == before);

    CHECK(desk.connect({"--force"}).code == 0);
    CHECK(config::read_config(desk.config()).find_source("facebook"));
}

TEST_CASE("a token that ends within two weeks is warned of", "[connect]") {
    Desk desk;
    desk.wrote();
    desk.platform.expire_token_at(desk.clock.now() + 24h * 5 + 1h);

    const auto ran = desk.connect();

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "! expires "));
    CHECK(holds(ran.out, "in 5 days"));
}

TEST_CASE("a name that is taken is refused; without a name a free one is found", "[connect]") {
    const Desk desk;
    desk.wrote();
    REQUIRE(desk.connect({"--name", "facebook"}).code == 0);
    const auto before = read_file(desk.config());

    const auto taken = desk.connect({"--name", "facebook"});
    CHECK(taken.code == 2);
    CHECK(holds(taken.out, "[source.facebook]"));
    CHECK(read_file(desk.config()) == before);

    CHECK(desk.connect().code == 0);
    CHECK(config::read_config(desk.config()).find_source("facebook-2"));
}

TEST_CASE("a read-only config is refused before anything is asked", "[connect]") {
    const Desk desk;
    const auto before = desk.wrote();
    chmod(desk.config().c_str(), 0444);

    const auto ran = desk.type("");

    CHECK(ran.code == 2);
    CHECK(holds(ran.out, "read-only"));
    CHECK_FALSE(holds(ran.out, "On the platform"));
    CHECK(read_file(desk.config()) == before);
    CHECK(desk.connect({"--dry-run"}).code == 0); // it may still say what would be written
}

TEST_CASE("a config that is wrong or cannot be appended to stays as it is", "[connect]") {
    const Desk desk;
    const std::string toml =
        GENERATE("[brand.acme]\nlanguag = \"pl\"\n", "brand = {acme = {}}\nsource = {}\n");
    desk.wrote(toml);

    const auto ran = desk.connect({"--brand", "acme"});

    INFO(ran.out);
    CHECK(ran.code == 2);
    CHECK(holds(ran.out, "larum.toml:"));
    CHECK(read_file(desk.config()) == toml);
}

TEST_CASE("a dry run verifies and prints the block, and writes nothing", "[connect]") {
    const Desk desk;
    const auto before = desk.wrote();

    const auto ran = desk.connect({"--dry-run"});

    INFO(ran.out);
    CHECK(ran.code == 0);
    CHECK(holds(ran.out, "[source.facebook]\n"));
    CHECK(holds(ran.out, "speaks for"));
    CHECK(read_file(desk.config()) == before);
    CHECK_FALSE(std::filesystem::exists(desk.folder.path() / "secrets"));
}

TEST_CASE("matching is never chosen silently, and more than the terms allow needs a yes", "[connect]") {
    const Desk desk;
    desk.wrote();
    auto flags = desk.flags();
    flags.erase(flags.begin() + 4, flags.begin() + 6); // without --matching

    const auto silent = desk.run(flags);
    CHECK(silent.code == 2);
    CHECK(holds(silent.out, "--matching full|own_data|off"));

    flags.insert(flags.end(), {"--matching", "full"});
    const auto more = desk.run(flags);
    CHECK(more.code == 2);
    CHECK(holds(more.out, "Meta Platform Terms"));
    CHECK(holds(more.out, "--yes"));

    flags.push_back("--yes");
    CHECK(desk.run(flags).code == 0);
    CHECK(config::read_config(desk.config()).find_source("facebook")->matching == Matching::full);
}

TEST_CASE("a secret on the command line is refused without being repeated", "[connect]") {
    const Desk desk;
    desk.wrote();
    const std::string pasted = "EAAGpasted";
    for (const auto& wrong : {std::vector<std::string>{"--secret", "token=" + pasted},
                              {"--set", "token=" + pasted},
                              {"--secret", pasted}}) {
        const auto ran = desk.connect(wrong);
        INFO(ran.out);
        CHECK(ran.code == 2);
        CHECK_FALSE(holds(ran.out, pasted));
    }
}

TEST_CASE("a webhook app is made with a word of its own and the address to enter", "[connect]") {
    const Desk desk;
    desk.wrote("[listen]\npublic_url = \"https://larum.acme.example\"\n[brand.acme]\n");

    const auto ran = desk.connect({"--app", "meta"});

    INFO(ran.out);
    REQUIRE(ran.code == 0);
    CHECK(holds(ran.out, "https://larum.acme.example/hooks/meta"));
    const auto word = read_file(desk.secret("meta.verify_token"));
    CHECK(word.size() == 33);
    CHECK(holds(ran.out, "verify_token  " + word));
    const auto written = read_file(desk.config());
    CHECK(holds(written, "webhooks = true"));
    CHECK(holds(written, "[app.meta]\nkind = \"facebook\"\napp_secret = \"file:" +
                             (desk.folder.path() / "app").string() + "\"\n"));
    CHECK_FALSE(holds(written, word.substr(0, 32)));
    CHECK(desk.run({"check", "--config", desk.config().string()}).code == 0);

    // The next source of the family is heard by the same app.
    const auto second = desk.connect({"--name", "wall"});
    CHECK(second.code == 0);
    CHECK(holds(second.out, "/hooks/meta"));
    CHECK(config::read_config(desk.config()).apps.size() == 1);
}

TEST_CASE("what is no setting, no kind or no brand is refused with what there is", "[connect]") {
    const Desk desk;
    desk.wrote();
    CHECK(holds(desk.connect({"--set", "pge=1"}).out, "expected one of: page"));
    CHECK(holds(desk.connect({"--brand", "acm"}).out, "has no brand \"acm\""));
    CHECK(holds(desk.connect({"--set", "pages_max=many"}).out, "pages_max: expected a whole number"));
    CHECK(holds(desk.connect({"--set", "pages_max=0"}).out, "pages_max must be 1 to 1000"));
    CHECK(holds(desk.connect({"--name", "two words"}).out, "without blanks"));
    const auto unknown = run_larum({"connect", "myspace"});
    CHECK(unknown.code == 2);
    CHECK(holds(unknown.out, "facebook"));
    CHECK(read_file(desk.config()) == "# ours\n[brand.acme]\nzone = \"Europe/Warsaw\"  # here\n");
}

TEST_CASE("larum connect without a kind lists every kind in a line", "[connect]") {
    const auto ran = run_larum({"connect"});
    CHECK(ran.code == 0);
    for (const auto* kind : connectors::all_kinds()) CHECK(holds(ran.out, kind->name + " "));
}

TEST_CASE("every kind walks through what it wants, and says how a script would say it", "[connect]") {
    for (const auto* kind : connectors::all_kinds()) {
        INFO(kind->name);
        const Desk desk;
        desk.wrote();
        const auto ran = desk.run({"connect", kind->name, "--config", desk.config().string()});
        CHECK(ran.code == 2);
        CHECK(holds(ran.out, "\n  gives    "));
        for (std::size_t i = 0; i < kind->setup.size(); ++i)
            CHECK(holds(ran.out, "\n  " + std::to_string(i + 1) + ". " +
                                     kind->setup[i].substr(0, kind->setup[i].find(' '))));
        const bool asks = std::any_of(kind->options.begin(), kind->options.end(),
                                      [](const auto& one) { return one.required; });
        CHECK((!asks || holds(ran.out, "nobody answers; give it as --")));
    }
}

TEST_CASE("a list is given with commas, as TOML or piece by piece", "[connect]") {
    const Desk desk;
    desk.wrote();
    const auto feed = [&](std::vector<std::string> more) {
        std::vector<std::string> all = {"connect",    "bluesky",
                                        "--config",   desk.config().string(),
                                        "--matching", "off",
                                        "--dry-run",  "--force",
                                        "--set",      "identifier=acme.example",
                                        "--set",      "service=" + desk.platform.url(),
                                        "--set",      "private_allowed=true",
                                        "--secret",   "password=env:LARUM_TEST_PASSWORD"};
        all.insert(all.end(), more.begin(), more.end());
        return run_larum(all, "",
                         {{"LARUM_TEST_PASSWORD", "app-password"},
                          {"LARUM_STATE_DIR", (desk.folder.path() / "state").string()}})
            .out;
    };
    CHECK(holds(feed({"--set", "search=acme, acme.pl"}), "search = [\"acme\", \"acme.pl\"]"));
    CHECK(holds(feed({"--set", "search=[\"a, b\"]"}), "search = [\"a, b\"]"));
    CHECK(holds(feed({"--set", "search=a", "--set", "search=b"}), "search = [\"a\", \"b\"]"));
}
