#include "connectors/shared/graph_json.h"

#include "core/error.h"
#include "core/text.h"

namespace larum::connectors::graph {

namespace {

constexpr std::size_t rejected_bytes_max = 4000;

bool is_hex4(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return false;
    for (std::size_t i = at; i < at + 4; ++i)
        if (!std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
    return true;
}

/// The code unit of the escape «\uXXXX» at `at`, or 0.
unsigned escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u' || !is_hex4(text, at + 2)) return 0;
    return static_cast<unsigned>(std::stoul(std::string(text.substr(at + 2, 4)), nullptr, 16));
}

/// Half of a surrogate pair is no character; clients that cut texts by length leave them behind.
std::string mend(std::string_view body) {
    std::string mended = larum::text::valid_utf8(body);
    for (std::size_t i = 0; i + 1 < mended.size(); ++i) {
        if (mended[i] != '\\') continue;
        const unsigned unit = escaped_unit(mended, i);
        if (unit >= 0xd800 && unit < 0xdc00) {
            const unsigned low = escaped_unit(mended, i + 6);
            if (low >= 0xdc00 && low < 0xe000)
                i += 11;
            else
                mended.replace(i, 6, "\\ufffd");
        } else if (unit >= 0xdc00 && unit < 0xe000) {
            mended.replace(i, 6, "\\ufffd");
        } else {
            ++i; // the escaped character is no beginning of an escape
        }
    }
    return mended;
}

struct ListText {
    std::vector<std::string_view> items;
    std::size_t begin = 0; ///< of the list's inside
    std::size_t end = 0;   ///< its closing bracket; npos when it never comes
};

/// Splits the list that opens at `open` by depth alone, without looking into its items.
ListText split(std::string_view body, std::size_t open) {
    ListText list{{}, open + 1, std::string_view::npos};
    int depth = 0;
    bool quoted = false;
    std::size_t from = open + 1;
    for (std::size_t i = open; i < body.size(); ++i) {
        const char c = body[i];
        if (quoted) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        const bool ends = depth == 0;
        if (!ends && !(c == ',' && depth == 1)) continue;
        if (const auto item = body.substr(from, i - from); item.find_first_not_of(" \t\r\n") != item.npos)
            list.items.push_back(item);
        from = i + 1;
        if (ends) return list.end = i, list;
    }
    return list;
}

std::size_t list_of(std::string_view body) {
    const auto key = body.find("\"data\"");
    return key == body.npos ? body.npos : body.find('[', key);
}

} // namespace

std::optional<Element> Document::read(std::string_view text) {
    Element element;
    if (parsers_.emplace_back().parse(text.data(), text.size()).get(element) == simdjson::SUCCESS)
        return element;
    return std::nullopt;
}

bool Document::read_whole(std::string_view body) {
    const auto root = read(body);
    if (!root) return false;
    root_ = *root;
    simdjson::dom::array list;
    if (root_.get(list) != simdjson::SUCCESS && root_["data"].get(list) != simdjson::SUCCESS) return true;
    for (const auto item : list) items_.push_back(item);
    return true;
}

bool Document::read_items(std::string_view body) {
    const auto open = list_of(body);
    if (open == body.npos) return false;
    const auto list = split(body, open);
    if (list.end == body.npos) return false;
    const auto envelope = read(std::string(body.substr(0, list.begin)) + std::string(body.substr(list.end)));
    if (!envelope) return false;
    root_ = *envelope;
    for (const auto item : list.items) {
        if (const auto element = read(item))
            items_.push_back(*element);
        else
            rejected_.push_back("is no JSON\t" + std::string(item.substr(0, rejected_bytes_max)));
    }
    return true;
}

std::shared_ptr<const Document> Document::parse(std::string_view body) {
    auto document = std::make_shared<Document>();
    if (document->read_whole(body)) return document;
    const std::string mended = mend(body);
    if (document->read_whole(mended) || document->read_items(mended)) return document;
    throw Error(Error::Kind::input, truncated(body) ? "JSON ends in the middle" : "no JSON");
}

bool Document::truncated(std::string_view body) {
    const auto open = body.find_first_not_of(" \t\r\n");
    if (open == body.npos) return true;
    return (body[open] == '{' || body[open] == '[') && split(body, open).end == body.npos;
}

std::optional<Element> member(Element object, std::string_view name) {
    Element value;
    if (object[name].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
    return value;
}

std::string text(Element object, std::string_view name) {
    const auto value = member(object, name);
    if (!value) return {};
    std::string_view string;
    if (value->get(string) == simdjson::SUCCESS) return larum::text::valid_utf8(string);
    if (value->is_int64() || value->is_uint64()) return simdjson::minify(*value);
    return {};
}

std::optional<std::int64_t> number(Element object, std::string_view name) {
    const auto value = member(object, name);
    std::int64_t count = 0;
    if (!value || value->get(count) != simdjson::SUCCESS) return std::nullopt;
    return count;
}

bool flag(Element object, std::string_view name) {
    const auto value = member(object, name);
    bool set = false;
    return value && value->get(set) == simdjson::SUCCESS && set;
}

std::optional<Time> time(Element object, std::string_view name) {
    if (const auto count = number(object, name)) {
        // No post is older than Facebook itself, so a number this small is seconds.
        const bool milliseconds = *count > 100'000'000'000;
        if (*count <= 0 || *count > 100'000'000'000'000) return std::nullopt;
        return milliseconds ? Time(std::chrono::milliseconds(*count)) : Time(std::chrono::seconds(*count));
    }
    return parse_time(text(object, name));
}

std::string raw(Element item) { return std::string(simdjson::minify(item)).substr(0, rejected_bytes_max); }

std::optional<Query> next_of(Element list) {
    const auto paging = member(list, "paging");
    const std::string next = paging ? text(*paging, "next") : "";
    if (next.empty()) return std::nullopt;
    return position_of(next);
}

std::optional<Query> next_by_cursor(Element list) {
    if (auto next = next_of(list)) return next;
    const auto paging = member(list, "paging");
    const auto cursors = paging ? member(*paging, "cursors") : std::nullopt;
    const auto after = cursors ? text(*cursors, "after") : "";
    simdjson::dom::array items;
    if (after.empty() || list["data"].get(items) != simdjson::SUCCESS || items.size() == 0) return std::nullopt;
    return Query{{"after", after}};
}

} // namespace larum::connectors::graph
