#pragma once

#include "soak/door.h"

#include <set>

namespace larum::soak {

/// The people on the simulated page, blog and forum: they write, answer, edit and delete, and the truth notes it.
class World {
public:
    World(SoakClock& clock, demo::GraphServer& graph, Door& door, Truth& truth, const Plan& plan);

    /// What was there before larum: some posts with comments, one of them older than any reading goes back.
    void set_the_scene();

    /// What people do in one step, at this moment.
    void live();

    /// More posts that tag the page than one walk may read, all within the step that ends now. No webhook tells of them.
    void flood(int posts);

    /// More items than the feed shows at once, while nobody could read it.
    void flood_feed(int items);

    /// The post that is beyond reach: comments below it are only heard of by webhook at first.
    const std::string& ancient() const { return ancient_; }

private:
    demo::Person somebody();
    std::string text(const std::string& about);
    void post(demo::Wall wall);
    void comment(const std::string& below);
    void edit();
    void remove();
    void write_item(Time at);
    void write_reply(Time at, bool before = false);
    void note(const std::string& stream, const std::string& id, const std::string& text, Time at, bool before = false);
    std::optional<std::string> any(const std::vector<std::string>& of);
    std::vector<std::string> living(const std::set<std::string>& streams, Span age_most) const;
    bool happens(double per_hour);

    SoakClock& clock_;
    demo::GraphServer& graph_;
    Door& door_;
    Truth& truth_;
    const Plan& plan_;
    Random random_;
    int number_ = 0;
    std::string ancient_;
    std::map<std::string, std::string> parents_; ///< the post that a comment stands below
    std::set<std::string> flooded_;
};

} // namespace larum::soak
