#include "bench/web_load.h"

#include "core/error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace larum::bench {

namespace {

using Steady = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds{30}; ///< after the last request was sent

class Sending {
public:
    Sending(const Load& load, const std::vector<std::string>& requests) : load_(load), requests_(requests), poll_(epoll_create1(0)) {
        lines_.resize(static_cast<std::size_t>(load.connections));
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            open(i);
            free_.push_back(i);
        }
    }
    ~Sending() {
        for (const auto& line : lines_) ::close(line.socket);
        ::close(poll_);
    }

    Answered run() {
        start_ = Steady::now();
        auto last = start_;
        while (done_ < requests_.size() && Steady::now() < due(requests_.size()) + patience) {
            while (next_ < requests_.size() && !free_.empty() && due(next_) <= Steady::now()) send_next();
            wait();
            last = Steady::now();
        }
        answered_.failed += static_cast<int>(requests_.size() - done_);
        answered_.per_second = static_cast<double>(done_) / std::chrono::duration<double>(last - start_).count();
        std::sort(answered_.milliseconds.begin(), answered_.milliseconds.end());
        return std::move(answered_);
    }

private:
    struct Line {
        int socket = -1;
        bool busy = false; ///< `request` waits for its answer
        std::size_t request = 0;
        std::string heard;
    };

    Steady::time_point due(std::size_t request) const {
        return start_ + std::chrono::microseconds(1'000'000LL * static_cast<long long>(request) / load_.per_second);
    }

    void open(std::size_t which) {
        auto& line = lines_[which];
        line.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(load_.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(line.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
            throw Error(Error::Kind::unreachable, "nobody listens there");
        const int yes = 1;
        ::setsockopt(line.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = which;
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, line.socket, &event);
    }

    void send_next() {
        const auto which = free_.back();
        free_.pop_back();
        auto& line = lines_[which];
        line.request = next_++;
        line.busy = true;
        line.heard.clear();
        const auto& text = requests_[line.request];
        if (::send(line.socket, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) lose(which);
    }

    void lose(std::size_t which) {
        ::close(lines_[which].socket);
        open(which);
        if (!std::exchange(lines_[which].busy, false)) return; // it lay idle for longer than the server waits
        ++answered_.failed;
        ++done_;
        free_.push_back(which);
    }

    void wait() {
        epoll_event events[64];
        int milliseconds = 100;
        if (next_ < requests_.size() && !free_.empty()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(due(next_) - Steady::now()).count();
            milliseconds = static_cast<int>(std::clamp<long long>(left, 0, 100));
        }
        const int count = ::epoll_wait(poll_, events, 64, milliseconds);
        for (int i = 0; i < count; ++i) hear(events[i].data.u64);
    }

    void hear(std::size_t which) {
        auto& line = lines_[which];
        char piece[4096];
        const auto size = ::recv(line.socket, piece, sizeof piece, 0);
        if (size <= 0) return lose(which);
        line.heard.append(piece, static_cast<std::size_t>(size));
        const auto end = line.heard.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const auto length = line.heard.find("Content-Length: ");
        if (length == std::string::npos || line.heard.size() < end + 4 + std::stoul(line.heard.substr(length + 16))) return;
        note(line);
        line.busy = false;
        if (line.heard.find("Connection: close") != std::string::npos) {
            ::close(line.socket);
            open(which);
        }
        free_.push_back(which);
    }

    void note(const Line& line) {
        ++done_;
        const auto status = line.heard.substr(9, 3);
        if (status == "503")
            ++answered_.refused;
        else if (status != "200")
            ++answered_.failed;
        answered_.milliseconds.push_back(since(line));
    }

    double since(const Line& line) const { return std::chrono::duration<double, std::milli>(Steady::now() - due(line.request)).count(); }

    const Load& load_;
    const std::vector<std::string>& requests_;
    int poll_;
    std::vector<Line> lines_;
    std::vector<std::size_t> free_;
    std::size_t next_ = 0, done_ = 0;
    Steady::time_point start_;
    Answered answered_;
};

} // namespace

double Answered::percentile(double share) const {
    return milliseconds.empty() ? 0 : milliseconds[static_cast<std::size_t>(share * static_cast<double>(milliseconds.size() - 1))];
}

Answered send_at_pace(const Load& load, const std::vector<std::string>& requests) { return Sending(load, requests).run(); }

} // namespace larum::bench
