#pragma once

#include "connectors/shared/graph.h"

#include <deque>
#include <simdjson.h>

/// Reading Graph's JSON. Included by few sources only: simdjson is a large header.
namespace larum::connectors::graph {

using Element = simdjson::dom::element;

/// A parsed answer or webhook body. When the whole does not parse, invalid UTF-8 and half surrogates are
/// mended first, then the items of its list are read one by one: a broken item is rejected, the others are
/// kept.
class Document {
public:
    /// Throws Error::Kind::input when nothing can be made of it; `truncated()` tells that it ends in the
    /// middle.
    static std::shared_ptr<const Document> parse(std::string_view body);
    static bool truncated(std::string_view body);

    Element root() const { return root_; }
    const std::vector<Element>& items() const { return items_; } ///< of `data`, or of a top-level list
    const std::vector<std::string>& rejected() const { return rejected_; } ///< «reason\titem»

private:
    bool read_whole(std::string_view body);
    bool read_items(std::string_view body);
    std::optional<Element> read(std::string_view text);

    std::deque<simdjson::dom::parser> parsers_; ///< each owns what it parsed
    Element root_;
    std::vector<Element> items_;
    std::vector<std::string> rejected_;
};

/// Member `name` when it is there and not null.
std::optional<Element> member(Element object, std::string_view name);

/// Text of a member; whole numbers are taken as text, ids look like them. Empty when absent or of another
/// kind.
std::string text(Element object, std::string_view name);

std::optional<std::int64_t> number(Element object, std::string_view name);
bool flag(Element object, std::string_view name);

/// A time as Graph writes it: «2026-03-20T00:05:29+0000», or Unix seconds, or Unix milliseconds.
std::optional<Time> time(Element object, std::string_view name);

/// The item as JSON text, for the dead-letter table.
std::string raw(Element item);

/// Where the list goes on; nothing when `next` is absent, whatever the length of `data`.
std::optional<Query> next_of(Element list);

/// The same where an edge gives cursors and no `next`: after the last item there is an empty page.
std::optional<Query> next_by_cursor(Element list);

} // namespace larum::connectors::graph
