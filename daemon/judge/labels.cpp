#include "daemon/judge/labels.h"

#include "core/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::judging {

namespace {

using nlohmann::json;

[[noreturn]] void wrong(const std::string& field, const std::string& right) {
    throw Error(Error::Kind::input, "field \"" + field + "\" is not " + right);
}

std::string read_text(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_number_integer()) return found->dump();
    if (!found->is_string()) wrong(name, "text");
    return found->get<std::string>();
}

std::optional<bool> read_flag(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_boolean()) wrong(name, "true or false");
    return found->get<bool>();
}

std::optional<std::vector<std::string>> read_list(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_array()) wrong(name, "a list of words");
    std::vector<std::string> list;
    for (const auto& one : *found) {
        if (!one.is_string()) wrong(name, "a list of words");
        list.push_back(one.get<std::string>());
    }
    return list;
}

} // namespace

LabelledPost parse_labelled(std::string_view json_line) {
    const auto object = json::parse(json_line, nullptr, false);
    if (!object.is_object()) throw Error(Error::Kind::input, "not JSON; expected one object a line");
    LabelledPost post;
    post.id = read_text(object, "id");
    post.lang = read_text(object, "lang");
    post.brand = read_text(object, "brand");
    post.text = read_text(object, "text");
    if (const auto at = read_text(object, "posted_at"); !at.empty()) {
        post.posted_at = parse_time(at);
        if (!post.posted_at) wrong("posted_at", "a time like 2026-04-05T22:41:03Z (RFC 3339)");
    }
    post.complaint = read_flag(object, "complaint");
    post.repeat_contact = read_flag(object, object.contains("repeat_contact") ? "repeat_contact" : "repeat_contact_stated");
    post.broken_promise = read_flag(object, "broken_promise");
    post.not_solved = read_flag(object, "not_solved");
    post.on_behalf = read_flag(object, "on_behalf");
    post.service = read_flag(object, "service");
    post.channels = read_list(object, "channels");
    post.threat = read_list(object, "threat");
    post.hazard = read_list(object, "hazard");
    if (const auto found = object.find("stated_contacts"); found != object.end()) {
        if (!found->is_null() && !found->is_number_integer()) wrong("stated_contacts", "a whole number or null");
        post.stated_contacts = found->is_null() ? std::optional<int>() : found->get<int>();
    }
    if (const auto topic = read_text(object, "topic"); !topic.empty()) {
        post.topic = from_word<Topic>(topic);
        if (!post.topic) wrong("topic", "one of " + all_words<Topic>());
    }
    return post;
}

Example example_of(const LabelledPost& post, const Reader& reader, float weight) {
    Example example;
    example.weight = weight;
    example.fold = feature_key(post.text);
    Reading reading;
    reader.read(post.text, post.lang, brand_words(post.brand), reading);
    std::vector<Feature> features;
    features_of(reading, reader.lexicon(), features, &example.names);
    for (const auto& feature : features) example.values.push_back(feature.value);
    example.labels.fill(-1);
    const auto set = [&](std::size_t head, const std::optional<bool>& label) {
        if (label) example.labels[head] = *label;
    };
    const auto set_each = [&]<class E>(Head first, const std::optional<std::vector<std::string>>& list, E) {
        for (std::size_t i = 0; list && i < word_count<E>; ++i)
            example.labels[at(first) + i] = std::find(list->begin(), list->end(), Words<E>::list[i]) != list->end();
    };
    // Ordinary talk teaches what is ordinary talk, not that outrage speaks against a complaint.
    if (post.service.value_or(true)) set(at(Head::complaint), post.complaint);
    set(at(Head::repeat_contact), post.repeat_contact);
    set(at(Head::broken_promise), post.broken_promise);
    set(at(Head::not_solved), post.not_solved);
    set(at(Head::on_behalf), post.on_behalf);
    set(at(Head::service), post.service.value_or(true));
    for (std::size_t i = 0; post.topic && i < word_count<Topic>; ++i)
        example.labels[at(Head::topic) + i] = static_cast<std::size_t>(*post.topic) == i;
    set_each(Head::threat, post.threat, Threat{});
    set_each(Head::hazard, post.hazard, Hazard{});
    return example;
}

} // namespace larum::judging
