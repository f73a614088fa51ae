#include "core/id.h"

#include "core/error.h"

#include <algorithm>
#include <charconv>

namespace larum {

namespace {
constexpr int slot_bits = 10;
constexpr int sequence_bits = 12;
const Time epoch = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
} // namespace

std::string to_text(Id id) { return std::to_string(id); }

Id id_from_text(std::string_view text) {
    Id id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id <= 0)
        throw Error(Error::Kind::input, "not an id: expected a positive whole number");
    return id;
}

Id first_id_at(Time time) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time - epoch).count();
    return std::max<std::int64_t>(since, 0) << (slot_bits + sequence_bits);
}

IdMaker::IdMaker(const Clock& clock, int slot, Id not_below)
    : clock_(clock), slot_(slot & ((1 << slot_bits) - 1)),
      last_(((not_below >> (slot_bits + sequence_bits)) + (not_below > 0 ? 1 : 0)) << sequence_bits) {}

Id IdMaker::next() {
    const std::lock_guard lock(mutex_);
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - epoch).count();
    // A sequence that overflows simply borrows from the next millisecond.
    last_ = std::max<std::int64_t>(last_ + 1, std::max<std::int64_t>(since, 1) << sequence_bits);
    const auto milliseconds = last_ >> sequence_bits;
    const auto sequence = last_ & ((1 << sequence_bits) - 1);
    return (milliseconds << (slot_bits + sequence_bits)) | (slot_ << sequence_bits) | sequence;
}

} // namespace larum
