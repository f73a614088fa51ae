#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace larum::test {

/// A program that a test starts, with its output in a file. Killed with the object; dies with the test process.
class Process {
public:
    Process(const std::vector<std::string>& arguments, const std::filesystem::path& output,
            const std::vector<std::pair<std::string, std::string>>& environment = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void signal(int number) const;
    /// The exit code, 128 + signal when one ended it; nothing when it still runs after `most`.
    std::optional<int> wait(std::chrono::seconds most);
    bool running();
    std::string output() const;
    int pid() const { return pid_; }

private:
    int pid_ = -1;
    std::optional<int> ended_;
    std::filesystem::path output_;
};

/// The `larum` that was built beside the tests.
std::string larum_program();

struct Ran {
    int code = 0;
    std::string out; ///< stdout and stderr
};

/// Runs larum to its end with `arguments` and `input` on stdin.
Ran run_larum(const std::vector<std::string>& arguments, const std::string& input = {},
              const std::vector<std::pair<std::string, std::string>>& environment = {});

/// A port of loopback that nobody listens on just now.
int free_port();

/// Asks `condition` until it holds; false when it did not within `most`, which is generous: nothing is measured.
bool eventually(const std::function<bool()>& condition, std::chrono::seconds most = std::chrono::seconds{60});

} // namespace larum::test
