#include "daemon/commands/on_terminal.h"

#include "core/text.h"

#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <sstream>

namespace larum::commands {

namespace {

termios shown; ///< the terminal as it was, for a signal that ends us while it is silent

extern "C" void show_and_end(int signal) {
    tcsetattr(STDIN_FILENO, TCSANOW, &shown);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// Turns echo off while it lives, and on again when Ctrl-C ends the program meanwhile.
class Silence {
public:
    Silence() {
        if (!stdin_is_terminal() || tcgetattr(STDIN_FILENO, &shown) != 0) return;
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, show_and_end);
        auto silent = shown;
        silent.c_lflag &= static_cast<tcflag_t>(~ECHO);
        silent_ = tcsetattr(STDIN_FILENO, TCSANOW, &silent) == 0;
    }
    ~Silence() {
        if (silent_) tcsetattr(STDIN_FILENO, TCSANOW, &shown);
        if (stdin_is_terminal())
            for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    bool silent_ = false;
};

} // namespace

std::string wrapped(const std::string& first, const std::string& text, std::size_t width) {
    const std::string blanks(text::code_points(first), ' ');
    std::istringstream words(text);
    std::string all, line = first, word;
    bool begun = false;
    while (words >> word) {
        if (begun && text::code_points(line) + 1 + text::code_points(word) > width) {
            all += line + '\n';
            line = blanks;
            begun = false;
        }
        line += (begun ? " " : "") + word;
        begun = true;
    }
    return all + line + '\n';
}

bool stdin_is_terminal() { return isatty(STDIN_FILENO) == 1; }

void say(const std::string& text) { std::cerr << text << std::flush; }

std::optional<std::string> read_line() {
    std::string line;
    if (!std::getline(std::cin, line)) return {};
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return line;
}

std::optional<std::string> ask(const std::string& prompt) {
    say(prompt);
    return read_line();
}

std::optional<std::string> ask_hidden(const std::string& prompt) {
    say(prompt);
    const Silence silence;
    auto line = read_line();
    say("\n");
    return line;
}

} // namespace larum::commands
