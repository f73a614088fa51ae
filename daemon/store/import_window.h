#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace larum::store {

/// The part of a stream that is being read: bytes are taken from its front and more come in at its back.
class Window {
public:
    explicit Window(std::istream& in) : in_(in) {}

    std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
    std::uint64_t line() const { return line_; }
    std::uint64_t bytes_taken() const { return taken_; }

    /// Reads on. False when the stream has ended.
    bool more();

    /// Takes `size` bytes from the front and counts their lines.
    std::string take(std::size_t size);

    /// Where the first line of `rest` ends, its line feed included; reads on as needed, at most to `most` bytes.
    /// `most` or the end of the file when there is no line feed before.
    std::size_t line_size(std::size_t most);

private:
    std::istream& in_;
    std::string buffer_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
    std::uint64_t taken_ = 0;
};

} // namespace larum::store
