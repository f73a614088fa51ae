#pragma once

#include "core/model.h"

#include <optional>
#include <string>
#include <vector>

/// What the brand's records tell of one matter as of a time: pure, and blind to everything later.
namespace larum::decide {

/// A case counts as unsolved when it was opened before `at` and not closed by then, whatever its status says
/// now; also when it was closed in the 30 days before and the author says that it is not solved.
bool unsolved(const Case& matter, const Records& records, Time at, bool said_not_solved);

/// When the case was opened: as recorded, else its first contact; nothing when neither is known.
std::optional<Time> opened_at(const Case& matter, const Records& records);

/// Whether it was closed at `at`, and since when.
std::optional<Time> closed_by(const Case& matter, Time at);

struct Story {
    int contacts = 0; ///< inbound, about the matter, before `at`
    int attempts = 0; ///< those on one channel within 12 hours of the first being one
    std::vector<ContactChannel> channels; ///< each once, in the order they were first tried
    std::optional<Time> promise_broken_at; ///< end of the promised day in `zone`, when it had passed by `at`
};

/// What was tried for `matter` before `at`. A contact without a case counts for the case of the same person
/// that was open at its time, or opened within three days after it.
Story tell_story(const Case& matter, const Records& records, Time at, const std::string& zone);

} // namespace larum::decide
