#include "support/process.h"

#include "core/error.h"
#include "support/database.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace larum::test {

namespace {

constexpr auto look_again = std::chrono::milliseconds{20};

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::filesystem::path& output, const std::filesystem::path& input,
                         const std::vector<std::pair<std::string, std::string>>& environment) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int in = open(input.empty() ? "/dev/null" : input.c_str(), O_RDONLY);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> raw;
    for (const auto& one : arguments) raw.push_back(const_cast<char*>(one.c_str()));
    raw.push_back(nullptr);
    execv(raw[0], raw.data());
    _exit(127);
}

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

Process::Process(const std::vector<std::string>& arguments, const std::filesystem::path& output,
                 const std::vector<std::pair<std::string, std::string>>& environment)
    : output_(output) {
    pid_ = fork();
    if (pid_ == 0) become(arguments, output, {}, environment);
    if (pid_ < 0) throw std::runtime_error("fork failed");
}

Process::~Process() {
    if (!running()) return;
    signal(SIGKILL);
    wait(std::chrono::seconds{30});
}

void Process::signal(int number) const {
    if (!ended_) kill(pid_, number);
}

bool Process::running() {
    if (ended_) return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
    ended_ = code_of(status);
    return false;
}

std::optional<int> Process::wait(std::chrono::seconds most) {
    eventually([this] { return !running(); }, most);
    return ended_;
}

std::string Process::output() const { return read_file(output_); }

std::string larum_program() { return LARUM_BINARY; }

Ran run_larum(const std::vector<std::string>& arguments, const std::string& input,
              const std::vector<std::pair<std::string, std::string>>& environment) {
    const TemporaryFolder folder;
    const auto in = folder.path() / "in", out = folder.path() / "out";
    std::ofstream(in, std::ios::binary) << input;
    std::vector<std::string> all = {larum_program()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const int pid = fork();
    if (pid == 0) become(all, out, in, environment);
    int status = 0;
    waitpid(pid, &status, 0);
    return {code_of(status), read_file(out)};
}

int free_port() {
    const int listening = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listening, reinterpret_cast<sockaddr*>(&address), size) != 0) throw Error(Error::Kind::bug, "no free port");
    getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
    close(listening);
    return ntohs(address.sin_port);
}

bool eventually(const std::function<bool()>& condition, std::chrono::seconds most) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(look_again);
    }
    return true;
}

} // namespace larum::test
