// The main job on Bluesky's own servers. They are put in place by tests/stories/run.
#include "core/http_client.h"
#include "stories/installation.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <mutex>
#include <sstream>

using namespace larum;
using namespace larum::test;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

std::filesystem::path network_folder() {
    if (const char* given = std::getenv("LARUM_BLUESKY_NETWORK")) return given;
    return std::filesystem::path(LARUM_SOURCE_DIR) / "build/bluesky-network";
}

/// PLC directory, PDS and AppView on loopback, with the accounts alice.test and bob.test.
class Network {
public:
    Network()
        : process_({"/usr/bin/env", "node", (network_folder() / "start.mjs").string(), "--rate-limits", "--info", (folder_.path() / "info.json").string()},
                   folder_.path() / "output") {
        const auto file = folder_.path() / "info.json";
        // It starts five servers; a busy machine takes minutes over it.
        const auto there = [&] { return std::filesystem::exists(file) && std::filesystem::file_size(file) > 0; };
        eventually([&] { return there() || !process_.running(); }, 300s);
        const bool ready = there();
        INFO(process_.output());
        REQUIRE(ready);
        std::ifstream(file) >> info;
    }
    ~Network() {
        process_.signal(SIGTERM); // it removes its own folder
        process_.wait(30s);
    }
    std::string pds() const { return info["pds"]; }

    json info;

private:
    TemporaryFolder folder_;
    Process process_;
};

/// A person with an account, speaking XRPC.
class Person {
public:
    Person(Http& http, const Network& network, const json& account) : http_(http), network_(network), account_(account) {
        session_ = call("com.atproto.server.createSession", {{"identifier", account["handle"]}, {"password", account["password"]}});
    }
    std::string did() const { return account_["did"]; }

    struct Written {
        std::string uri, cid;
    };
    Written write(json record) {
        record.update({{"$type", "app.bsky.feed.post"}, {"langs", {"pl"}}, {"createdAt", format_time(SystemClock().now())}});
        const auto made = call("com.atproto.repo.createRecord", {{"repo", did()}, {"collection", "app.bsky.feed.post"}, {"record", record}});
        return {made["uri"], made["cid"]};
    }
    Written reply_to(const Written& parent, const std::string& text) {
        const json named = {{"uri", parent.uri}, {"cid", parent.cid}};
        return write({{"text", text}, {"reply", {{"root", named}, {"parent", named}}}});
    }
    void call_oneself(const std::string& name) {
        call("com.atproto.repo.putRecord", {{"repo", did()}, {"collection", "app.bsky.actor.profile"}, {"rkey", "self"},
                                            {"record", {{"$type", "app.bsky.actor.profile"}, {"displayName", name}}}});
    }

    std::string post_to(const std::string& handle, const std::string& their_did, const std::string& text) {
        const auto mention = "@" + handle;
        const json facet = {{"index", {{"byteStart", 0}, {"byteEnd", mention.size()}}},
                            {"features", {{{"$type", "app.bsky.richtext.facet#mention"}, {"did", their_did}}}}};
        return write({{"text", mention + " " + text}, {"facets", {facet}}}).uri;
    }
    void remove(const std::string& uri) {
        call("com.atproto.repo.deleteRecord", {{"repo", did()}, {"collection", "app.bsky.feed.post"}, {"rkey", uri.substr(uri.rfind('/') + 1)}});
    }

    /// The status of one more sign-in.
    int sign_in() {
        HttpRequest request;
        request.method = "POST";
        request.url = network_.pds() + "/xrpc/com.atproto.server.createSession";
        request.private_allowed = true;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = json{{"identifier", account_["handle"]}, {"password", account_["password"]}}.dump();
        return http_.send(request).status;
    }

private:
    json call(const std::string& method, const json& body) {
        HttpRequest request;
        request.method = "POST";
        request.url = network_.pds() + "/xrpc/" + method;
        request.private_allowed = true;
        request.headers = {{"Content-Type", "application/json"}};
        if (session_.is_object()) request.headers.emplace_back("Authorization", "Bearer " + session_["accessJwt"].get<std::string>());
        request.body = body.dump();
        const auto answer = http_.send(request);
        INFO(method << " " << answer.body);
        REQUIRE(answer.status == 200);
        return json::parse(answer.body);
    }
    Http& http_;
    const Network& network_;
    json account_;
    json session_;
};

/// A chat that can edit: Slack's two methods, with the present text of its messages.
class Chat {
public:
    Chat() : server_([this](const SeenRequest& request) { return answer(request); }) {}
    std::string api() const { return server_.url("/api"); }
    bool shows(const std::string& words) const {
        const std::lock_guard lock(mutex_);
        for (const auto& [ts, text] : messages_)
            if (text.find(words) != std::string::npos) return true;
        return false;
    }
    /// Messages but the quiet line of the day, whose hour may come while this runs.
    std::size_t alerts() const {
        const std::lock_guard lock(mutex_);
        std::size_t count = 0;
        for (const auto& [ts, text] : messages_) count += text.find("larum · acme") == std::string::npos;
        return count;
    }
    std::string all() const {
        const std::lock_guard lock(mutex_);
        std::string text;
        for (const auto& [ts, one] : messages_) text += one + "\n";
        return text;
    }

private:
    Scripted answer(const SeenRequest& request) {
        const auto body = json::parse(request.body, nullptr, false);
        const std::lock_guard lock(mutex_);
        const auto ts = request.target.find("chat.update") != std::string::npos ? body["ts"].get<std::string>()
                                                                                : std::to_string(messages_.size() + 1) + ".000100";
        messages_[ts] = body.dump();
        return {200, {{"Content-Type", "application/json"}}, json{{"ok", true}, {"channel", body["channel"]}, {"ts", ts}}.dump()};
    }
    mutable std::mutex mutex_;
    std::map<std::string, std::string> messages_;
    HttpServer server_;
};

void write_secret(const std::filesystem::path& file, const std::string& secret) {
    std::ofstream(file) << secret;
    ::chmod(file.c_str(), 0600);
}

/// For a person, when something did not come.
std::string how_sources_are(Installation& here) {
    return "\nsources: " + here.database.ask("SELECT string_agg(concat_ws(' ', name, last_ok_at, last_error, posts), '; ') FROM source") +
           "\ncredentials: " + here.database.ask("SELECT string_agg(concat_ws(' ', used, tokens, blocked_until, blocked_reason, dead_reason), '; ') FROM credential") +
           "\nstreams: " + here.database.ask("SELECT string_agg(concat_ws(' ', name, due_at, failures, cursor), '; ') FROM stream") +
           "\nposts: " + here.database.ask("SELECT string_agg(concat_ws(' ', native_id, author_handle, own), '; ') FROM post");
}

/// The brand is bob, its desk is on the chat.
std::string config_of(const Installation& here, const Network& network, const Chat& chat) {
    write_secret(here.folder.path() / "sky", network.info["accounts"][1]["password"]);
    write_secret(here.folder.path() / "slack", "xoxb-test-token");
    std::ostringstream config;
    config << "names = [\"Acme\"]\nhandles = [\"bluesky:bob.test\"]\nlanguage = \"pl\"\nzone = \"Europe/Warsaw\"\nmode = \"live\"\n"
           << "[brand.acme.playbook]\nurgent = [{after = \"0s\", channels = [\"care-desk\"]}]\n"
           << "[channel.care-desk]\nkind = \"slack\"\ndetail = \"full\"\nprivate_allowed = true\nto = \"C0123456789\"\napi = \"" << chat.api()
           << "\"\ntoken = \"file:" << (here.folder.path() / "slack").string() << "\"\n"
           << "[source.sky]\nbrand = \"acme\"\nkind = \"bluesky\"\nmatching = \"full\"\nprivate_allowed = true\ninterval = \"2s\"\nservice = \""
           << network.pds() << "\"\nidentifier = \"bob.test\"\npassword = \"file:" << (here.folder.path() / "sky").string() << "\"\n";
    return config.str();
}

std::string ago(std::chrono::hours hours) { return format_time(std::chrono::floor<std::chrono::seconds>(SystemClock().now() - hours)); }

void import_alice(const Installation& here) {
    const auto write = [&](const char* name, const std::string& text) {
        std::ofstream(here.folder.path() / name) << text;
        return (here.folder.path() / name).string();
    };
    const auto import = [&](const std::string& what, const std::string& file) {
        const auto ran = here.command({"import", what, file, "--brand", "acme"});
        INFO(ran.out);
        REQUIRE(ran.code == 0);
    };
    import("customers", write("customers.csv", "customer_ref,name,handles\nK-1,Alicja Nowacka,bluesky:alice.test\n"));
    import("cases", write("cases.csv", "case_ref,customer_ref,status,topic,subject,opened_at\nS-1,K-1,open,delivery,Paczka nie dotarła," + ago(144h) + "\n"));
    import("contacts", write("contacts.csv", "contact_ref,customer_ref,case_ref,channel,direction,at,summary\nC-1,K-1,S-1,phone,in," + ago(120h) +
                                                 ",gdzie paczka\nC-2,K-1,S-1,phone,in," + ago(48h) + ",nadal nie ma paczki\n"));
}

} // namespace

TEST_CASE("post, reply, new name, deletion and rate limit on Bluesky's own servers end as they should", "[.bluesky-network]") {
    if (!std::filesystem::exists(network_folder() / "node_modules/@atproto/dev-env")) {
        WARN("skipped: Bluesky's servers are not in build/bluesky-network; tests/stories/run puts them there");
        return;
    }
    const Network network;
    const auto http = make_http();
    const auto &alice_account = network.info["accounts"][0], &brand_account = network.info["accounts"][1];
    Chat chat;
    Installation here;
    here.write(config_of(here, network, chat));
    import_alice(here);
    const auto larum = here.start();
    REQUIRE(says(*larum, "running with"));
    Person alice(*http, network, alice_account);

    const auto posted = std::chrono::steady_clock::now();
    const auto uri = alice.post_to("bob.test", brand_account["did"], "dwa razy dzwoniłam w sprawie paczki i nadal nic. To już trzecia prośba, nikt nie odpowiada!");
    const bool woken = eventually([&] { return chat.shows("Alicja Nowacka"); }, 120s);
    INFO(chat.all() << larum->output());
    REQUIRE(woken);
    WARN("the alert came after " << std::chrono::duration<double>(std::chrono::steady_clock::now() - posted).count() << " s");
    CHECK(chat.shows("PILNE"));
    CHECK(chat.shows("bsky.app/profile/"));
    CHECK(chat.alerts() == 1);

    const auto removed = std::chrono::steady_clock::now();
    alice.remove(uri);
    const bool stubbed = eventually([&] { return !chat.shows("nikt nie odpowiada") && !chat.shows("Alicja Nowacka"); }, 180s);
    INFO(chat.all() << larum->output());
    REQUIRE(stubbed);
    WARN("the stub came after " << std::chrono::duration<double>(std::chrono::steady_clock::now() - removed).count() << " s");
    CHECK(chat.alerts() == 1);
    CHECK(here.database.ask("SELECT text IS NULL AND deleted_at IS NOT NULL FROM post WHERE native_id = $1", {uri}) == "t");

    // Replies, and the brand's own answer, come by the same polls.
    Person bob(*http, network, brand_account);
    const auto ours = bob.write({{"text", "Zapraszamy po odbiór paczek."}});
    const auto stored = [&](const std::string& what, const std::string& of) { return here.database.ask("SELECT " + what + " FROM post WHERE native_id = $1", {of}); };
    // A reply that the AppView sees before what it answers notifies nobody.
    REQUIRE(eventually([&] { return stored("1", ours.uri) == "1"; }, 120s));
    const auto theirs = alice.reply_to(ours, "a moja gdzie?");
    const auto answer = bob.reply_to(theirs, "Sprawdzamy.");
    const bool heard = eventually([&] { return stored("1", theirs.uri) == "1" && stored("1", answer.uri) == "1"; }, 120s);
    INFO(larum->output() << how_sources_are(here));
    REQUIRE(heard);
    CHECK(stored("parent_native_id", theirs.uri) == ours.uri);
    CHECK(stored("own", theirs.uri) == "f");
    CHECK(stored("own", answer.uri) == "t");
    CHECK(stored("author_handle", theirs.uri) == "alice.test");

    // A new display name is another name of the same author.
    alice.call_oneself("Alicja z Gdyni");
    const auto named = alice.post_to("bob.test", brand_account["did"], "i co z tą paczką?");
    REQUIRE(eventually([&] { return stored("1", named) == "1"; }, 120s));
    CHECK(stored("author_name", named) == "Alicja z Gdyni");
    CHECK(stored("author_key", named) == stored("author_key", theirs.uri));

    // Whoever signed in too often is told when to come again, and larum waits.
    for (int i = 0; i < 40 && bob.sign_in() != 429; ++i) {}
    REQUIRE(bob.sign_in() == 429);
    here.database.ask("UPDATE credential SET sealed_session = NULL, blocked_until = NULL");
    const auto blocked = [&] { return here.database.ask("SELECT coalesce(bool_or(blocked_until > now() + interval '5 s' AND blocked_reason LIKE '%429%'), false) FROM credential"); };
    CHECK(eventually([&] { return blocked() == "t"; }, 60s));
    CHECK(here.database.ask("SELECT count(*) FROM credential WHERE dead_since IS NOT NULL") == "0");

    larum->signal(SIGTERM);
    CHECK(larum->wait(60s) == 0);
}
