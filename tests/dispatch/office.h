#pragma once

#include "daemon/dispatch/carrier.h"
#include "daemon/store/escalations.h"
#include "support/database.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace larum::test {

class HandClock final : public Clock {
public:
    Time now() const override { return at; }
    Time at = *parse_time("2026-04-14T10:00:00Z"); ///< a Tuesday
};

/// A chat that remembers what stands in it, and answers what the test says.
class FakeChat final : public alerts::Channel {
public:
    struct Sent {
        std::string id;
        std::string recipient;
        alerts::Message message;
        int edits = 0;
    };
    using Answer = std::function<alerts::Outcome(const alerts::Message&, const std::string& message_id)>;

    alerts::Traits traits() const override { return {edits, idempotent, 20000}; }
    alerts::Outcome send(const alerts::Message& message, const std::string& recipient, const std::string& id, Time) override {
        ++calls;
        if (answer) {
            const auto outcome = answer(message, id);
            if (outcome.ending != alerts::Ending::delivered) return outcome;
        }
        if (!id.empty())
            for (auto& one : sent)
                if (one.id == id) {
                    one.message = message;
                    ++one.edits;
                    return alerts::Outcome::delivered(id);
                }
        sent.push_back({"m" + std::to_string(sent.size() + 1), recipient, message, 0});
        return alerts::Outcome::delivered(edits ? sent.back().id : "");
    }

    bool edits = true;
    bool idempotent = false;
    int calls = 0;
    Answer answer;
    std::vector<Sent> sent;
};

/// A live brand «acme», its playbook, three fake chats and carriers over one real database.
class Office {
public:
    Office() {
        config::Brand brand;
        brand.name = "acme";
        brand.mode = config::Mode::live;
        brand.quiet_line_at = "";
        brand.playbook.urgent = {{Span{}, {"desk", "pager"}}, {std::chrono::minutes{15}, {"lead"}}};
        brand.playbook.flag_digest = {"desk"};
        brand.playbook.service = {"ops"};
        config.brands = {brand};
        config.listen.public_url = "https://larum.example";
        for (const auto* name : {"desk", "pager", "lead", "ops"}) {
            config::ChannelSettings settings;
            settings.name = name;
            settings.kind = "fake";
            settings.detail = Detail::full;
            settings.per_second = 0;
            config.channels.push_back(settings);
            auto chat = std::make_unique<FakeChat>();
            chats[name] = chat.get();
            channels[name] = std::move(chat);
        }
        database.pool().follow(clock);
        database.pool().with([](store::Transaction& t) {
            t.run("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now())");
        });
        start();
    }

    /// A daemon that starts on what is in the database, as after a crash.
    void start() {
        desk = std::make_unique<dispatch::Desk>(config, channels);
        carrier = make_carrier();
    }
    std::unique_ptr<dispatch::Carrier> make_carrier() {
        return std::make_unique<dispatch::Carrier>(database.pool(), ids, 1, config,
                                                   std::map<BrandId, const config::Brand*>{{1, &config.brands.front()}}, *desk);
    }

    config::Brand& brand() { return config.brands.front(); }
    FakeChat& chat(const std::string& name) { return *chats.at(name); }

    /// Works until nothing is left to do now.
    void settle() {
        for (int i = 0; i < 200 && carrier->tick(clock.at); ++i) {}
    }
    void advance(Span span) {
        const Time end = clock.at + span;
        while (clock.at < end) {
            clock.at = std::min(end, clock.at + std::max<Span>(std::chrono::seconds{5}, span / 40));
            settle();
        }
    }

    /// A post of the author, decided so, in the store; not yet raised.
    store::Raised post(Urgency urgency, const std::string& author, const std::string& text = "Third week, still no answer.") {
        const Id id = next_post_++;
        database.pool().with([&](store::Transaction& t) {
            t.run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, kind, author_key, author_name, text, posted_at, "
                  "first_seen_at, url) VALUES (1, $1, 'facebook', '', $2, 0, $3, 'Anna Nowak', $4, $5, $5, 'https://facebook.example/p')",
                  {id, "n" + to_text(id), author, text, clock.at});
            t.run("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, reasons, verdict) "
                  "VALUES (1, $1, 1, $2, 'new', $3, 'test', '[{\"code\":\"repeat_contact\",\"text\":\"\"}]', "
                  "'{\"topic\":\"delivery\",\"stated_contacts\":3}')",
                  {id, clock.at, static_cast<int>(urgency)});
        });
        Post native;
        native.platform = "facebook";
        native.id = "n" + to_text(id);
        native.parent_id = "wall";
        native.author.id = author;
        native.text = text;
        Decision decision;
        decision.urgency = urgency;
        decision.reasons = {{"repeat_contact", ""}};
        return store::raised(id, native, decision, clock.at);
    }
    Id raise(Urgency urgency, const std::string& author, const std::string& text = "Third week, still no answer.") {
        const auto made = post(urgency, author, text);
        raise(made);
        return made.post_id;
    }
    void raise(const store::Raised& made) {
        database.pool().with([&](store::Transaction& t) { store::raise(t, 1, brand(), {made}, ids, clock.at); });
    }
    void run(const std::string& sql, const std::vector<store::Param>& parameters = {}) {
        database.pool().with([&](store::Transaction& t) { t.run(sql, parameters); });
    }
    std::string ask(const std::string& sql) { return database.ask(sql); }

    TestDatabase database;
    HandClock clock;
    IdMaker ids{clock, 1};
    config::Config config;
    std::map<std::string, std::unique_ptr<alerts::Channel>> channels;
    std::map<std::string, FakeChat*> chats;
    std::unique_ptr<dispatch::Desk> desk;
    std::unique_ptr<dispatch::Carrier> carrier;

private:
    Id next_post_ = 100;
};

} // namespace larum::test
