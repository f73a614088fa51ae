#include "daemon/decide/decide.h"
#include "support/catch.h"

#include <algorithm>

using namespace larum;
using namespace larum::decide;
using namespace std::chrono_literals;

namespace {

const Time now = *parse_time("2026-04-20T10:00:00Z");

/// A complaint by a known customer about an open case; each test changes what it is about.
struct Scene {
    config::Brand brand;
    Post post;
    Verdict verdict;
    bool late = false;
    bool answer_due = false;
    bool backfilled = false;
    std::optional<Candidate> customer = Candidate{1, "K-1", 0.95, {}, {}};
    std::optional<Matter> matter = Matter{{}, 0.9, true, {}};

    Scene() {
        brand.rules = config::default_rules();
        post.posted_at = now;
        verdict.complaint = 0.9;
        matter->record.id = 7;
        matter->record.ref = "SPR-7";
    }
    Decision decide() const { return decide::decide({&post, &verdict, customer, matter, late, backfilled, answer_due}, brand); }
    bool asks_who() const { return customer_matters({&post, &verdict, customer, matter, late, backfilled, answer_due}, brand); }
    Scene& nobody() {
        customer.reset();
        matter.reset();
        return *this;
    }
};

bool has_reason(const Decision& decision, const std::string& code) {
    return std::any_of(decision.reasons.begin(), decision.reasons.end(), [&](const auto& one) { return one.code == code; });
}

Contact inbound(ContactChannel channel, Time at, Id matter = 7) {
    Contact contact;
    contact.channel = channel;
    contact.at = at;
    contact.matter = matter;
    return contact;
}

Records one_case(std::vector<Contact> contacts) {
    Case matter;
    matter.id = 7;
    matter.opened_at = now - 24h * 20;
    return {{}, {matter}, std::move(contacts)};
}

Story story_of(const Records& records, Time at = now) { return tell_story(records.cases.front(), records, at, "Europe/Warsaw"); }

} // namespace

TEST_CASE("a complaint that states repeat contact is urgent, whoever wrote it", "[decide]") {
    Scene scene;
    scene.nobody();
    scene.verdict.repeat_contact = 0.5;
    const auto decision = scene.decide();
    CHECK(decision.urgency == Urgency::urgent);
    CHECK(decision.rule == "repeat-contact");
    CHECK(has_reason(decision, "repeat_contact"));
}

TEST_CASE("two recorded attempts make a complaint about an unsolved case urgent, one does not", "[decide]") {
    Scene scene;
    scene.matter->story.attempts = 2;
    CHECK(scene.decide().urgency == Urgency::urgent);
    scene.matter->story.attempts = 1;
    CHECK(scene.decide().urgency == Urgency::flag);
    scene.matter->story.attempts = 2;
    scene.customer->probability = 0.69;
    CHECK(scene.decide().urgency == Urgency::watch);
}

TEST_CASE("a broken promise makes a complaint about an unsolved case urgent", "[decide]") {
    Scene scene;
    scene.matter->story.promise_broken_at = now - 1h;
    const auto decision = scene.decide();
    CHECK(decision.urgency == Urgency::urgent);
    CHECK(decision.rule == "promise-broken");
    CHECK(has_reason(decision, "promise_broken"));
}

TEST_CASE("a solved case or an unlikely one counts for nothing", "[decide]") {
    Scene scene;
    scene.matter->story.attempts = 5;
    scene.matter->unsolved = false;
    CHECK(scene.decide().urgency == Urgency::watch);
    scene.matter->unsolved = true;
    scene.matter->probability = 0.4;
    CHECK(scene.decide().urgency == Urgency::watch);
}

TEST_CASE("a hazard is urgent without a complaint, and its reason tells the code only", "[decide]") {
    Scene scene;
    scene.nobody();
    scene.verdict.complaint = 0.1;
    scene.verdict.hazard = {Hazard::health};
    const auto decision = scene.decide();
    CHECK(decision.urgency == Urgency::urgent);
    CHECK(has_reason(decision, "hazard.health"));
    scene.post.parent_id = "prize";
    scene.brand.contest_posts = {"prize"};
    CHECK(scene.decide().urgency == Urgency::urgent);
}

TEST_CASE("the brand's own posts, contests and chatter are none", "[decide]") {
    Scene own;
    own.post.own = true;
    own.verdict.repeat_contact = 1;
    CHECK(own.decide().urgency == Urgency::none);
    Scene contest;
    contest.post.parent_id = "prize";
    contest.brand.contest_posts = {"prize"};
    contest.verdict.repeat_contact = 1;
    CHECK(contest.decide().rule == "contest");
    Scene chatter;
    chatter.nobody();
    chatter.verdict.complaint = 0.49;
    CHECK(chatter.decide().urgency == Urgency::none);
}

TEST_CASE("threats, reach and low ratings are flags", "[decide]") {
    Scene scene;
    scene.nobody();
    CHECK(scene.decide().urgency == Urgency::watch);
    scene.verdict.threat = {Threat::churn};
    CHECK(scene.decide().urgency == Urgency::watch);
    scene.verdict.threat = {Threat::churn, Threat::legal};
    CHECK(scene.decide().rule == "threat");
    scene.verdict.threat.clear();
    scene.post.author.followers = scene.brand.reach_followers;
    CHECK(scene.decide().rule == "great-reach");

    Scene rating;
    rating.verdict.complaint = 0.1;
    rating.post.rating = 2;
    CHECK(rating.decide().rule == "low-rating");
    rating.post.rating = 3;
    CHECK(rating.decide().urgency == Urgency::none);

    Scene picture;
    picture.verdict.complaint = 0;
    picture.post.attachments = {{"photo", ""}};
    picture.post.text = "no i  proszę bardzo";
    CHECK(picture.decide().rule == "picture-without-words");
    picture.post.text = "no i proszę bardzo was";
    CHECK(picture.decide().urgency == Urgency::none);
}

TEST_CASE("what would be urgent but was seen a day late is a flag, unless a gap explains it", "[decide]") {
    Scene scene;
    scene.verdict.repeat_contact = 1;
    scene.late = is_late(now - 25h, now, false, scene.brand);
    CHECK(scene.decide().urgency == Urgency::flag);
    CHECK(has_reason(scene.decide(), "late"));
    scene.late = is_late(now - 25h, now, true, scene.brand);
    CHECK(scene.decide().urgency == Urgency::urgent);
    CHECK_FALSE(is_late(now - 24h, now, false, scene.brand));
}

TEST_CASE("nobody is looked up for a post that no customer could make more urgent", "[decide]") {
    Scene scene;
    CHECK(scene.asks_who());
    scene.verdict.complaint = 0.2;
    CHECK_FALSE(scene.asks_who());
    scene.post.rating = 1;
    CHECK(scene.asks_who());
    scene.post.own = true;
    CHECK_FALSE(scene.asks_who());
}

TEST_CASE("a deadline for an answer makes any post urgent, however calm its words and late its discovery", "[decide]") {
    Scene scene;
    scene.nobody();
    scene.verdict.complaint = 0.1;
    scene.post.answer_by = now + 20h;
    CHECK(scene.decide().urgency == Urgency::none);
    scene.answer_due = true;
    scene.late = true;
    const auto decision = scene.decide();
    CHECK(decision.urgency == Urgency::urgent);
    CHECK(decision.rule == "answer-due");
    REQUIRE(has_reason(decision, "answer_due"));
    CHECK(decision.reasons.front().text == "The platform or the law wants an answer by 2026-04-21T06:00:00Z, and none was given.");
    CHECK(scene.asks_who());
    scene.post.own = true;
    CHECK(scene.decide().urgency == Urgency::none);
}

TEST_CASE("an answer is due from the brand's setting before its time on, and stays so", "[decide]") {
    Scene scene;
    const auto due = [&](bool backfilled = false) { return answer_is_due(scene.post, now, now, backfilled, scene.brand); };
    CHECK_FALSE(due());
    scene.post.answer_by = now + 37h;
    CHECK_FALSE(due());
    scene.post.answer_by = now + 36h;
    CHECK(due());
    scene.brand.answer_due_before = 24h;
    CHECK_FALSE(due());
    scene.post.answer_by = now - 24h * 9;
    CHECK(due());
    CHECK_FALSE(due(true)); // it had passed before larum came
    scene.post.answer_by = now + 1h;
    CHECK(due(true));
    scene.post.own = true;
    CHECK_FALSE(due());
}

TEST_CASE("a post from before its source was connected is alerted only where an answer is still due", "[decide]") {
    Scene scene;
    scene.backfilled = true;
    scene.verdict.repeat_contact = 1;
    scene.post.answer_by = now + 1h;
    CHECK(scene.decide().urgency == Urgency::watch);
    scene.answer_due = true;
    CHECK(scene.decide().urgency == Urgency::urgent);
    CHECK_FALSE(has_reason(scene.decide(), "backfill"));
}

TEST_CASE("contacts on one channel within twelve hours of the first are one attempt", "[decide]") {
    const auto records = one_case({inbound(ContactChannel::phone, now - 72h), inbound(ContactChannel::phone, now - 61h),
                                   inbound(ContactChannel::phone, now - 60h), inbound(ContactChannel::email, now - 60h)});
    const auto story = story_of(records);
    CHECK(story.contacts == 4);
    CHECK(story.attempts == 3); // the third call is twelve hours after the first
    CHECK(story.channels == std::vector{ContactChannel::phone, ContactChannel::email});
}

TEST_CASE("answers, automatic replies and what came later are no attempts", "[decide]") {
    auto out = inbound(ContactChannel::phone, now - 50h);
    out.direction = Direction::out;
    auto automatic = inbound(ContactChannel::email, now - 40h);
    automatic.automatic = true;
    const auto records = one_case({out, automatic, inbound(ContactChannel::chat, now), inbound(ContactChannel::chat, now + 1h)});
    CHECK(story_of(records).attempts == 0);
    CHECK(story_of(records, now + 2h).attempts == 1);
}

TEST_CASE("a contact without a case counts for the one open then, or opened within three days", "[decide]") {
    auto records = one_case({inbound(ContactChannel::phone, now - 24h * 22, 0), inbound(ContactChannel::phone, now - 24h * 24, 0),
                             inbound(ContactChannel::phone, now - 24h * 5, 0), inbound(ContactChannel::phone, now - 24h * 4, 99)});
    CHECK(story_of(records).attempts == 2);
    Case later = records.cases.front();
    later.id = 8;
    later.opened_at = now - 24h * 6;
    records.cases.push_back(later);
    CHECK(story_of(records).attempts == 1); // the call five days ago was about the newer one
}

TEST_CASE("a promise is broken after the end of its day in the brand's zone", "[decide]") {
    auto records = one_case({});
    records.cases.front().promised_at = parse_time("2026-04-18T09:00:00Z");
    CHECK_FALSE(story_of(records, *parse_time("2026-04-18T21:59:59Z")).promise_broken_at);
    CHECK(story_of(records, *parse_time("2026-04-18T22:00:00Z")).promise_broken_at == parse_time("2026-04-18T22:00:00Z"));
    records.cases.front().closed_at = parse_time("2026-04-18T12:00:00Z");
    CHECK_FALSE(story_of(records).promise_broken_at);
}

TEST_CASE("a case is unsolved as of the post, whatever its status says now", "[decide]") {
    auto records = one_case({});
    auto& matter = records.cases.front();
    CHECK(unsolved(matter, records, now, false));
    CHECK_FALSE(unsolved(matter, records, now - 24h * 21, false));
    matter.status = CaseStatus::closed;
    matter.closed_at = now + 1h;
    CHECK(unsolved(matter, records, now, false));
    matter.closed_at = now - 24h * 29;
    CHECK_FALSE(unsolved(matter, records, now, false));
    CHECK(unsolved(matter, records, now, true));
    matter.closed_at = now - 24h * 30;
    matter.opened_at = now - 24h * 60;
    CHECK_FALSE(unsolved(matter, records, now, true));
    matter.opened_at.reset();
    CHECK_FALSE(unsolved(matter, records, now, false));
}
