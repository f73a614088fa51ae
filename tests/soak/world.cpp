#include "soak/world.h"

#include <algorithm>
#include <cmath>

namespace larum::soak {

using namespace std::chrono_literals;
using demo::Wall;

namespace {

/// What happens in an hour.
constexpr double visitor_posts = 0.7, page_posts = 0.2, tags = 0.6, comments = 5, edits = 1.5, removals = 0.5, items = 4, late_comments = 0.15,
                 replies = 5;

/// An edit that no webhook tells of is seen when its list is read again: lists of posts are, for a day.
constexpr Span edited_within = 8h;

const char* stream_of(Wall wall) { return wall == Wall::tagged ? "tagged" : wall == Wall::page ? "feed" : "visitor_posts"; }

} // namespace

World::World(SoakClock& clock, demo::GraphServer& graph, Door& door, Truth& truth, const Plan& plan)
    : clock_(clock), graph_(graph), door_(door), truth_(truth), plan_(plan), random_(plan.seed + 1) {}

demo::Person World::somebody() {
    if (chance(random_, 0.1)) return {}; // who does not let apps see them
    const auto number = std::to_string(7'000'000'000'000 + static_cast<long long>(random_() % 500));
    return {number, "Osoba " + number.substr(10)};
}

std::string World::text(const std::string& about) { return about + " nr " + std::to_string(++number_) + ": zażółć gęślą jaźń"; }

void World::note(const std::string& stream, const std::string& id, const std::string& text, Time at, bool before) {
    Written one;
    one.platform = "facebook";
    one.source = "page";
    one.stream = stream;
    one.id = id;
    one.text = text;
    one.at = std::chrono::floor<std::chrono::seconds>(at);
    one.before_larum = before;
    truth_.add(std::move(one));
}

void World::set_the_scene() {
    const auto old = clock_.now() - 24h * 20;
    const auto text_of_old = text("Dawny wpis");
    ancient_ = graph_.post(graph_.page(), text_of_old, Wall::page, old);
    note("feed", ancient_, text_of_old, old, true);
    auto one = truth_.writings().at(ancient_);
    one.beyond_reach = true;
    truth_.add(one);
    for (int day = 6; day >= 1; --day) {
        const auto at = clock_.now() - 24h * day + 20min * day;
        const auto wall = day % 2 ? Wall::visitors : Wall::page;
        const auto words = text("Wczorajszy wpis");
        const auto id = graph_.post(wall == Wall::page ? graph_.page() : somebody(), words, wall, at);
        note(stream_of(wall), id, words, at, true);
        for (int i = 0; i < 3; ++i) {
            const auto said = text("Dawny komentarz");
            const auto when = at + 1h * (i + 1);
            const auto comment = graph_.comment(id, somebody(), said, {}, when);
            parents_[comment] = id;
            note("comments", comment, said, when, true);
        }
    }
    for (int hour = 6; hour >= 1; --hour) write_item(clock_.now() - 1h * hour);
    for (int hour = 6; hour >= 1; --hour) write_reply(clock_.now() - 1h * hour, true);
}

bool World::happens(double per_hour) {
    return chance(random_, per_hour * std::chrono::duration<double, std::ratio<3600>>(plan_.step).count());
}

std::vector<std::string> World::living(const std::set<std::string>& streams, Span age_most) const {
    std::vector<std::string> ids;
    for (const auto& [id, one] : truth_.writings())
        if (one.platform == "facebook" && streams.count(one.stream) && !one.deleted_at && id != ancient_ && !flooded_.count(id) &&
            one.at + age_most > clock_.now())
            ids.push_back(id);
    return ids;
}

std::optional<std::string> World::any(const std::vector<std::string>& of) {
    if (of.empty()) return {};
    return of[random_() % of.size()];
}

void World::post(Wall wall) {
    const auto words = text("Wpis");
    // Noted before anybody can read it: the id is known only afterwards, but one thread writes and reads.
    const auto id = graph_.post(wall == Wall::page ? graph_.page() : somebody(), words, wall);
    note(stream_of(wall), id, words, clock_.now());
}

void World::comment(const std::string& below) {
    const auto words = text("Komentarz");
    std::string parent;
    if (chance(random_, 0.3))
        for (const auto& [comment, post] : parents_)
            if (post == below && !truth_.writings().at(comment).deleted_at) parent = comment;
    const auto id = graph_.comment(below, somebody(), words, parent);
    parents_[id] = below;
    note("comments", id, words, clock_.now());
}

void World::edit() {
    const auto id = any(living({"feed", "visitor_posts", "comments"}, edited_within));
    if (!id) return;
    const auto words = text("Zmieniony");
    graph_.edit(*id, words);
    truth_.edit(*id, words);
}

/// A post goes with its comments, of which the platform tells nobody; so only what has none is deleted here.
void World::remove() {
    auto ids = living({"feed", "visitor_posts", "tagged", "comments"}, 24h);
    const auto bare = [&](const std::string& id) {
        return std::none_of(parents_.begin(), parents_.end(), [&](const auto& one) { return one.second == id; });
    };
    std::erase_if(ids, [&](const std::string& id) { return !bare(id); });
    const auto id = any(ids);
    if (!id) return;
    const auto writings = truth_.writings();
    for (const auto& [comment, post] : parents_) // replies go with their comment, too: take the last one
        if (comment != *id && parents_.count(*id) && post == parents_.at(*id) && writings.at(comment).at >= writings.at(*id).at) return;
    graph_.remove(*id);
    truth_.remove(*id, clock_.now());
}

void World::live() {
    if (clock_.now() + 90min > plan_.end) return; // what is written now must be read before the end
    if (happens(visitor_posts)) post(Wall::visitors);
    if (happens(page_posts)) post(Wall::page);
    if (happens(tags)) post(Wall::tagged);
    for (int i = 0; i < 2; ++i) {
        if (!happens(comments / 2)) continue;
        // Mostly below young posts, sometimes below old ones.
        const auto young = any(living({"feed", "visitor_posts"}, 6h));
        const auto below = young && chance(random_, 0.7) ? young : any(living({"feed", "visitor_posts"}, 24h * 30));
        if (below) comment(*below);
    }
    if (happens(late_comments)) comment(ancient_);
    if (happens(edits)) edit();
    if (happens(removals)) remove();
    if (happens(items)) write_item(clock_.now());
    if (happens(replies)) write_reply(clock_.now());
}

void World::write_item(Time at) {
    Written one{"rss", "news", "feed", "item-" + std::to_string(++number_), "", std::chrono::floor<std::chrono::seconds>(at), {}, {}, false, false, false, 0};
    one.text = text("Wiadomość");
    door_.write_item(one.id, one.text, one.at);
    truth_.add(std::move(one));
}

void World::write_reply(Time at, bool before) {
    Written one{"discourse", "forum", "posts", {}, text("Odpowiedź"), std::chrono::floor<std::chrono::seconds>(at), {}, {}, false, false, before, 0};
    one.id = door_.write_post(one.text, one.at);
    truth_.add(std::move(one));
}

void World::flood_feed(int items) {
    for (int i = 0; i < items; ++i) write_item(clock_.now() - plan_.step + plan_.step * (i + 1) / (items + 1));
}

void World::flood(int posts) {
    for (int i = 0; i < posts; ++i) {
        const auto at = clock_.now() - plan_.step + plan_.step * i / posts;
        const auto words = text("Zalew");
        const auto id = graph_.post(somebody(), words, Wall::tagged, at);
        flooded_.insert(id);
        note("tagged", id, words, at);
    }
}

} // namespace larum::soak
