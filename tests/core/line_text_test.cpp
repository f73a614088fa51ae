// Texts without an end, cut into events.
#include "core/error.h"
#include "core/line_text.h"
#include "support/catch.h"

using namespace larum;

namespace {

/// All events of `text`, fed in pieces of `size` bytes, as «name=data|».
std::string events(LineText::Form form, std::string_view text, std::size_t size) {
    LineText cut(form, 64);
    std::string all;
    for (std::size_t at = 0; at < text.size(); at += size) {
        cut.feed(text.substr(at, size));
        while (const auto frame = cut.take()) all += frame->name + "=" + frame->data + "|";
    }
    return all;
}

} // namespace

TEST_CASE("server-sent events are the same in whatever pieces they come", "[line]") {
    const std::string text = ":hello\r\nevent: update\r\ndata: {\"a\":1}\r\n\r\ndata:one\ndata: two\n\n:keep\n\nevent: none\n\ndata\r\rid: 5\nretry: 9\ndata: x\n\ndata: half";
    for (std::size_t size = 1; size < 20; ++size) {
        INFO(size);
        CHECK(events(LineText::Form::event_stream, text, size) == "update={\"a\":1}|=one\ntwo|=|=x|");
    }
}

TEST_CASE("lines are events and empty ones keep the connection alive", "[line]") {
    for (std::size_t size = 1; size < 12; ++size)
        CHECK(events(LineText::Form::lines, "{\"a\":1}\r\n\r\n\r\n{\"b\":2}\n\nno end", size) == "={\"a\":1}|={\"b\":2}|");
}

TEST_CASE("an event without end is not kept without bound", "[line]") {
    LineText lines(LineText::Form::lines, 10), stream(LineText::Form::event_stream, 10);
    lines.feed("0123456789");
    CHECK_THROWS_AS(lines.feed("0"), Error);
    stream.feed("data:12345\n");
    CHECK_THROWS_AS(stream.feed("data:12345\n"), Error);
}
