#include "core/error.h"
#include "core/id.h"
#include "core/post_json.h"
#include "core/text.h"
#include "support/catch.h"

#include <nlohmann/json.hpp>

using namespace larum;

TEST_CASE("a time is read and written as RFC 3339") {
    CHECK(format_time(*parse_time("2026-04-05T22:41:03Z")) == "2026-04-05T22:41:03Z");
    CHECK(format_time(*parse_time("2026-04-06T00:41:03.25+02:00")) == "2026-04-05T22:41:03.25Z");
    CHECK(parse_time("2026-04-05T22:41:03+0000") == parse_time("2026-04-05 22:41:03+00"));
    CHECK_FALSE(parse_time("2026-02-30T00:00:00Z"));
    CHECK_FALSE(parse_time("2026-04-05"));
    CHECK_FALSE(parse_time("2026-04-05T22:41:03Zx"));
}

TEST_CASE("a local day ends at the zone's midnight, also when clocks change") {
    CHECK(format_time(end_of_local_day(*parse_time("2026-03-28T23:30:00Z"), "Europe/Warsaw")) == "2026-03-29T22:00:00Z");
    CHECK(format_time(end_of_local_day(*parse_time("2026-10-25T10:00:00Z"), "Europe/Warsaw")) == "2026-10-25T23:00:00Z");
    LocalTime gap{2026, 3, 29, 2, 30, 0, 7}, overlap{2026, 10, 25, 2, 30, 0, 7};
    CHECK(format_time(from_local(gap, "Europe/Warsaw")) == "2026-03-29T01:30:00Z");
    CHECK(format_time(from_local(overlap, "Europe/Warsaw")) == "2026-10-25T00:30:00Z");
    CHECK_THROWS_AS(local_time(Time{}, "Mars/Olympus"), Error);
}

TEST_CASE("folding makes text as typed comparable and remembers where it stood") {
    CHECK(text::fold("ŁÓDŹ  Zażółć gęślą jaźń") == "lodz zazolc gesla jazn");
    CHECK(text::fold("Ковальський 🎉 Ｆｕｌｌ") == "kovalskii full");
    const auto folded = text::fold_with_origin("Ż 😀a");
    CHECK(folded.text == "z a");
    CHECK(folded.origin.back() == 3);
    CHECK(text::valid_utf8(std::string_view("a\0\xff", 3)) == "a\xEF\xBF\xBD\xEF\xBF\xBD");
    CHECK(text::shorten("żółw i inni", 6) == "żółw…");
}

TEST_CASE("ids grow even when the clock goes back, and never repeat") {
    struct Back final : Clock {
        mutable int calls = 0;
        Time now() const override { return *parse_time("2026-05-01T00:00:00Z") - std::chrono::seconds(calls++); }
    } clock;
    IdMaker ids(clock, 7);
    Id last = 0;
    for (int i = 0; i < 10000; ++i) {
        const Id id = ids.next();
        REQUIRE(id > last);
        last = id;
    }
}

TEST_CASE("a post that is not one says which field is wrong and what would be right") {
    CHECK_THROWS_WITH(parse_post("{"), "not JSON; expected one object a line");
    CHECK_THROWS_WITH(parse_post(R"({"platform":"x","id":1,"text":"a","posted_at":"soon"})"),
                      "field \"posted_at\" is not a time like 2026-04-05T22:41:03Z (RFC 3339)");
    const auto post = parse_post(R"({"platform":"x","id":12345678901234567,"text":"a","posted_at":"2026-04-05T22:41:03Z"})");
    CHECK(post.id == "12345678901234567");
    CHECK(parse_post(to_json(post).dump()).id == post.id);
}

TEST_CASE("a post carries when an answer is due and which orders the platform names") {
    const auto post = parse_post(R"({"platform":"x","id":1,"text":"a","posted_at":"2026-04-05T22:41:03Z",)"
                                 R"("answer_by":"2026-04-19T21:59:59Z","order_refs":["AC-1",77,""]})");
    CHECK(format_time(post.answer_by.value()) == "2026-04-19T21:59:59Z");
    CHECK(post.order_refs == std::vector<std::string>{"AC-1", "77"});

    const auto again = parse_post(to_json(post).dump());
    CHECK(again.answer_by == post.answer_by);
    CHECK(again.order_refs == post.order_refs);

    const auto without = parse_post(R"({"platform":"x","id":1,"text":"a","posted_at":"2026-04-05T22:41:03Z","answer_by":null,"order_refs":null})");
    CHECK(!without.answer_by);
    CHECK(without.order_refs.empty());
    CHECK_THROWS_WITH(parse_post(R"({"platform":"x","id":1,"text":"a","posted_at":"2026-04-05T22:41:03Z","order_refs":"AC-1"})"),
                      "field \"order_refs\" is not a list");
    CHECK_THROWS_WITH(parse_post(R"({"platform":"x","id":1,"text":"a","posted_at":"2026-04-05T22:41:03Z","answer_by":"soon"})"),
                      "field \"answer_by\" is not a time like 2026-04-05T22:41:03Z (RFC 3339)");
}
