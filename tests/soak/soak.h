#pragma once

#include "soak/crew.h"
#include "soak/post_office.h"
#include "soak/world.h"
#include "support/database.h"

namespace larum::soak {

/// What was done to the daemons, beside the plan.
struct Deeds {
    int kills = 0;
    int started = 0;
    int database_losses = 0;
    int forged = 0, believed = 0; ///< requests that nobody signed, and those that were not answered 401
    std::vector<Time> harmed;     ///< steps in which a daemon died or lost its database: what it read may not be saved
};

/// One soak: the platforms, the people, the post and the daemons, step by step through the plan.
class Soak {
public:
    explicit Soak(const Plan& plan);

    void run();

    const Plan& plan() const { return plan_; }
    const Truth& truth() const { return truth_; }
    const Deeds& deeds() const { return deeds_; }
    const PostOffice::Counts& letters() const { return office_.counts(); }
    test::TestDatabase& database() { return database_; }
    std::string log() const;

private:
    void write_config();
    void step(Time at);
    void change_troubles(Time at);
    void turn(const Trouble& trouble, bool on);
    void set_moods();
    bool ill(Ill ill) const;
    void man(std::size_t daemons);
    bool work(Time at);
    bool all(const std::vector<std::string>& orders, bool among_webhooks);
    void strike(Hand& victim);
    void lose_database();

    const Plan plan_;
    SoakClock clock_;
    Random random_;
    Truth truth_;
    Door door_;
    demo::GraphServer graph_;
    test::TestDatabase database_;
    test::TemporaryFolder folder_;
    World world_;
    PostOffice office_;
    std::vector<std::unique_ptr<Hand>> crew_;
    std::vector<Trouble> now_; ///< troubles of the moment
    std::size_t next_kill_ = 0;
    Deeds deeds_;
};

} // namespace larum::soak
