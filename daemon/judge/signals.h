#pragma once

#include "core/model.h"
#include "daemon/judge/reading.h"

#include <vector>

namespace larum::judging {

/// What phrases say of threats, hazards, channels, not_solved and on_behalf. They are too seldom to be learned from
/// examples alone: the score is the higher of what phrases and what the models say. Needs what the models said before
/// (`verdict`): «never again» in praise is no threat.
class SignalReader {
public:
    explicit SignalReader(const Lexicon& lexicon);

    void read(const Reading& reading, Verdict& verdict) const;

    /// A score from which a signal is named in the verdict's lists.
    static constexpr double threat_min = 0.5;
    static constexpr double hazard_min = 0.8;

private:
    enum class Kind : unsigned char { none, threat, hazard, maybe_hazard, channel, not_solved, on_behalf, contact, solved, light };
    struct Meaning {
        Kind kind = Kind::none;
        int index = 0;
    };
    std::vector<Meaning> meanings_; ///< by concept
};

} // namespace larum::judging
