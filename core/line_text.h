#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace larum {

/// One event as the other side wrote it.
struct LineFrame {
    std::string name; ///< of a server-sent event; else empty
    std::string data;
};

/// Cuts a text that never ends into events: lines, or server-sent events as the HTML standard has them. Bytes may
/// come in any pieces; lines end with CR, LF or both. Empty lines, comments and unknown fields are no events.
class LineText {
public:
    enum class Form { lines, event_stream };
    /// `bytes_max` bounds one event.
    LineText(Form form, std::size_t bytes_max) : form_(form), bytes_max_(bytes_max) {}

    /// Throws Error::Kind::too_large when an event passes its bound.
    void feed(std::string_view bytes);

    /// The oldest event that is whole.
    std::optional<LineFrame> take();

private:
    void end_line();
    void read_field();
    void grow(std::string& text, std::string_view more) const;

    Form form_;
    std::size_t bytes_max_;
    std::string line_;       ///< not yet ended
    bool after_cr_ = false;  ///< an LF now belongs to the last end
    LineFrame frame_;        ///< server-sent, not yet ended
    bool has_data_ = false;
    std::deque<LineFrame> whole_;
};

} // namespace larum
