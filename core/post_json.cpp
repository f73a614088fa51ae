#include "core/post_json.h"

#include "core/error.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

namespace larum {

namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& field, const std::string& right) {
    throw Error(Error::Kind::input, "field \"" + field + "\" is not " + right);
}

/// A member that is there and not null.
const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

/// Text; whole numbers are taken too, since ids look like numbers to many tools.
std::string read_text(const json& object, const char* name) {
    const auto* value = member(object, name);
    if (!value) return {};
    if (value->is_string()) return text::valid_utf8(value->get_ref<const std::string&>());
    if (value->is_number_integer()) return value->dump();
    wrong(name, "text");
}

std::optional<std::int64_t> read_count(const json& object, const char* name) {
    const auto* value = member(object, name);
    if (!value) return {};
    if (!value->is_number()) wrong(name, "a whole number");
    return value->is_number_float() ? static_cast<std::int64_t>(value->get<double>()) : value->get<std::int64_t>();
}

bool read_flag(const json& object, const char* name) {
    const auto* value = member(object, name);
    if (!value) return false;
    if (!value->is_boolean()) wrong(name, "true or false");
    return value->get<bool>();
}

std::optional<Time> read_time(const json& object, const char* name) {
    const auto* value = member(object, name);
    if (!value) return {};
    const auto time = value->is_string() ? parse_time(value->get_ref<const std::string&>()) : std::nullopt;
    if (!time) wrong(name, "a time like 2026-04-05T22:41:03Z (RFC 3339)");
    return time;
}

Author read_author(const json& post) {
    const auto* value = member(post, "author");
    if (!value) return {};
    if (!value->is_object()) wrong("author", "an object");
    Author author;
    author.id = read_text(*value, "id");
    author.handle = read_text(*value, "handle");
    author.name = read_text(*value, "name");
    author.city = read_text(*value, "city");
    author.followers = read_count(*value, "followers");
    author.url = read_text(*value, "url");
    return author;
}

std::vector<Attachment> read_attachments(const json& post) {
    const auto* value = member(post, "attachments");
    if (!value) return {};
    if (!value->is_array()) wrong("attachments", "a list");
    std::vector<Attachment> attachments;
    for (const auto& one : *value) {
        if (!one.is_object()) wrong("attachments", "a list of objects");
        attachments.push_back({read_text(one, "kind"), read_text(one, "url")});
    }
    return attachments;
}

std::vector<std::string> read_texts(const json& object, const char* name) {
    const auto* value = member(object, name);
    if (!value) return {};
    if (!value->is_array()) wrong(name, "a list");
    std::vector<std::string> texts;
    for (const auto& one : *value) {
        if (!one.is_string() && !one.is_number_integer()) wrong(name, "a list of texts");
        auto text = one.is_string() ? text::valid_utf8(one.get_ref<const std::string&>()) : one.dump();
        if (!text.empty()) texts.push_back(std::move(text));
    }
    return texts;
}

template <class T>
json or_null(const T& value) {
    return value ? json(*value) : json();
}

json text_or_null(const std::string& value) { return value.empty() ? json() : json(value); }

json time_or_null(const std::optional<Time>& value) { return value ? json(format_time(*value)) : json(); }

/// Three digits are more than any probability here is worth.
double rounded(double p) { return static_cast<double>(static_cast<long>(p * 1000 + 0.5)) / 1000; }

} // namespace

Post parse_post(std::string_view json_line) {
    const json object = json::parse(json_line, nullptr, false);
    if (object.is_discarded()) throw Error(Error::Kind::input, "not JSON; expected one object a line");
    if (!object.is_object()) throw Error(Error::Kind::input, "not an object; expected one object a line");
    Post post;
    post.brand = read_text(object, "brand");
    post.source = read_text(object, "source");
    post.platform = read_text(object, "platform");
    post.realm = read_text(object, "realm");
    post.id = read_text(object, "id");
    post.parent_id = read_text(object, "parent_id");
    if (const auto kind = read_text(object, "kind"); !kind.empty()) {
        const auto known = from_word<PostKind>(kind);
        if (!known) wrong("kind", "one of: " + all_words<PostKind>());
        post.kind = *known;
    }
    post.author = read_author(object);
    post.author_scope = read_text(object, "author_scope");
    post.text = read_text(object, "text");
    post.lang = read_text(object, "lang");
    if (const auto rating = read_count(object, "rating")) {
        if (*rating < 1 || *rating > 5) wrong("rating", "1 to 5");
        post.rating = static_cast<int>(*rating);
    }
    post.attachments = read_attachments(object);
    const auto posted_at = read_time(object, "posted_at");
    if (post.platform.empty()) wrong("platform", "there; expected a name like facebook");
    if (post.id.empty()) wrong("id", "there; expected the platform's own id");
    if (!member(object, "text")) wrong("text", "there; expected text (it may be empty)");
    if (!posted_at) wrong("posted_at", "there; expected a time like 2026-04-05T22:41:03Z");
    post.posted_at = *posted_at;
    post.edited_at = read_time(object, "edited_at");
    post.deleted_at = read_time(object, "deleted_at");
    post.url = read_text(object, "url");
    post.on_ad = read_flag(object, "on_ad");
    post.own = read_flag(object, "own");
    post.answer_by = read_time(object, "answer_by");
    post.order_refs = read_texts(object, "order_refs");
    post.reported_by = read_text(object, "reported_by");
    if (const auto* metrics = member(object, "metrics"); metrics && metrics->is_object())
        post.metrics = {read_count(*metrics, "likes"), read_count(*metrics, "shares"), read_count(*metrics, "comments"),
                        read_count(*metrics, "views")};
    return post;
}

json to_json(const Post& post) {
    json attachments = json::array();
    for (const auto& one : post.attachments) attachments.push_back({{"kind", one.kind}, {"url", one.url}});
    return {{"brand", text_or_null(post.brand)},
            {"platform", post.platform},
            {"realm", text_or_null(post.realm)},
            {"source", text_or_null(post.source)},
            {"id", post.id},
            {"parent_id", text_or_null(post.parent_id)},
            {"kind", word(post.kind)},
            {"author",
             {{"id", text_or_null(post.author.id)},
              {"handle", text_or_null(post.author.handle)},
              {"name", text_or_null(post.author.name)},
              {"city", text_or_null(post.author.city)},
              {"followers", or_null(post.author.followers)},
              {"url", text_or_null(post.author.url)}}},
            {"author_scope", text_or_null(post.author_scope)},
            {"text", post.text},
            {"lang", text_or_null(post.lang)},
            {"rating", or_null(post.rating)},
            {"attachments", attachments},
            {"posted_at", format_time(post.posted_at)},
            {"edited_at", time_or_null(post.edited_at)},
            {"deleted_at", time_or_null(post.deleted_at)},
            {"url", text_or_null(post.url)},
            {"on_ad", post.on_ad},
            {"own", post.own},
            {"answer_by", time_or_null(post.answer_by)},
            {"order_refs", post.order_refs.empty() ? json() : json(post.order_refs)},
            {"reported_by", text_or_null(post.reported_by)},
            {"metrics",
             {{"likes", or_null(post.metrics.likes)},
              {"shares", or_null(post.metrics.shares)},
              {"comments", or_null(post.metrics.comments)},
              {"views", or_null(post.metrics.views)}}}};
}

json to_json(const Verdict& verdict) {
    json object = {{"lang", verdict.lang},
                   {"complaint", rounded(verdict.complaint)},
                   {"repeat_contact", rounded(verdict.repeat_contact)},
                   {"stated_contacts", or_null(verdict.stated_contacts)},
                   {"channels", json::array()},
                   {"threat", json::array()},
                   {"broken_promise", rounded(verdict.broken_promise)},
                   {"not_solved", rounded(verdict.not_solved)},
                   {"on_behalf", rounded(verdict.on_behalf)},
                   {"hazard", json::array()},
                   {"topic", word(verdict.topic)},
                   {"scores", json::object()},
                   {"spans", json::array()}};
    for (const auto one : verdict.channels) object["channels"].push_back(word(one));
    for (const auto one : verdict.threat) object["threat"].push_back(word(one));
    for (const auto one : verdict.hazard) object["hazard"].push_back(word(one));
    object["sensitive"] = verdict.sensitive;
    auto& scores = object["scores"];
    scores["complaint"] = rounded(verdict.complaint);
    scores["repeat_contact"] = rounded(verdict.repeat_contact);
    scores["broken_promise"] = rounded(verdict.broken_promise);
    scores["not_solved"] = rounded(verdict.not_solved);
    scores["on_behalf"] = rounded(verdict.on_behalf);
    for (std::size_t i = 0; i < word_count<Threat>; ++i)
        scores["threat." + std::string(Words<Threat>::list[i])] = rounded(verdict.threat_scores[i]);
    for (std::size_t i = 0; i < word_count<Hazard>; ++i)
        scores["hazard." + std::string(Words<Hazard>::list[i])] = rounded(verdict.hazard_scores[i]);
    for (const auto& span : verdict.spans)
        object["spans"].push_back({{"signal", span.signal}, {"start", span.start}, {"end", span.end}});
    return object;
}

json to_json(const Evidence& evidence) {
    return {{"field", evidence.field},
            {"post", evidence.post},
            {"record", evidence.record},
            {"weight", static_cast<double>(static_cast<long>(evidence.weight * 100 + (evidence.weight < 0 ? -0.5 : 0.5))) / 100}};
}

std::string author_key(const Post& post) {
    if (post.author.id.empty()) return {};
    return post.platform + ':' + post.author_scope + ':' + post.author.id;
}

std::string post_name(const Post& post) { return post.platform + ':' + post.id; }

} // namespace larum
