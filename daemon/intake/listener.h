#pragma once

#include "core/line_client.h"
#include "daemon/intake/caller.h"
#include "daemon/store/lines.h"

#include <functional>
#include <mutex>
#include <random>
#include <stop_token>

namespace larum::intake {

/// The line of one live stream, in hand: it connects, hears, saves what it heard with the cursor behind it, and after
/// a loss comes again with growing rests. What was heard and could not be saved yet is kept and nothing more is read,
/// so a slow database slows the platform down and memory stays bounded.
class Listener {
public:
    /// What a listener works with; all of it outlives it.
    struct Ground {
        store::Store& store;
        const Clock& clock;
        const Watched& source;
        LineClient& lines;
        Caller& caller;
    };
    Listener(const Ground& ground, store::LineLease lease);

    /// Does what is next: connects, or hears for up to a second and saves. When to call again; nothing: the line is no
    /// longer ours, somebody took over or the platform has no such stream. Throws Error::Kind::database: call again.
    std::optional<Time> step(std::stop_token stop);

    /// Saves what is left and gives the line up, for whoever takes it next.
    void let_go();

    /// Called when something was saved: posts wait for triage, or streams are due.
    std::function<void()> saved;

    // For the heartbeat, from any thread: what is leased now.
    const store::LineLease& line_lease() const { return identity_; }
    std::optional<store::Lease> source_lease() const;

private:
    /// Heard and not yet saved.
    struct Batch {
        connectors::Page page;
        std::vector<std::string> poll;
        std::size_t events = 0; ///< that held something
        std::size_t bytes = 0;
        bool cursor_moved = false;
    };
    class Asking;

    std::optional<Time> connect(std::stop_token stop);
    connectors::Connector::LineResult ask_for_line(store::Lease& lease);
    std::optional<Time> open(std::stop_token stop);
    std::optional<Time> refused(const HttpAnswer& answer);
    std::optional<Time> listen(std::stop_token stop);
    connectors::Outcome hear_for_a_while(std::stop_token stop);
    connectors::Heard hear(const LineFrame& frame) const;
    void take(connectors::Heard& heard, std::size_t bytes);
    bool save_what_is_due(bool all);
    bool save();
    bool write(store::Transaction& transaction, bool one_by_one);
    std::optional<Time> rest(const connectors::Outcome& outcome);
    std::optional<Time> note_opened();
    std::optional<Time> note_rested();
    std::optional<Time> rest_left();
    Time rest_after(const connectors::Outcome& outcome);
    struct Loss {
        connectors::Outcome outcome;
        bool was_open = false;
    };
    void note_rest(store::Transaction& transaction, const Loss& loss);
    void note_flapping(store::Transaction& transaction, const std::string& reason);

    const Ground ground_;
    const store::LineLease identity_;
    store::LineLease lease_; ///< with the cursor as it moves
    connectors::Line shape_;
    std::unique_ptr<OpenLine> line_;
    Time opened_at_{};
    Time rested_at_{}; ///< when the rest under way began
    bool open_unsaid_ = false;        ///< it is open and the database does not know yet
    std::optional<Loss> loss_unsaid_; ///< it is lost, likewise
    Batch batch_;
    connectors::Outcome money_; ///< not ok: what was heard has used up the day's
    bool unsaved_ = false; ///< a save was begun and did not succeed
    Time cursor_saved_at_{};
    std::string told_reason_; ///< of the spell of failure under way
    std::mt19937 random_;
    mutable std::mutex mutex_;
    std::optional<store::Lease> asking_;
};

} // namespace larum::intake
