#pragma once

#include "daemon/intake/hooks.h"
#include "intake/fakes.h"

#include <future>

/// Hooks on a real database, with an app whose receiver does what a test says and one source, «wall», that hears it.
namespace larum::test {

/// Accepts what is signed «good» and takes «bell» for a ring; an entry is «ACCOUNT=POST» or «ACCOUNT?UNKNOWN», a body
/// a list of them with spaces.
class HookReceiver final : public connectors::Receiver {
public:
    connectors::WebhookAnswer accept(const connectors::WebhookRequest& request, Time) const override {
        const auto signature = header(request.headers, "X-Signature");
        connectors::WebhookAnswer answer;
        answer.store = signature == "good";
        answer.ring = signature == "bell";
        if (!answer.store && !answer.ring) answer.status = 401;
        answer.note = header(request.headers, "X-Event");
        return answer;
    }
    std::vector<connectors::WebhookEntry> entries(const connectors::WebhookBody& kept) const override {
        const auto body = kept.body;
        if (body == "nonsense") throw Error(Error::Kind::input, "a webhook that is none");
        std::vector<connectors::WebhookEntry> all;
        for (std::size_t at = 0; at < body.size();) {
            const auto end = std::min(body.find(' ', at), body.size());
            const auto one = std::string(body.substr(at, end - at));
            const auto mark = one.find_first_of("=?");
            connectors::WebhookEntry entry;
            entry.account = one.substr(0, mark);
            if (one[mark] == '=')
                entry.page.posts = {post(one.substr(mark + 1), "nie działa", posted_at)}, entry.page.billed.posts = billed;
            else
                entry.page.unknown = {one.substr(mark + 1)};
            entry.poll = {"feed"};
            all.push_back(entry);
            at = end + 1;
        }
        return all;
    }
    std::size_t body_bytes_max() const override { return 1000; }

    std::int64_t billed = 0; ///< posts that each entry is billed as
    std::string posted_at = "2026-04-05T11:59:00Z";
};

class WithAccount final : public connectors::Connector {
public:
    std::vector<connectors::StreamChange> streams() const override { return {{"feed", false, {}, {}}}; }
    connectors::PollResult poll(const connectors::Stream&, connectors::Call&) override { return on_poll; }
    connectors::Probe probe(connectors::Call&) override { return {}; }
    std::string account() const override { return "page1"; }

    connectors::PollResult on_poll;
};

struct Listening {
    TestDatabase database;
    SettableClock clock;
    Daemon daemon{database, clock};
    WithAccount page;
    Assembly assembly;
    HookReceiver* receiver = nullptr;
    std::unique_ptr<intake::Hooks> hooks;

    Listening() {
        auto made = std::make_unique<HookReceiver>();
        receiver = made.get();
        assembly.apps["meta"] = {&daemon.kind, std::move(made)};
        daemon.watched[0].webhooks = true;
        listen_to(page, {"wall"});
    }
    /// Sources of these names hear the app for `connector`, and no others.
    void listen_to(connectors::Connector& connector, const std::vector<std::string>& names) {
        hooks.reset();
        daemon.made.reset();
        daemon.watched.resize(names.size(), daemon.watched[0]);
        for (std::size_t i = 0; i < names.size(); ++i) daemon.watched[i].name = names[i], daemon.watched[i].connector = &connector;
        daemon.scheduler();
        hooks = std::make_unique<intake::Hooks>(*daemon.store, clock, assembly, *daemon.watch);
    }
    int send(const std::string& body, const std::string& signature = "good", const std::string& app = "meta", const std::string& event = "") {
        const auto status = std::make_shared<std::promise<int>>();
        hooks->accept(app, {"POST", "/hooks/meta", {{"X-Signature", signature}, {"X-Event", event}}, body},
                      [status](const connectors::WebhookAnswer& answer) { status->set_value(answer.status); });
        return status->get_future().get();
    }
    void split() {
        while (hooks->tick(clock.now())) {}
    }
    bool due() { return database.ask("SELECT due_at <= $1 FROM stream WHERE name = 'feed'", {clock.now()}) == "t"; }
};

} // namespace larum::test
