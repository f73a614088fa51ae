#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"

#include <optional>
#include <string>
#include <vector>

namespace larum::connectors::reddit {

/// What a thread's answer shows, and what it only names.
struct Shown {
    json::Json comments = json::Json::array(); ///< flat
    std::vector<std::string> folded;           ///< ids of comments that are had when they are asked for
    std::vector<std::string> deeper;           ///< ids of comments whose replies stand too deep to be shown
};
/// Of a listing's children or of `things`, with all replies in them, in bounds.
Shown shown_in(const json::Json& children);

/// The same of an answer to `/api/morechildren`; nothing when it is none.
std::optional<json::Json> things_of(const json::Json& body);

/// Reads a thread: its newest comments, then what is folded away, a request a call. Ids grow, so between two sweeps,
/// which go over everything, only what is folded away and newer than the last reading is asked for.
class ThreadWalk {
public:
    struct Bounds {
        int pages = 10;                              ///< requests a walk, beside its first; beyond is a gap
        Span every = std::chrono::hours{1};          ///< from sweep to sweep
    };
    /// `article` is the post's id without `t3_`.
    ThreadWalk(const std::string& article, const std::string& cursor, const Bounds& bounds, Time now);

    bool unfolding() const { return !asked_.empty(); } ///< the request is one to `/api/morechildren`
    bool first() const { return asked_.empty() && below_.empty(); } ///< the walk begins

    /// Path and query of the next request.
    std::string target() const;

    /// Takes note of what the answer showed, written at these `times`; writes cursor, more and gaps of `page`.
    void advance(const Shown& shown, const std::vector<Time>& times, Page& page);

    /// Reddit will not show these: the walk goes on without them. False at its beginning, where nothing can be left out.
    bool leave_out(Page& page);

    std::optional<Time> newest() const { return newest_; } ///< of the whole walk so far

private:
    void note_folded(const std::vector<std::string>& ids);
    void note_deeper(const std::vector<std::string>& ids);
    void go_on(Page& page);
    void complete(Page& page);
    bool unread(const std::string& id) const;
    std::string written() const;

    std::string article_;
    Bounds bounds_;
    Time now_{};
    std::string mark_;              ///< the highest id of the last complete walk
    std::optional<Time> swept_at_;
    std::optional<Time> began_;     ///< of the walk under way
    bool sweeping_ = false;
    std::string top_;               ///< the highest id of this walk
    std::vector<std::string> left_; ///< newest first
    std::vector<std::string> deeper_;
    std::optional<Time> newest_;
    std::optional<Time> since_;     ///< when the last complete walk began; before the first: the post's own time
    std::int64_t calls_ = 0;
    bool cut_ = false;              ///< unread comments were named that do not fit
    bool deeper_cut_ = false;
    bool deeper_told_ = false;      ///< who writes there is not known before it is read: told once
    std::vector<std::string> asked_;
    std::string below_;
};

} // namespace larum::connectors::reddit
