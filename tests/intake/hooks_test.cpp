#include "core/crypto.h"
#include "daemon/intake/hooks.h"
#include "intake/fakes.h"

using namespace larum;
using namespace larum::test;
using connectors::WebhookEntry;

namespace {

/// Accepts what is signed «good»; an entry is «ACCOUNT=POST», a body a list of them with spaces.
class FakeReceiver final : public connectors::Receiver {
public:
    connectors::WebhookAnswer accept(const connectors::WebhookRequest& request, Time) const override {
        const bool good = header(request.headers, "X-Signature") == "good";
        return {good ? 200 : 401, "", good};
    }
    std::vector<WebhookEntry> entries(const connectors::WebhookBody& kept) const override {
        const auto body = kept.body;
        if (body == "nonsense") throw Error(Error::Kind::input, "a webhook that is none");
        std::vector<WebhookEntry> all;
        for (std::size_t at = 0; at < body.size();) {
            const auto end = std::min(body.find(' ', at), body.size());
            const auto one = std::string(body.substr(at, end - at));
            WebhookEntry entry;
            entry.account = one.substr(0, one.find('='));
            entry.page.posts = {post(one.substr(one.find('=') + 1))};
            entry.poll = {"feed"};
            all.push_back(entry);
            at = end + 1;
        }
        return all;
    }
};

class WithAccount final : public connectors::Connector {
public:
    std::vector<connectors::StreamChange> streams() const override { return {{"feed", false, {}, {}}}; }
    connectors::PollResult poll(const connectors::Stream&, connectors::Call&) override { return {}; }
    connectors::Probe probe(connectors::Call&) override { return {}; }
    std::string account() const override { return "page1"; }
};

struct Listening {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon{database, clock};
    WithAccount page;
    Assembly assembly;
    std::unique_ptr<intake::Hooks> hooks;

    Listening() {
        assembly.receivers["meta"] = std::make_unique<FakeReceiver>();
        daemon.watched[0].connector = &page;
        daemon.scheduler();
        hooks = std::make_unique<intake::Hooks>(*daemon.store, clock, assembly, *daemon.watch);
    }
    int send(const std::string& body, const std::string& signature = "good", const std::string& app = "meta") {
        return hooks->accept(app, {"POST", "/hooks/meta", {{"X-Signature", signature}}, body}).status;
    }
};

} // namespace

TEST_CASE("a verified webhook is stored before it is answered and split afterwards", "[intake][hooks]") {
    Listening web;
    int woken = 0;
    web.hooks->stored = [&] { ++woken; };
    CHECK(web.send("page1=1 page1=2") == 200);
    CHECK(woken == 1);
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == "1");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "0");

    CHECK(web.hooks->tick(web.clock.now()));

    CHECK(web.database.ask("SELECT string_agg(native_id, ' ' ORDER BY post_id) FROM post") == "1 2");
    CHECK(web.database.ask("SELECT bool_and(by_webhook) FROM post_seen") == "t");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "2");
    CHECK_FALSE(web.hooks->tick(web.clock.now()));
    CHECK(web.database.ask("SELECT verified FROM app") == "1");
}

TEST_CASE("a forged webhook is refused, counted and not stored", "[intake][hooks]") {
    Listening web;
    CHECK(web.send("page1=1", "bad") == 401);
    CHECK(web.send("page1=1", "") == 401);
    CHECK(web.send("page1=1", "good", "other") == 404);
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT forged || ' ' || verified FROM app") == "2 0");
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook") == "0");
}

TEST_CASE("a webhook that comes twice changes nothing the second time", "[intake][hooks]") {
    Listening web;
    web.send("page1=1");
    web.send("page1=1");
    web.hooks->tick(web.clock.now());
    web.send("page1=1");
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT count(*) FROM post") == "1");
    CHECK(web.database.ask("SELECT sum(cardinality(post_ids)) FROM triage_queue") == "1");
}

TEST_CASE("what no source claims or makes no sense is counted and buried", "[intake][hooks]") {
    Listening web;
    web.send("page9=1 page1=2");
    web.send("nonsense");
    web.hooks->tick(web.clock.now());
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT string_agg(native_id, ' ') FROM post") == "2");
    CHECK(web.database.ask("SELECT string_agg(reason, '; ' ORDER BY dead_letter_id) FROM dead_letter") ==
          "no source watches the account page9; a webhook that is none");
    CHECK(web.database.ask("SELECT unclaimed FROM app") == "1");
    CHECK(web.database.ask("SELECT count(*) FROM raw_webhook WHERE done_at IS NULL") == "0");
}

TEST_CASE("a webhook makes the streams that it names due now", "[intake][hooks]") {
    Listening web;
    web.daemon.work();
    web.send("page1=1");
    web.clock.time += std::chrono::seconds{1};
    CHECK(web.database.ask("SELECT due_at > $1 FROM stream", {web.clock.now()}) == "t");
    web.hooks->tick(web.clock.now());
    CHECK(web.database.ask("SELECT due_at <= $1 FROM stream", {web.clock.now()}) == "t");
}

TEST_CASE("a body whose daemon died is taken over and buried when it kills again and again", "[intake][hooks]") {
    Listening web;
    web.send("page1=1");
    for (int i = 0; i < 5; ++i) {
        web.database.pool().with([&](store::Transaction& transaction) { CHECK(store::claim_webhooks(transaction, 10, 99).size() == 1); });
        CHECK_FALSE(web.hooks->tick(web.clock.now()));
        web.clock.time += std::chrono::seconds{9};
        web.database.ask("UPDATE raw_webhook SET expires_at = '2000-01-01' RETURNING 1");
    }
    CHECK(web.hooks->tick(web.clock.now()));
    CHECK(web.database.ask("SELECT reason FROM dead_letter") == "it could not be saved 5 times");
    CHECK(web.database.ask("SELECT count(*) FROM post") == "0");
}
