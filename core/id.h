#pragma once

#include "core/time.h"

#include <cstdint>
#include <mutex>
#include <string>

namespace larum {

/// 41 bits of milliseconds since 2026, 10 bits of daemon slot, 12 of sequence. Text in JSON, URLs and the page.
using Id = std::int64_t;
using BrandId = std::int32_t;

std::string to_text(Id id);

/// Throws Error::Kind::input when `text` is not an id.
Id id_from_text(std::string_view text);

/// No id made at or after `time` is smaller: ids tell when their rows were written.
Id first_id_at(Time time);

/// Hands out ids that grow and never repeat within a slot, whatever the clock does: when the clock
/// goes back, ids go on from the last one. The slot is leased from the store, one per process.
class IdMaker {
public:
    IdMaker(const Clock& clock, int slot, Id not_below = 0);
    Id next();

private:
    const Clock& clock_;
    std::int64_t slot_;
    std::int64_t last_ = 0; ///< milliseconds and sequence, without the slot
    std::mutex mutex_;
};

} // namespace larum
