#include "connectors/shared/feed.h"

#include "connectors/shared/call.h"
#include "connectors/shared/markup.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/text.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/uri.h>

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace larum::connectors {

namespace {

constexpr std::size_t items_max = 1000;
constexpr std::size_t text_bytes_max = 256u << 10;

std::string_view name_of(const xmlNode* node) { return reinterpret_cast<const char*>(node->name); }

bool is_element(const xmlNode* node, std::string_view name) { return node->type == XML_ELEMENT_NODE && name_of(node) == name; }

/// The namespaces that RSS itself has had. Its modules have names below them and are something else.
bool is_rss(std::string_view uri) {
    while (uri.ends_with('/') || uri.ends_with('#')) uri.remove_suffix(1);
    constexpr std::string_view own[] = {"purl.org/rss/1.0", "purl.org/net/rss1.1", "netscape.com/rdf/simple/0.9", "netscape.com/publish/formats/rss-0.91.dtd"};
    if (std::any_of(std::begin(own), std::end(own), [&](std::string_view one) { return uri.ends_with(one); })) return true;
    return uri.find("backend.userland.com") != uri.npos || uri.find("blogs.law.harvard.edu/tech/rss") != uri.npos;
}

/// The prefix or a known namespace: «dc», «content», «atom»; empty for the feed's own.
std::string_view family_of(const xmlNode* node) {
    // Feeds declare these under any prefix, or use the usual prefix without declaring it.
    if (!node->ns) return {};
    const std::string_view uri = node->ns->href ? reinterpret_cast<const char*>(node->ns->href) : "";
    if (uri.find("purl.org/dc/") != uri.npos) return "dc";
    if (uri.find("purl.org/rss/1.0/modules/content") != uri.npos) return "content";
    if (uri.find("/Atom") != uri.npos || uri.find("purl.org/atom") != uri.npos) return "atom";
    if (is_rss(uri)) return {};
    return node->ns->prefix ? reinterpret_cast<const char*>(node->ns->prefix) : std::string_view();
}

/// A child «name», or «prefix:name» of a known family. Undeclared prefixes stay in the name.
const xmlNode* child(const xmlNode* parent, std::string_view family, std::string_view name) {
    for (const auto* node = parent->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        if (name_of(node) == name && family_of(node) == family) return node;
        if (!family.empty() && name_of(node) == std::string(family) + ":" + std::string(name)) return node;
    }
    return nullptr;
}

std::string attribute(const xmlNode* node, const char* name) {
    const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlGetNoNsProp(const_cast<xmlNode*>(node), reinterpret_cast<const xmlChar*>(name)), xmlFree);
    return value ? text::trim(reinterpret_cast<const char*>(value.get())) : std::string();
}

/// `rdf:about`, which names an item of RSS 1.0; some leave out the prefix.
std::string about_of(const xmlNode* node) {
    const auto* name = reinterpret_cast<const xmlChar*>("about");
    const auto* space = reinterpret_cast<const xmlChar*>("http://www.w3.org/1999/02/22-rdf-syntax-ns#");
    const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlGetNsProp(const_cast<xmlNode*>(node), name, space), xmlFree);
    return value ? text::trim(reinterpret_cast<const char*>(value.get())) : attribute(node, "about");
}

std::string content(const xmlNode* node) {
    if (!node) return {};
    const std::unique_ptr<xmlChar, decltype(xmlFree)> value(xmlNodeGetContent(const_cast<xmlNode*>(node)), xmlFree);
    if (!value) return {};
    std::string_view whole = reinterpret_cast<const char*>(value.get());
    return text::trim(text::valid_utf8(whole.substr(0, text_bytes_max)));
}

/// The node's children as markup: what stands unescaped inside an Atom or a careless RSS element.
std::string inner_markup(const xmlNode* node) {
    const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> buffer(xmlBufferCreate(), xmlBufferFree);
    for (auto* part = node->children; part; part = part->next) xmlNodeDump(buffer.get(), node->doc, part, 0, 0);
    return reinterpret_cast<const char*>(xmlBufferContent(buffer.get()));
}

bool has_elements(const xmlNode* node) {
    for (const auto* part = node->children; part; part = part->next)
        if (part->type == XML_ELEMENT_NODE) return true;
    return false;
}

/// RSS does not say whether a text is markup: escaped or naked, it is read as such.
std::string rss_text(const xmlNode* node) {
    if (!node) return {};
    return html_to_text(has_elements(node) ? inner_markup(node) : content(node));
}

/// Atom says it in `type` (or, before 1.0, in `mode`).
std::string atom_text(const xmlNode* node) {
    if (!node) return {};
    const auto type = attribute(node, "type"), mode = attribute(node, "mode");
    if (mode == "base64") {
        try {
            return html_to_text(text::valid_utf8(from_base64(content(node))));
        } catch (const Error&) {
            return content(node);
        }
    }
    if (has_elements(node)) return html_to_text(inner_markup(node));
    if (type.find("html") != type.npos || mode == "escaped") return html_to_text(content(node));
    if (!type.empty() && type.rfind("text", 0) != 0) { // a foreign type is base64 (RFC 4287, 4.1.3.3)
        try {
            return html_to_text(text::valid_utf8(from_base64(content(node))));
        } catch (const Error&) {
        }
    }
    return content(node);
}

/// As home-made feeds write it: «2026-04-05 10:00:00 +0200», or without a zone, which is taken for Greenwich: a few hours
/// off is better than the moment of reading, which would make all that is old new.
std::optional<Time> home_made_time(std::string text) {
    constexpr std::size_t date_size = 10;
    if (const auto space = text.rfind(' '); space != text.npos && space > date_size) text.erase(space, 1);
    if (auto time = parse_time(text)) return time;
    if (text.size() == std::string_view("2026-04-05 10:00").size()) text += ":00";
    return parse_time(text + 'Z');
}

std::optional<Time> feed_time(const std::string& text) {
    if (text.empty()) return {};
    if (auto time = home_made_time(text)) return time;
    if (text.size() == 10)
        if (auto day = parse_time(text + "T00:00:00Z")) return day; // W3C date alone
    if (text.size() == 17 || text.size() == 22) // W3C time without seconds
        if (auto time = parse_time(text.substr(0, 16) + ":00" + text.substr(16))) return time;
    return parse_mail_time(text);
}

template <class Read>
std::optional<Time> first_time(std::initializer_list<const xmlNode*> nodes, Read read) {
    for (const auto* node : nodes)
        if (node)
            if (auto time = feed_time(read(node))) return time;
    return {};
}

/// A person's name out of «ania@example.org (Ania)», «Ania (ania@example.org)», «Ania <ania@example.org>» or a plain
/// name. Addresses are not kept.
std::string person(std::string text) {
    if (const auto open = text.find('('); open != text.npos && text.find(')', open) != text.npos) {
        const auto inside = text.substr(open + 1, text.find(')', open) - open - 1);
        return inside.find('@') == inside.npos ? text::trim(inside) : person(text::trim(text.substr(0, open)));
    }
    if (const auto open = text.find('<'); open != text.npos && open > 0) return text::trim(text.substr(0, open));
    return text.find('@') == text.npos ? text : std::string();
}

void settle_id(FeedItem& item, const std::string& given) {
    if (!given.empty())
        item.id = given;
    else if (!item.link.empty() || !item.title.empty())
        item.id = "sha256:" + sha256_hex(item.link + '\n' + item.title).substr(0, 32);
    else if (!item.text.empty())
        item.id = "sha256:" + sha256_hex(item.text).substr(0, 32);
}

bool looks_like_url(const std::string& text) {
    return strncasecmp(text.c_str(), "http://", 7) == 0 || strncasecmp(text.c_str(), "https://", 8) == 0;
}

FeedItem rss_item(const xmlNode* node) {
    FeedItem item;
    item.title = rss_text(child(node, "", "title"));
    item.link = content(child(node, "", "link"));
    const auto* guid = child(node, "", "guid");
    const auto guid_text = content(guid);
    if (item.link.empty() && guid && attribute(guid, "isPermaLink") != "false" && looks_like_url(guid_text)) item.link = guid_text;
    const auto about = about_of(node);
    if (item.link.empty()) item.link = about;
    const auto* encoded = child(node, "content", "encoded");
    item.text = rss_text(encoded ? encoded : child(node, "", "description"));
    if (item.text.empty()) item.text = atom_text(child(node, "atom", "summary"));
    item.author = person(content(child(node, "dc", "creator")));
    if (item.author.empty()) item.author = person(content(child(node, "", "author")));
    item.published = first_time({child(node, "", "pubDate"), child(node, "dc", "date")}, [](const xmlNode* one) { return content(one); });
    item.updated = first_time({child(node, "atom", "updated")}, [](const xmlNode* one) { return content(one); });
    for (const auto* part = node->children; part; part = part->next)
        if (is_element(part, "enclosure"))
            if (auto url = attribute(part, "url"); !url.empty()) item.enclosures.push_back(std::move(url));
    settle_id(item, guid_text.empty() ? about : guid_text);
    return item;
}

std::string resolved(const std::string& base, const std::string& link) {
    const auto bytes = [](const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); };
    const std::unique_ptr<xmlChar, decltype(xmlFree)> whole(xmlBuildURI(bytes(link), bytes(base)), xmlFree);
    return whole ? reinterpret_cast<const char*>(whole.get()) : link;
}

/// An address in the entry, from the `xml:base` that holds there.
std::string based(const xmlNode* node, std::string address) {
    const std::unique_ptr<xmlChar, decltype(xmlFree)> base(xmlNodeGetBase(node->doc, const_cast<xmlNode*>(node)), xmlFree);
    return base && !address.empty() ? resolved(reinterpret_cast<const char*>(base.get()), address) : address;
}

/// The page of an entry is its «alternate» link.
std::string atom_link(const xmlNode* node) {
    std::string any;
    for (const auto* part = node->children; part; part = part->next) {
        if (!is_element(part, "link")) continue;
        const auto relation = attribute(part, "rel");
        auto address = based(part, attribute(part, "href"));
        if (relation.empty() || relation == "alternate") return address.empty() ? content(part) : address;
        if (any.empty() && relation != "self" && relation != "edit" && relation != "enclosure") any = std::move(address);
    }
    return any;
}

const xmlNode* atom_child(const xmlNode* node, std::string_view name) {
    const auto* found = child(node, "atom", name);
    return found ? found : child(node, "", name);
}

FeedItem atom_item(const xmlNode* node) {
    FeedItem item;
    item.title = atom_text(atom_child(node, "title"));
    item.link = atom_link(node);
    item.text = atom_text(atom_child(node, "content"));
    if (item.text.empty()) item.text = atom_text(atom_child(node, "summary"));
    if (const auto* author = atom_child(node, "author")) {
        item.author = person(content(atom_child(author, "name")));
        item.author_url = content(atom_child(author, "uri"));
    }
    const auto read = [](const xmlNode* one) { return content(one); };
    item.published = first_time({atom_child(node, "published"), atom_child(node, "issued"), atom_child(node, "created")}, read);
    item.updated = first_time({atom_child(node, "updated"), atom_child(node, "modified")}, read);
    settle_id(item, content(atom_child(node, "id")));
    return item;
}

// ---- bytes to a document -------------------------------------------------------------------------------

/// What the transport says of the charset; the byte order mark wins over it, it wins over the declaration.
std::string charset_of(std::string_view bytes, std::string_view content_type) {
    if (bytes.substr(0, 3) == "\xEF\xBB\xBF" || bytes.substr(0, 2) == "\xFF\xFE" || bytes.substr(0, 2) == "\xFE\xFF") return {};
    const auto at = content_type.find("charset=");
    if (at == content_type.npos) return {};
    auto name = std::string(content_type.substr(at + 8));
    name.erase(std::remove(name.begin(), name.end(), '"'), name.end());
    return text::trim(name.substr(0, name.find(';')));
}

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

Document read_document(std::string_view bytes, const std::string& charset, int options) {
    const auto* name = charset.empty() ? nullptr : charset.c_str();
    return {xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, name, options), xmlFreeDoc};
}

/// Takes out the document type: larum defines no entities, and a feed must not either. It stands before the root,
/// among comments and instructions, which may hold anything.
std::string without_doctype(std::string_view bytes) {
    std::size_t at = 0;
    for (;;) {
        at = bytes.find('<', at);
        if (at == bytes.npos) return std::string(bytes);
        const bool comment = bytes.substr(at, 4) == "<!--";
        if (!comment && bytes.substr(at, 2) != "<?") break;
        at = bytes.find(comment ? "-->" : "?>", at);
    }
    if (bytes.substr(at, 9) != "<!DOCTYPE") return std::string(bytes);
    auto end = bytes.find('>', at);
    if (const auto subset = bytes.find('[', at); subset < end) {
        const auto closed = bytes.find("]>", subset);
        end = closed == bytes.npos ? bytes.npos : closed + 1;
    }
    if (end == bytes.npos) return std::string(bytes);
    return std::string(bytes.substr(0, at)) + std::string(bytes.substr(end + 1));
}

/// Names that HTML knows and XML does not stand in many feeds; a lone ampersand in most broken ones.
std::string mend_ampersands(std::string_view bytes) {
    std::string mended;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes.substr(i, 9) == "<![CDATA[") {
            const auto end = std::min(bytes.find("]]>", i), bytes.size());
            mended += bytes.substr(i, end - i);
            i = end - 1;
            continue;
        }
        mended += bytes[i];
        if (bytes[i] != '&') continue;
        const auto rest = bytes.substr(i + 1, 12);
        const auto end = rest.find(';');
        const bool reference = end != rest.npos && end > 0 && (rest[0] == '#' || rest.substr(0, end) == "amp" || rest.substr(0, end) == "lt" ||
                                                              rest.substr(0, end) == "gt" || rest.substr(0, end) == "quot" || rest.substr(0, end) == "apos");
        if (!reference) mended += "amp;"; // «&nbsp;» reaches html_to_text as «&nbsp;», which knows it
    }
    return mended;
}

const xmlNode* find_feed(const xmlNode* node, int depth) {
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        std::string name(name_of(node));
        name = name.substr(name.find(':') + 1);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (name == "rss" || name == "rdf" || name == "feed" || name == "channel") return node;
        if (depth > 0)
            if (const auto* inside = find_feed(node->children, depth - 1)) return inside;
    }
    return nullptr;
}

void read_head(const xmlNode* head, bool atom, Feed& feed) {
    feed.title = atom ? atom_text(atom_child(head, "title")) : rss_text(child(head, "", "title"));
    feed.link = atom ? atom_link(head) : content(child(head, "", "link"));
    feed.lang = content(child(head, "", "language"));
    const auto ttl = content(child(head, "", "ttl"));
    constexpr int ttl_minutes_max = 24 * 60;
    if (!ttl.empty() && std::all_of(ttl.begin(), ttl.end(), [](unsigned char c) { return std::isdigit(c); }) && ttl.size() < 7)
        feed.ttl = std::chrono::minutes{std::min(std::stoi(ttl), ttl_minutes_max)};
}

void read_items(const xmlNode* parent, Feed& feed) {
    for (const auto* node = parent->children; node && feed.items.size() < items_max; node = node->next) {
        if (is_element(node, "item")) feed.items.push_back(rss_item(node));
        if (is_element(node, "entry")) feed.items.push_back(atom_item(node));
    }
}

Feed read_feed(const xmlNode* root) {
    Feed feed;
    const bool atom = name_of(root) == "feed";
    const auto* channel = atom || name_of(root) == "channel" ? root : child(root, "", "channel");
    if (channel) {
        read_head(channel, atom, feed);
        read_items(channel, feed);
    }
    if (channel != root) read_items(root, feed); // RSS 1.0 keeps its items beside the channel
    return feed;
}

} // namespace

std::string web_address(const std::string& base, const std::string& link) {
    if (link.empty()) return {};
    auto whole = looks_like_url(link) ? link : resolved(base, link);
    return looks_like_url(whole) ? whole : std::string();
}

std::optional<Feed> parse_feed(std::string_view bytes, std::string_view content_type) {
    while (!bytes.empty() && std::isspace(static_cast<unsigned char>(bytes.front()))) bytes.remove_prefix(1);
    const auto charset = charset_of(bytes, content_type);
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
    const auto plain = without_doctype(bytes);
    bool repaired = false;
    auto document = read_document(plain, charset, options);
    if (!document) {
        repaired = true;
        document = read_document(mend_ampersands(plain), charset, options | XML_PARSE_RECOVER);
    }
    const auto* root = document ? find_feed(xmlDocGetRootElement(document.get()), 2) : nullptr;
    if (!root) return {};
    auto feed = read_feed(root);
    feed.repaired = repaired;
    return feed;
}

} // namespace larum::connectors
