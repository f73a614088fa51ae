#include "soak/crew.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace larum::soak {

namespace {

constexpr int patience_ms = 120'000;

[[noreturn]] void become(const std::string& config, const std::string& log, int in, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(in, 0);
    dup2(out, 1);
    dup2(file, 2);
    execl("/proc/self/exe", "larum_soak", "--intake", config.c_str(), static_cast<char*>(nullptr));
    _exit(127);
}

} // namespace

Hand::Hand(const std::filesystem::path& config, const std::filesystem::path& log, Time now) {
    int orders[2], answers[2];
    if (pipe2(orders, O_CLOEXEC) != 0 || pipe2(answers, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) become(config.string(), log.string(), orders[0], answers[1]);
    close(orders[0]);
    close(answers[1]);
    to_ = orders[1];
    from_ = answers[0];
    if (pid_ < 0) throw std::runtime_error("fork failed");
    order("at " + std::to_string(now.time_since_epoch().count()));
    const auto said = answer();
    if (!said || !said->starts_with("listens ")) throw std::runtime_error("a daemon did not start: see " + log.string());
    port_ = std::stoi(said->substr(8));
}

Hand::~Hand() {
    kill();
    close(to_);
    close(from_);
    waitpid(pid_, nullptr, 0);
}

void Hand::order(const std::string& line) {
    const auto text = line + "\n";
    if (write(to_, text.data(), text.size()) < 0) return; // it is dead: its answer will say so
}

std::optional<std::string> Hand::answer() {
    for (;;) {
        const auto end = buffer_.find('\n');
        if (end != std::string::npos) {
            auto line = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            if (!line.starts_with("listens ") && line != "done" && line != "database") throw std::runtime_error("a daemon said \"" + line + "\"");
            return line;
        }
        pollfd ready{from_, POLLIN, 0};
        if (poll(&ready, 1, patience_ms) == 0) throw std::runtime_error("a daemon hangs");
        char part[512];
        const auto got = read(from_, part, sizeof part);
        if (got <= 0) return {};
        buffer_.append(part, static_cast<std::size_t>(got));
    }
}

void Hand::kill() {
    killed_ = true;
    ::kill(pid_, SIGKILL);
}

} // namespace larum::soak
