#include "daemon/store/escalations.h"
#include "support/catch.h"
#include "support/database.h"

#include <nlohmann/json.hpp>

using namespace larum;
using namespace std::chrono_literals;

namespace {

class StillClock final : public Clock {
public:
    Time now() const override { return at; }
    Time at = *parse_time("2026-04-14T10:00:00Z");
};

/// A live brand with a desk, a second step, a hazard desk and a digest.
struct Raising {
    test::TestDatabase database;
    StillClock clock;
    IdMaker ids{clock, 1};
    config::Brand brand;
    Id next_post = 100;

    Raising() {
        brand.name = "acme";
        brand.mode = config::Mode::live;
        brand.playbook.urgent = {{0s, {"desk"}}, {15min, {"lead:anna", "desk:second"}}};
        brand.playbook.flag_digest = {"desk"};
        brand.playbook.hazard = {"safety"};
        database.pool().with([](store::Transaction& t) {
            t.run("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now())");
        });
    }

    store::Raised post(Urgency urgency, const std::string& author, const std::string& text = "Nobody answers me.") {
        store::Raised made;
        made.post_id = next_post++;
        made.platform = "facebook";
        made.author_key = author;
        made.thread = "wall";
        made.text = text;
        made.at = clock.at;
        made.decision.urgency = urgency;
        made.decision.rule = "test";
        return made;
    }

    void raise(const std::vector<store::Raised>& posts) {
        database.pool().with([&](store::Transaction& t) { store::raise(t, 1, brand, posts, ids, clock.at); });
    }

    std::string ask(const std::string& sql) { return database.ask(sql); }
};

} // namespace

TEST_CASE("an urgent post opens one escalation and its first alert together", "[dispatch][raise]") {
    Raising story;

    story.raise({story.post(Urgency::urgent, "facebook::1")});

    CHECK(story.ask("SELECT state || ' ' || posts || ' ' || step FROM escalation") == "open 1 1");
    CHECK(story.ask("SELECT channel || ' ' || state || ' ' || kind FROM alert") == "desk due alert");
    CHECK(story.ask("SELECT extract(epoch FROM next_at - changed_at)::int FROM escalation") == "900");
}

TEST_CASE("more posts of one author in one thread extend the escalation and alert nobody again", "[dispatch][raise]") {
    Raising story;
    const auto first = story.post(Urgency::urgent, "facebook::1");
    story.raise({first});

    story.raise({story.post(Urgency::urgent, "facebook::1", "Still nobody.")});
    story.raise({first}); // the same post, decided again

    CHECK(story.ask("SELECT count(*) FROM escalation") == "1");
    CHECK(story.ask("SELECT posts FROM escalation") == "2");
    CHECK(story.ask("SELECT count(*) FROM alert") == "1");
    CHECK(story.ask("SELECT revision FROM escalation") == "3");
}

TEST_CASE("posts of one customer about one case are one escalation, whichever account wrote them", "[dispatch][raise]") {
    Raising story;
    auto one = story.post(Urgency::urgent, "facebook::1");
    auto two = story.post(Urgency::urgent, "instagram::9");
    for (auto* post : {&one, &two}) {
        post->decision.customer = Candidate{7, "C-7", 0.95, {}};
        post->decision.matter = 70;
    }

    story.raise({one, two});

    CHECK(story.ask("SELECT subject || ' ' || posts FROM escalation") == "case:70 2");
    CHECK(story.ask("SELECT count(*) FROM alert") == "1");
}

TEST_CASE("authors without an id are never joined to one another", "[dispatch][raise]") {
    Raising story;

    story.raise({story.post(Urgency::urgent, ""), story.post(Urgency::urgent, "")});

    CHECK(story.ask("SELECT count(*) FROM escalation") == "2");
}

TEST_CASE("watch and none raise nothing", "[dispatch][raise]") {
    Raising story;

    story.raise({story.post(Urgency::watch, "facebook::1"), story.post(Urgency::none, "facebook::2")});

    CHECK(story.ask("SELECT count(*) FROM escalation") == "0");
}

TEST_CASE("shadow mode writes the escalation and wakes nobody", "[dispatch][raise]") {
    Raising story;
    story.brand.mode.reset(); // a new brand, which no person has switched on

    story.raise({story.post(Urgency::urgent, "facebook::1"), story.post(Urgency::flag, "facebook::2")});

    CHECK(story.ask("SELECT count(*) FROM escalation WHERE shadow AND next_at IS NULL") == "2");
    CHECK(story.ask("SELECT count(*) FROM alert") == "0");
}

TEST_CASE("a flag waits for the digest, and leaves it when it turns urgent", "[dispatch][raise]") {
    Raising story;
    auto post = story.post(Urgency::flag, "facebook::1");
    story.raise({post});
    REQUIRE(story.ask("SELECT kind || ' ' || state FROM alert") == "digest due");

    post.decision.urgency = Urgency::urgent;
    story.raise({post});

    CHECK(story.ask("SELECT string_agg(kind || ' ' || state, ', ' ORDER BY alert_id) FROM alert") ==
          "digest cancelled, alert due");
}

TEST_CASE("the sixth urgent alert in ten minutes begins a message that counts", "[dispatch][raise]") {
    Raising story;
    for (int i = 0; i < 4; ++i) story.raise({story.post(Urgency::urgent, "facebook::" + std::to_string(i))});

    story.raise({story.post(Urgency::urgent, "facebook::a"), story.post(Urgency::urgent, "facebook::b"),
                 story.post(Urgency::urgent, "facebook::c")});
    story.raise({story.post(Urgency::urgent, "facebook::d")});

    CHECK(story.ask("SELECT count(*) FROM alert WHERE kind = 'alert' AND state = 'due'") == "5");
    CHECK(story.ask("SELECT count(*) FROM alert WHERE kind = 'digest' AND state = 'due'") == "1");
    CHECK(story.ask("SELECT count(*) FROM alert a JOIN alert b ON b.alert_id = a.folded_into WHERE a.state = 'folded'") == "3");

    story.clock.at += 11min;
    story.raise({story.post(Urgency::urgent, "facebook::e")});
    CHECK(story.ask("SELECT count(*) FROM alert WHERE kind = 'alert' AND state = 'due'") == "6");
}

TEST_CASE("the budget goes by the post's clock", "[dispatch][raise]") {
    Raising story;
    std::vector<store::Raised> posts;
    for (int i = 0; i < 12; ++i) {
        posts.push_back(story.post(Urgency::urgent, "facebook::" + std::to_string(i)));
        posts.back().at = story.clock.at - i * 1h;
    }

    story.raise(posts);

    CHECK(story.ask("SELECT count(*) FROM alert WHERE state = 'due' AND kind = 'alert'") == "12");
}

TEST_CASE("near-identical texts by many authors fold into one message", "[dispatch][raise]") {
    Raising story;
    const std::string text = "Everybody share: this shop never sends the parcels people paid for";

    story.raise({story.post(Urgency::urgent, "facebook::1", text)});
    story.raise({story.post(Urgency::urgent, "facebook::2", "EVERYBODY SHARE!!! This shop never sends the parcels "
                                                           "people paid for @acme 😡 https://example.org/x"),
                 story.post(Urgency::urgent, "facebook::3", text)});

    CHECK(story.ask("SELECT count(*) FROM escalation") == "3");
    CHECK(story.ask("SELECT count(*) FROM escalation WHERE folded_into IS NOT NULL AND next_at IS NULL") == "2");
    CHECK(story.ask("SELECT count(*) FROM alert") == "1");
    CHECK(story.ask("SELECT revision > 1 FROM escalation WHERE folded_into IS NULL") == "t");
}

TEST_CASE("short complaints that many people write alike stay apart", "[dispatch][raise]") {
    Raising story;

    story.raise({story.post(Urgency::urgent, "facebook::1", "Where is my parcel?"),
                 story.post(Urgency::urgent, "facebook::2", "Where is my parcel?")});

    CHECK(story.ask("SELECT count(*) FROM alert") == "2");
}

TEST_CASE("a hazard goes to its own recipient, and to the desk when it is urgent besides", "[dispatch][raise]") {
    Raising story;
    auto fire = story.post(Urgency::urgent, "facebook::1");
    fire.decision.reasons = {{"hazard.injury_fire", ""}};
    auto both = story.post(Urgency::urgent, "facebook::2");
    both.decision.reasons = {{"hazard.injury_fire", ""}, {"repeat_contact", ""}};

    story.raise({fire});
    CHECK(story.ask("SELECT string_agg(channel, ' ') FROM alert") == "safety");

    story.raise({both});
    CHECK(story.ask("SELECT string_agg(channel, ' ' ORDER BY channel) FROM alert") == "desk safety safety");
}

TEST_CASE("what a person has ended is not raised again by the same post", "[dispatch][raise]") {
    Raising story;
    const auto post = story.post(Urgency::urgent, "facebook::1");
    story.raise({post});
    story.ask("UPDATE escalation SET state = 'dismissed' RETURNING 1");

    story.raise({post});

    CHECK(story.ask("SELECT count(*) FROM escalation") == "1");
    story.raise({story.post(Urgency::urgent, "facebook::1", "And again.")});
    CHECK(story.ask("SELECT count(*) FROM escalation") == "2");
}

TEST_CASE("the brand's own public reply stops the timer, the author's next comment starts it again", "[dispatch][raise]") {
    Raising story;
    const auto post = story.post(Urgency::urgent, "facebook::1");
    story.raise({post});
    story.database.pool().with([&](store::Transaction& t) {
        t.run("INSERT INTO post (brand_id, post_id, platform, realm, native_id, parent_native_id, kind, posted_at, first_seen_at, own) "
              "VALUES (1, $1, 'facebook', '', 'c1', NULL, 0, $2, $2, false), (1, 9001, 'facebook', '', 'r1', 'c1', 1, $3, $3, true)",
              {post.post_id, story.clock.at, story.clock.at + 1min});
        CHECK(store::note_answers(t, 1, story.clock.at + 1min));
        CHECK_FALSE(store::note_answers(t, 1, story.clock.at + 1min));
    });
    CHECK(story.ask("SELECT (answered_at IS NOT NULL AND next_at IS NULL)::text || state FROM escalation") == "trueopen");

    story.clock.at += 5min;
    story.raise({story.post(Urgency::urgent, "facebook::1", "That is no answer.")});

    CHECK(story.ask("SELECT (answered_at IS NULL AND next_at IS NOT NULL) FROM escalation") == "t");
}

TEST_CASE("larum's notices go out once under their name", "[dispatch][raise]") {
    Raising story;
    story.database.pool().with([&](store::Transaction& t) {
        for (int i = 0; i < 2; ++i)
            store::notice(t, 1, story.brand, "credential_dead", {{"source", "wall"}}, "wall", story.ids, story.clock.at);
    });

    CHECK(story.ask("SELECT kind || ' ' || channel || ' ' || (body ->> 'source') FROM alert") == "notice desk wall");
}

TEST_CASE("a deadline that is due starts a stopped timer again, as an unanswered comment does", "[dispatch][raise]") {
    Raising story;
    auto claim = story.post(Urgency::urgent, "allegro::1");
    story.raise({claim});
    story.ask("UPDATE escalation SET answered_at = opened_at, next_at = NULL RETURNING 1");

    story.raise({claim}); // decided again for another reason
    CHECK(story.ask("SELECT answered_at IS NOT NULL AND next_at IS NULL FROM escalation") == "t");

    claim.decision.reasons = {{"answer_due", ""}};
    story.raise({claim});
    CHECK(story.ask("SELECT answered_at IS NULL AND next_at IS NOT NULL FROM escalation") == "t");
    CHECK(story.ask("SELECT posts FROM escalation") == "1");
}

TEST_CASE("the desk hears of a deadline, also where the post tells of a hazard", "[dispatch][raise]") {
    Raising story;
    auto both = story.post(Urgency::urgent, "allegro::1");
    both.decision.reasons = {{"hazard.injury_fire", ""}, {"answer_due", ""}};
    story.raise({both});
    CHECK(story.ask("SELECT string_agg(channel, ' ' ORDER BY channel) FROM alert") == "desk safety");
}
