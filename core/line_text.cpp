#include "core/line_text.h"

#include "core/error.h"

namespace larum {

void LineText::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        if (after_cr_ && bytes.front() == '\n') {
            after_cr_ = false;
            bytes.remove_prefix(1);
            continue;
        }
        after_cr_ = false;
        const auto end = bytes.find_first_of("\r\n");
        grow(line_, bytes.substr(0, end));
        if (end == std::string_view::npos) return;
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        end_line();
    }
}

std::optional<LineFrame> LineText::take() {
    if (whole_.empty()) return {};
    auto frame = std::move(whole_.front());
    whole_.pop_front();
    return frame;
}

void LineText::end_line() {
    if (form_ == Form::lines) {
        if (!line_.empty()) whole_.push_back({{}, std::move(line_)});
    } else if (!line_.empty()) {
        read_field();
    } else {
        // An event without data is none; its name does not stay for the next.
        if (has_data_) whole_.push_back(std::move(frame_));
        frame_ = {};
        has_data_ = false;
    }
    line_.clear();
}

void LineText::read_field() {
    const std::string_view line = line_;
    const auto colon = line.find(':');
    const auto field = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (field == "event") frame_.name = value;
    if (field != "data") return;
    if (has_data_) grow(frame_.data, "\n");
    grow(frame_.data, value);
    has_data_ = true;
}

void LineText::grow(std::string& text, std::string_view more) const {
    if (text.size() + more.size() > bytes_max_)
        throw Error(Error::Kind::too_large, "an event is longer than " + std::to_string(bytes_max_) + " bytes");
    text.append(more);
}

} // namespace larum
