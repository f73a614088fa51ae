#include "daemon/judge/corpus.h"

#include "core/error.h"
#include "core/words.h"

#include <algorithm>
#include <charconv>

namespace larum::judging {

namespace {

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find(at, start), text.size());
        parts.emplace_back(text.substr(start, end - start));
        start = end + 1;
    }
    return parts;
}

[[noreturn]] void wrong(const std::string& right) { throw Error(Error::Kind::input, right); }

template <class E>
std::vector<std::string> read_words(std::string_view value) {
    auto list = split(value, ',');
    for (const auto& one : list)
        if (!from_word<E>(one)) wrong("\"" + one + "\" is not one of " + all_words<E>());
    return list;
}

/// «n=3», «ch=phone,email», «th=legal», «hz=press».
void read_extra(std::string_view extra, LabelledPost& post) {
    const auto equals = extra.find('=');
    const auto key = extra.substr(0, equals);
    const auto value = equals == extra.npos ? std::string_view() : extra.substr(equals + 1);
    if (key == "ch") {
        post.channels = read_words<ContactChannel>(value);
    } else if (key == "th") {
        post.threat = read_words<Threat>(value);
    } else if (key == "hz") {
        post.hazard = read_words<Hazard>(value);
    } else if (key == "n") {
        int count = 0;
        const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), count);
        if (error != std::errc() || stop != value.data() + value.size()) wrong("n= takes a whole number");
        post.stated_contacts = count;
    } else {
        wrong("\"" + std::string(extra) + "\" is not n=, ch=, th= or hz=");
    }
}

void read_flags(std::string_view flags, LabelledPost& post) {
    if (flags.find_first_not_of("CRBSHO-") != flags.npos) wrong("flags are letters out of C, R, B, S, H, O, or -");
    const auto has = [&](char flag) { return flags.find(flag) != flags.npos; };
    post.complaint = has('C');
    post.repeat_contact = has('R');
    post.broken_promise = has('B');
    post.not_solved = has('S');
    post.on_behalf = has('H');
    post.service = !has('O');
}

LabelledPost parse_line(std::string_view line) {
    const auto bar = line.find('|');
    if (bar == line.npos) wrong("no | between labels and text");
    LabelledPost post;
    const auto parts = split(line.substr(0, bar), ' ');
    if (parts.size() < 2) wrong("expected flags and topic before |");
    read_flags(parts[0], post);
    post.topic = from_word<Topic>(parts[1]);
    if (!post.topic) wrong("the topic is not one of " + all_words<Topic>());
    post.stated_contacts = std::optional<int>();
    post.channels.emplace();
    post.threat.emplace();
    post.hazard.emplace();
    for (std::size_t i = 2; i < parts.size(); ++i) read_extra(parts[i], post);
    for (const auto text = line.substr(bar + 1); const char c : text) {
        const bool new_line = c == 'n' && !post.text.empty() && post.text.back() == '\\';
        new_line ? static_cast<void>(post.text.back() = '\n') : post.text.push_back(c);
    }
    if (post.text.find_first_not_of(" \n") == std::string::npos) wrong("no text");
    return post;
}

} // namespace

std::vector<LabelledPost> parse_corpus(std::string_view content, const std::string& file) {
    std::vector<LabelledPost> posts;
    std::size_t number = 0;
    for (const auto& line : split(content, '\n')) {
        ++number;
        if (line.empty()) continue;
        try {
            posts.push_back(parse_line(line));
        } catch (const Error& error) {
            throw Error(Error::Kind::input, file + ":" + std::to_string(number) + ": " + error.what());
        }
        posts.back().id = file + ":" + std::to_string(number);
        posts.back().lang = file.substr(0, 2);
    }
    return posts;
}

} // namespace larum::judging
