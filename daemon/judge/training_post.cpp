#include "daemon/judge/training_post.h"

#include "core/error.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace larum::judging {

namespace {

using nlohmann::json;

constexpr std::size_t line_bytes_max = 1024 * 1024;
constexpr std::size_t problems_max = 10;

[[noreturn]] void wrong(const std::string& text) { throw Error(Error::Kind::input, text); }

std::string text_of(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_number_integer()) return found->dump();
    if (!found->is_string()) wrong("field \"" + std::string(name) + "\" is not text");
    return found->get<std::string>();
}

void read_author(const json& object, TrainingPost& post) {
    const auto author = object.find("author");
    if (author == object.end() || author->is_null()) return;
    if (!author->is_object()) {
        post.author = text_of(object, "author");
        post.names = {post.author};
        return;
    }
    for (const auto* field : {"id", "handle", "name"}) {
        const auto value = text_of(*author, field);
        if (post.author.empty()) post.author = value;
        if (!value.empty() && std::string_view(field) != "id") post.names.push_back(value);
    }
}

template <class E>
void check_words(const std::optional<std::vector<std::string>>& list, const std::string& field) {
    for (const auto& one : list.value_or(std::vector<std::string>()))
        if (!from_word<E>(one)) wrong("field \"" + field + "\" has \"" + one + "\"; expected any of " + all_words<E>());
}

TrainingPost read_line(const std::string& line) {
    if (line.size() > line_bytes_max) wrong("longer than 1 MiB");
    TrainingPost post;
    post.post = parse_labelled(line);
    if (text::trim(post.post.text).empty()) wrong("field \"text\" is missing or empty; every line needs the words of a post");
    check_words<Threat>(post.post.threat, "threat");
    check_words<Hazard>(post.post.hazard, "hazard");
    check_words<ContactChannel>(post.post.channels, "channels");
    const auto object = json::parse(line);
    read_author(object, post);
    post.thread = text_of(object, object.contains("thread") ? "thread" : "parent_id");
    return post;
}

} // namespace

std::vector<TrainingPost> read_training_posts(std::istream& lines, const std::string& name) {
    std::vector<TrainingPost> posts;
    std::string line, problems;
    std::size_t found = 0;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
        if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
        if (text::trim(line).empty()) continue;
        if (posts.size() == training_posts_max)
            wrong(name + ": more than " + std::to_string(training_posts_max) + " posts; give the newest ones only");
        try {
            posts.push_back(read_line(line));
        } catch (const Error& error) {
            problems += (problems.empty() ? "" : "\n") + name + ':' + std::to_string(number) + ": " + error.what();
            if (++found == problems_max) break;
        }
    }
    if (found) wrong(problems);
    return posts;
}

} // namespace larum::judging
