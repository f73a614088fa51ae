#include "connectors/facebook/graph_fixture.h"
#include "connectors/shared/graph.h"
#include "core/crypto.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace larum::test;
using namespace std::chrono_literals;
using connectors::WebhookEntry;
using demo::Wall;

namespace {

const Time received = *parse_time("2026-08-02T10:00:00Z");
const demo::Person jan{"7392015648120394", "Jan Przykład"};

std::unique_ptr<connectors::Receiver> receiver(const std::string& secret = "0123456789abcdef0123456789abcdef",
                                               const std::string& word = "meatyhamhock",
                                               const std::string& kind = "facebook") {
    setenv("LARUM_TEST_APP_SECRET", secret.c_str(), 1);
    setenv("LARUM_TEST_VERIFY", word.c_str(), 1);
    config::Problems problems;
    const auto table =
        config::parse_toml("kind = \"facebook\"\napp_secret = \"env:LARUM_TEST_APP_SECRET\"\nverify_token = "
                           "\"env:LARUM_TEST_VERIFY\"\n",
                           "larum.toml");
    auto made = connectors::find_kind(kind)->make_receiver(table, {"kind"}, problems);
    REQUIRE(problems.empty());
    return made;
}

connectors::WebhookRequest post(const std::string& body, const std::string& signature) {
    return {"POST", "/hooks/meta", {{"x-hub-signature-256", signature}}, body};
}

WebhookEntry change(const std::string& value, const std::string& field = "feed") {
    const auto all = receiver()->entries(
        {R"({"object":"page","entry":[{"id":"1029","time":1785312004,"changes":[{"field":")" + field +
            R"(","value":)" + value + "}]}]}",
         "", received});
    REQUIRE(all.size() == 1);
    CHECK(all[0].account == "1029");
    return all[0];
}

bool is_empty(const connectors::Page& page) {
    return page.posts.empty() && page.contacts.empty() && page.deletions.empty() && page.rejected.empty() &&
           page.streams.empty();
}

/// Takes webhooks as larum's own listener does and keeps what was verified.
struct Listener {
    explicit Listener(const demo::GraphServer::Settings& settings)
        : made(receiver(settings.app_secret, settings.verify_token)),
          server([this](const demo::Request& request) {
              const auto target = request.path + (request.query.empty() ? "" : "?" + request.query);
              auto answer = made->accept({request.method, target, request.headers, request.body}, received);
              if (answer.store) bodies.push_back(request.body);
              return HttpAnswer{refuse ? 500 : answer.status, {}, answer.body};
          }) {}
    std::unique_ptr<connectors::Receiver> made;
    std::vector<std::string> bodies;
    bool refuse = false;
    demo::Server server;
};

} // namespace

TEST_CASE("the handshake echoes the bare challenge to whom knows the word, and nobody else", "[facebook]") {
    const auto hook = receiver();
    const auto ask = [&](const std::string& target) {
        return hook->accept({"GET", target, {}, {}}, received);
    };

    const auto good = ask("/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meatyhamhock");
    CHECK(good.status == 200);
    CHECK(good.body == "1158201444");
    CHECK_FALSE(good.store);

    CHECK(ask("/hook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong").status == 403);
    CHECK(ask("/hook?hub.challenge=1&hub.verify_token=meatyhamhock").status == 403);
    CHECK(ask("/hook").status == 403);
    CHECK(ask("/hook?hub.mode=subscribe&hub.verify_token=meatyhamhock&hub.challenge=%3Cscript%3E").status ==
          403);
    CHECK(hook->accept({"PUT", "/hook", {}, {}}, received).status == 405);
}

TEST_CASE("a signature is checked over the raw bytes; without one there is no entry", "[facebook]") {
    const auto hook = receiver();
    const std::string body =
        R"({"object":"page","entry":[{"id":"1","time":1,"changes":[]}],"x":"\u017c\u00f3\u0142ta"})";
    const std::string decoded = R"({"object":"page","entry":[{"id":"1","time":1,"changes":[]}],"x":"żółta"})";
    const auto sign = [](const std::string& text) {
        return "sha256=" + to_hex(hmac_sha256("0123456789abcdef0123456789abcdef", text));
    };

    CHECK(hook->accept(post(body, sign(body)), received).store);
    CHECK(hook->accept(post(body, sign(decoded)), received).status == 401);
    CHECK(hook->accept(post(body, ""), received).status == 401);
    CHECK(hook->accept(post(body, "sha256="), received).status == 401);
    CHECK(hook->accept({"POST", "/hook", {}, body}, received).status == 401);
    CHECK_FALSE(hook->accept(post(body + " ", sign(body)), received).store);
}

TEST_CASE("while the app's secret is being reset webhooks signed with either are taken", "[facebook]") {
    setenv("LARUM_TEST_APP_SECRET", "new one", 1);
    setenv("LARUM_TEST_OLD_SECRET", "old one", 1);
    config::Problems problems;
    const auto hook = connectors::find_kind("instagram")->make_receiver(
        config::parse_toml("kind = \"facebook\"\napp_secret = \"env:LARUM_TEST_APP_SECRET\"\nold_app_secret = "
                           "\"env:LARUM_TEST_OLD_SECRET\"\nverify_token = \"env:LARUM_TEST_APP_SECRET\"\n",
                           "larum.toml"),
        {"kind"}, problems);
    REQUIRE(problems.empty());
    const std::string body = R"({"object":"page","entry":[]})";
    const auto signed_with = [&](const char* secret) {
        return hook->accept(post(body, "sha256=" + to_hex(hmac_sha256(secret, body))), received);
    };

    CHECK(signed_with("new one").store);
    CHECK(signed_with("old one").store);
    CHECK(signed_with("older one").status == 401);
    CHECK(signed_with("").status == 401);
}

TEST_CASE("one app serves pages, messages and Instagram, and Threads has its own", "[facebook]") {
    for (const char* kind : {"facebook", "messenger", "instagram"})
        CHECK(connectors::find_kind(kind)->webhook_family == "meta");
    CHECK(connectors::find_kind("threads")->webhook_family.empty());
}

TEST_CASE("the published signature vectors hold", "[facebook]") {
    const auto file = specs() / "test-vectors/webhook-signatures.json";
    if (specs().empty() || !std::filesystem::exists(file)) {
        WARN("skipped: no ../shared/specs beside the sources");
        return;
    }
    for (const auto& vector : nlohmann::json::parse(read_file(file))["vectors"]) {
        const std::string name = vector["name"];
        if (name == "meta.x-hub-signature-256") {
            const std::string body = vector["body"];
            const auto hook = receiver(vector["secret"]);
            CHECK(hook->accept(post(body, vector["expected"]), received).store);
            CHECK(hook->accept(post(body, vector["wrong_if_body_was_decoded_and_re_encoded"]), received)
                      .status == 401);
            CHECK(hook->entries({body, "", received}).size() == 1);
        } else if (name == "meta.appsecret_proof") {
            CHECK(connectors::graph::appsecret_proof(
                      config::Secret(vector["secret"].get<std::string>()),
                      config::Secret(vector["access_token"].get<std::string>())) == vector["expected"]);
        }
    }
}

TEST_CASE("a comment by webhook is the comment that a poll would have read", "[facebook]") {
    const auto entry = change(R"({"from":{"id":"77","name":"Jan"},"post_id":"1029_444","comment_id":"444_555",
        "parent_id":"1029_444","message":"Gdzie paczka?","created_time":1785312004,"item":"comment","verb":"add"})");

    REQUIRE(entry.page.posts.size() == 1);
    const auto& post = entry.page.posts[0];
    CHECK(post.id == "444_555");
    CHECK(post.parent_id == "1029_444");
    CHECK(post.kind == PostKind::comment);
    CHECK(post.author.id == "77");
    CHECK(post.author_scope == "1029");
    CHECK(format_time(post.posted_at) == "2026-07-29T08:00:04Z");
    // A thread that has come back to life is read again for a while.
    REQUIRE(entry.page.streams.size() == 1);
    CHECK(entry.page.streams[0].name == "comments:1029_444");
    CHECK(entry.page.streams[0].retire_at);
}

TEST_CASE("verbs and items of a webhook say what happened to the post", "[facebook]") {
    CHECK(
        change(
            R"({"post_id":"1029_1","comment_id":"1_2","item":"comment","verb":"edited","message":"nowe","created_time":1785312204})")
            .page.posts.at(0)
            .edited_at);

    const auto removed = change(
        R"({"post_id":"1029_1","comment_id":"1_2","item":"comment","verb":"remove","created_time":1785312304})");
    REQUIRE(removed.page.deletions.size() == 1);
    CHECK(removed.page.deletions[0].id == "1_2");
    CHECK(removed.page.posts.empty());
    CHECK(change(R"({"post_id":"1029_1","item":"post","verb":"remove"})").page.deletions.at(0).id ==
          "1029_1");

    const auto hidden = change(R"({"post_id":"1029_1","comment_id":"1_2","item":"comment","verb":"hide"})");
    CHECK(is_empty(hidden.page));
    CHECK(hidden.poll == std::vector<std::string>{"comments:1029_1"});

    CHECK(
        change(
            R"({"from":{"id":"1029","name":"Strona"},"post_id":"1029_9","item":"status","verb":"add","message":"my"})")
            .page.posts.at(0)
            .own);
    CHECK(
        change(
            R"({"from":{"id":"7"},"post_id":"1029_9","item":"photo","verb":"add","link":"https://p.example/1"})")
            .page.posts.at(0)
            .attachments.at(0)
            .kind == "photo");
    CHECK(
        change(R"({"post_id":"1029_1","comment_id":"1_3","item":"comment","verb":"add","message":"anonim"})")
            .page.posts.at(0)
            .author.id.empty());

    const auto mention = change(
        R"({"item":"post","post_id":"222_333","sender_id":"77","sender_name":"Jan","verb":"add","message":"@Strona"})",
        "mention");
    CHECK(mention.page.posts.at(0).kind == PostKind::mention);
    CHECK(mention.page.posts.at(0).author.id == "77");
    CHECK(mention.page.streams.empty());
    CHECK(change(R"({"item":"post","post_id":"222_333","verb":"add"})", "mention").poll ==
          std::vector<std::string>{"tagged"});
}

TEST_CASE("what larum does not know comes back empty but is kept", "[facebook]") {
    CHECK(is_empty(change(R"({"item":"reaction","verb":"add","post_id":"1029_1"})").page));
    CHECK(is_empty(change(R"({"item":"hologram","verb":"add"})").page));
    CHECK(is_empty(change(R"("text")").page));
    CHECK(is_empty(change(R"({"rating":5})", "ratings").page));
    CHECK(change(R"({"item":"comment","verb":"add","message":"bez id"})").page.rejected.size() == 1);
    CHECK(change(R"({"item":"comment","verb":"remove"})").page.rejected.size() == 1);
}

TEST_CASE("a body that is no webhook is an input error", "[facebook]") {
    const auto hook = receiver();
    for (const char* body : {"", "[]", "{}", "<html>", R"({"object":"page","entry":{}})",
                             R"({"object":"page","entry":[{"id":"1)"})
        CHECK_THROWS_AS(hook->entries({body, "", received}), Error);
    CHECK(hook->entries({R"({"object":"instagram","entry":[{"id":"5","time":1}]})", "", received}).at(0).account ==
          "5");
}

TEST_CASE("every known webhook payload is parsed", "[facebook]") {
    const auto folder = specs() / "meta/webhooks-reconstructed";
    if (specs().empty() || !std::filesystem::exists(folder)) {
        WARN("skipped: no ../shared/specs beside the sources");
        return;
    }
    int files = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        const auto name = file.path().filename().string();
        if (name == "envelope.schema.json") continue;
        ++files;
        INFO(name);
        const auto body = read_file(file.path());
        const auto entries = receiver()->entries({body, "", received});
        REQUIRE_FALSE(entries.empty());
        for (const auto& entry : entries) {
            CHECK_FALSE(entry.account.empty());
            CHECK(entry.page.rejected.empty());
            for (const auto& contact : entry.page.contacts)
                CHECK(contact.channel == ContactChannel::messenger);
        }
        if (name == "page-two-entries-batch.json") {
            REQUIRE(entries.size() == 2);
            CHECK(entries[0].page.posts.size() == 1);
            CHECK(entries[1].page.contacts.size() == 1);
        }
    }
    CHECK(files == 22);
}

TEST_CASE("the simulated platform's events pass the receiver, are repeated until taken, and can be lost",
          "[facebook]") {
    FixedClock clock;
    demo::GraphServer graph(clock);
    Listener listener(graph.settings());
    REQUIRE(graph.subscribe(listener.server.url() + "/hooks/meta"));

    const auto post = graph.post(jan, "Zażółć — gęślą «jaźń» 😡 a/b");
    REQUIRE(listener.bodies.size() == 1);
    CHECK(listener.bodies[0].find("\\u017c\\u00f3\\u0142\\u0107") != std::string::npos);
    const auto entries = listener.made->entries({listener.bodies[0], "", received});
    CHECK(entries.at(0).page.posts.at(0).id == post);
    CHECK(entries.at(0).page.posts.at(0).text == "Zażółć — gęślą «jaźń» 😡 a/b");

    listener.refuse = true;
    graph.edit(post, "poprawione");
    listener.refuse = false;
    const auto before = listener.bodies.size();
    CHECK(graph.deliver() == 0);
    CHECK(listener.bodies.size() == before + 1);

    graph.lose_webhooks(true);
    graph.remove(post);
    CHECK(listener.bodies.size() == before + 1);

    graph.send_raw("{\"object\":\"page\"}", "sha256=forged");
    CHECK(listener.bodies.size() == before + 1);
}

TEST_CASE("webhook and poll read the same objects", "[facebook]") {
    GraphFixture f("facebook");
    Listener listener(f.graph.settings());
    REQUIRE(f.graph.subscribe(listener.server.url() + "/hooks/meta"));
    const auto post = f.graph.post(jan, "Gdzie paczka?");
    const auto comment = f.graph.comment(post, {}, "I moja?");
    f.graph.comment(post, f.graph.page(), "Już sprawdzamy", comment);
    f.graph.message(jan, "Halo?");

    auto polled = f.poll("feed").page.posts;
    const auto comments = f.poll("comments:" + post).page.posts;
    polled.insert(polled.end(), comments.begin(), comments.end());
    f.made = f.make("messenger", f.toml, f.problems);
    const auto contacts = f.poll("conversations").page.contacts;

    int seen = 0;
    for (const auto& body : listener.bodies) {
        const auto page = listener.made->entries({body, "", received}).at(0).page;
        for (const auto& pushed : page.posts) {
            const auto* same = find(polled, pushed.id);
            REQUIRE(same);
            ++seen;
            CHECK(pushed.text == same->text);
            CHECK(pushed.parent_id == same->parent_id);
            CHECK(pushed.kind == same->kind);
            CHECK(pushed.own == same->own);
            CHECK(pushed.author.id == same->author.id);
            CHECK(pushed.author_scope == same->author_scope);
            CHECK(pushed.posted_at == same->posted_at);
        }
        for (const auto& pushed : page.contacts) {
            ++seen;
            CHECK(pushed.ref == contacts.at(0).ref);
            CHECK(pushed.author == contacts.at(0).author);
            CHECK(pushed.summary == contacts.at(0).summary);
        }
    }
    CHECK(seen == 4);
}

TEST_CASE("a callback that does not know the word is not subscribed", "[facebook]") {
    FixedClock clock;
    demo::GraphServer graph(clock);
    demo::GraphServer::Settings other;
    other.verify_token = "another";
    Listener listener(other);
    CHECK_FALSE(graph.subscribe(listener.server.url() + "/hooks/meta"));
    CHECK_FALSE(graph.subscribe("http://127.0.0.1:1/hooks/meta"));
}
