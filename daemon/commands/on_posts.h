#pragma once

#include "daemon/commands/command.h"
#include "daemon/judges.h"
#include "daemon/store/store.h"
#include "daemon/triage/assess.h"
#include "daemon/triage/threads.h"

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace larum::commands {

/// Recorded posts, assessed against the database as of each one's time: what `replay` and `match` share. Reads only.
class RecordedPosts {
public:
    struct Settings {
        std::string brand;                  ///< --brand
        Matching matching = Matching::full; ///< --matching, for posts of no configured source
    };

    RecordedPosts(const config::Config& config, store::Store& store, Settings settings);

    using Each = std::function<void(const Post&, const triage::Assessment&)>;

    /// A post a line, in batches; empty lines are passed over. Throws Error::Kind::input «NAME:LINE: …» for a line
    /// that is none.
    void read(std::istream& lines, const std::string& name, const Each& each);

private:
    struct Batch {
        std::vector<triage::Asked> asked;
    };

    const config::Brand& brand_of(const Post& post) const;
    Matching matching_of(const Post& post);
    void flush(const Each& each);

    const config::Config& config_;
    store::Store& store_;
    Settings settings_;
    Judges judges_;
    std::map<std::string, std::unique_ptr<triage::Assessor>> assessors_;
    triage::ThreadMemory threads_;
    std::vector<triage::Asked> waiting_;
    bool told_matching_ = false;
};

} // namespace larum::commands
