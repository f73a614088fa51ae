#pragma once

#include <optional>
#include <string>

/// Talking with the person who typed the command. Questions go to stderr, answers come from stdin, so that
/// stdout holds data alone.
namespace larum::commands {

/// `text` broken at blanks into lines of at most `width` columns, each ended. The first begins with `first`,
/// the others with as many blanks.
std::string wrapped(const std::string& first, const std::string& text, std::size_t width = 100);

/// Whether a person sits at stdin.
bool stdin_is_terminal();

void say(const std::string& text); ///< to stderr, as it is

/// One line of stdin; nothing at its end.
std::optional<std::string> read_line();

/// `prompt` on stderr, then a line. What is typed after `ask_hidden` is not shown.
std::optional<std::string> ask(const std::string& prompt);
std::optional<std::string> ask_hidden(const std::string& prompt);

} // namespace larum::commands
