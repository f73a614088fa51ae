#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What is asked, and how an answer is read. Pure. The words of a post are a stranger's: they go as a JSON text inside
/// a message of their own, and whatever they make the model say can be no more than two booleans.
namespace larum::second {

/// The body of POST /chat/completions about `words`, which are redacted already.
std::string question(const std::string& model, std::string_view words);

struct Answer {
    bool complaint = false;
    bool repeat_contact = false;
};

/// The answer in the body of a reply: the message of its one choice must be the asked object and nothing else (a code
/// fence around it is forgiven). Nothing when it is not.
std::optional<Answer> read_answer(std::string_view body);

} // namespace larum::second
