#include "daemon/store/import_window.h"

#include <algorithm>

namespace larum::store {

namespace {
constexpr std::size_t step_bytes = 256 * 1024;
} // namespace

bool Window::more() {
    if (!in_) return false;
    if (at_ > 0) {
        buffer_.erase(0, at_);
        at_ = 0;
    }
    const auto before = buffer_.size();
    buffer_.resize(before + step_bytes);
    in_.read(buffer_.data() + before, step_bytes);
    buffer_.resize(before + static_cast<std::size_t>(in_.gcount()));
    return buffer_.size() > before;
}

std::string Window::take(std::size_t size) {
    std::string bytes(rest().substr(0, size));
    at_ += bytes.size();
    taken_ += bytes.size();
    line_ += static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    return bytes;
}

std::size_t Window::line_size(std::size_t most) {
    for (std::size_t from = 0;;) {
        const auto found = rest().find('\n', from);
        if (found < most) return found + 1;
        from = rest().size();
        if (from >= most) return most;
        if (!more()) return rest().size();
    }
}

} // namespace larum::store
