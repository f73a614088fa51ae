#pragma once

#include "daemon/triage/assess.h"

#include <map>
#include <string>
#include <vector>

/// The thread a post stands in: who complained there before and got no answer, turns to the brand again.
namespace larum::triage {

/// Fills `unanswered_since` from the store.
void heed_threads(store::Transaction& transaction, const Assessor& assessor, std::vector<Asked>& batch);

/// The same for recorded posts, which are in no store: remembers what it was shown, oldest first. Bounded.
class ThreadMemory {
public:
    void heed(const Assessor& assessor, Asked& asked);

private:
    struct Complaint {
        Time at;
        std::string native_id;
    };
    static constexpr std::size_t kept_max = 100'000;

    std::map<std::string, Complaint> complaints_; ///< by author and parent, and by author and own id
    std::map<std::string, Time> answers_;         ///< by what the brand replied to
};

} // namespace larum::triage
