#include "connectors/shared/markup.h"

#include "core/text.h"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>

namespace larum::connectors {

namespace {

constexpr int depth_max = 200; ///< markup nested deeper is an attack, not a text

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string_view name_of(const xmlNode* node) { return reinterpret_cast<const char*>(node->name); }

void end_line(std::string& text) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    if (!text.empty() && text.back() != '\n') text += '\n';
}

void add_words(std::string_view words, std::string& text) {
    for (const char c : words) {
        const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!space)
            text += c;
        else if (!text.empty() && text.back() != ' ' && text.back() != '\n')
            text += ' ';
    }
}

void add_text(const xmlNode* node, std::string& text, int depth) {
    if (depth > depth_max) return;
    for (; node; node = node->next) {
        if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content) {
            add_words(reinterpret_cast<const char*>(node->content), text);
        } else if (node->type == XML_ELEMENT_NODE && !is_one_of(name_of(node), {"script", "style", "head", "template"})) {
            const auto name = name_of(node);
            if (name == "br") {
                while (!text.empty() && text.back() == ' ') text.pop_back();
                text += '\n';
                continue;
            }
            const bool block = is_one_of(name, {"p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"});
            if (block) end_line(text);
            add_text(node->children, text, depth + 1);
            if (block) end_line(text);
        }
    }
}

} // namespace

std::string html_to_text(std::string_view html) {
    if (html.find_first_of("<&") == std::string_view::npos) return text::trim(html);
    constexpr std::size_t bytes_max = 1u << 20;
    html = html.substr(0, bytes_max);
    const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        htmlReadMemory(html.data(), static_cast<int>(html.size()), nullptr, "UTF-8", options), xmlFreeDoc);
    if (!document) return text::trim(html);
    std::string text;
    add_text(xmlDocGetRootElement(document.get()), text, 0);
    return text::trim(text);
}

} // namespace larum::connectors
