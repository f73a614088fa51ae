#include "soak/door.h"

#include "core/crypto.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

namespace larum::soak {

using nlohmann::json;
using test::Scripted;
using test::SeenRequest;

namespace {

constexpr double rough_share = 0.25;
constexpr std::string_view letterbox = "/letterbox";

/// What a platform that is ill answers with: Meta as well as any host.
Scripted failure(Random& random, Scripted good) {
    Scripted answer;
    switch (random() % 6) {
    case 0: answer.status = 500, answer.body = "<html>Sorry, something went wrong.</html>"; break;
    case 1: answer.status = 503, answer.headers = {{"Retry-After", "30"}}; break;
    case 2: answer.status = 429, answer.headers = {{"Retry-After", "120"}}; break;
    case 3: answer.way = Scripted::Way::reset; break;
    case 4: answer = std::move(good), answer.way = Scripted::Way::truncate; break;
    default: answer.status = 502; break;
    }
    return answer;
}

/// «feed» of «/v26.0/102938475610293/feed?…»; empty for what is no standing stream of the page.
std::string stream_of(const std::string& target) {
    const auto path = target.substr(0, target.find('?'));
    const auto name = path.substr(path.rfind('/') + 1);
    return name == "feed" || name == "visitor_posts" || name == "tagged" || name == "subscribed_apps" ? name : "";
}

/// «Mon, 02 Mar 2026 06:00:00 +0000»
std::string mail_time(Time time) {
    static constexpr const char* days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto local = local_time(time, "UTC");
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d +0000", days[local.weekday - 1], local.day,
                  months[local.month - 1], local.year, local.hour, local.minute, local.second);
    return text;
}

constexpr long long first_post_id = 500'000;
constexpr long long ids_a_page = 50;

json post_of_forum(const std::string& id, const std::string& text, Time at) {
    return {{"id", std::stoll(id)}, {"topic_id", 7}, {"topic_title", "Paczki"}, {"post_number", std::stoll(id) - first_post_id + 2}, {"post_type", 1},
            {"user_id", 44}, {"username", "gosc"}, {"name", "Gość"}, {"cooked", "<p>" + text + "</p>"}, {"created_at", format_time(at)},
            {"updated_at", format_time(at)}, {"version", 1}};
}

} // namespace

Door::Door(const Clock& clock, Truth& truth, std::uint64_t seed)
    : clock_(clock), truth_(truth), random_(seed), server_([this](const SeenRequest& request) { return answer(request); }) {}

// ---- moods -------------------------------------------------------------------------------------------------

void Door::page_is(Way way) {
    const std::lock_guard lock(mutex_);
    page_ = way;
}

void Door::feed_is(Way way) {
    const std::lock_guard lock(mutex_);
    feed_ = way;
}

void Door::forum_is(Way way) {
    const std::lock_guard lock(mutex_);
    forum_ = way;
}

void Door::after_calls(int count, bool answered, std::function<void()> then) {
    const std::lock_guard lock(mutex_);
    calls_left_ = count;
    when_answered_ = answered;
    then_ = std::move(then);
}

void Door::disarm() {
    const std::lock_guard lock(mutex_);
    calls_left_ = -1;
    then_ = nullptr;
}

/// What is to happen at this moment of this call.
std::function<void()> Door::counted(bool answered) {
    const std::lock_guard lock(mutex_);
    if (calls_left_ < 0 || answered != when_answered_) return {};
    if (calls_left_-- > 0) return {};
    return std::exchange(then_, nullptr);
}

Scripted Door::spoiled(Way way, Scripted good) {
    const std::lock_guard lock(mutex_);
    Scripted answer;
    if (way == Way::rough) return chance(random_, rough_share) ? failure(random_, std::move(good)) : good;
    if (way == Way::unavailable) answer.status = 503;
    if (way == Way::reset) answer.way = Scripted::Way::reset;
    return way == Way::well ? good : answer;
}

// ---- answering ---------------------------------------------------------------------------------------------

Scripted Door::answer(const SeenRequest& request) {
    if (request.target.starts_with(letterbox)) return take_letter(request);
    if (const auto then = counted(false)) then();
    auto given = request.target.starts_with("/news.xml")     ? show_feed(request)
                 : request.target.starts_with("/posts.json") ? show_posts(request)
                                                             : pass_on(request);
    if (const auto then = counted(true)) then();
    return given;
}

Scripted Door::take_letter(const SeenRequest& request) {
    Scripted answer;
    if (request.method == "GET") {
        answer.body = demo::parameter(request.target.substr(request.target.find('?') + 1), "hub.challenge");
        return answer;
    }
    const auto value = json::parse(request.body)["entry"][0]["changes"][0]["value"];
    const auto id = value.value("comment_id", value.value("post_id", ""));
    const std::lock_guard lock(mutex_);
    letters_.push_back({"meta", request.body, {{"X-Hub-Signature-256", header(request.headers, "X-Hub-Signature-256")}}, id, value.value("verb", "")});
    return answer;
}

Scripted Door::pass_on(const SeenRequest& request) {
    Way way;
    {
        const std::lock_guard lock(mutex_);
        way = page_;
    }
    Scripted good;
    if (way == Way::well || way == Way::rough) {
        HttpRequest call;
        call.method = request.method;
        call.url = graph_ + request.target;
        for (const auto& one : request.headers)
            if (one.first == "Authorization" || one.first == "Content-Type") call.headers.push_back(one);
        call.body = request.body;
        auto given = demo::call_loopback(call);
        good.status = given.status;
        good.body = std::move(given.body);
        for (auto& one : given.headers)
            if (one.first != "Content-Length" && one.first != "Connection" && one.first != "Server") good.headers.push_back(std::move(one));
    }
    auto answer = spoiled(way, std::move(good));
    if (const auto stream = stream_of(request.target); !stream.empty())
        truth_.served({"page/" + stream, clock_.now(), answer.status == 200 && answer.way == Scripted::Way::whole});
    return answer;
}

// ---- the feed ----------------------------------------------------------------------------------------------

void Door::write_item(const std::string& id, const std::string& text, Time at) {
    const std::lock_guard lock(mutex_);
    items_.push_front({id, text, at});
    if (items_.size() > feed_items) items_.pop_back();
    ++version_;
}

Scripted Door::show_feed(const SeenRequest& request) {
    Scripted good;
    Way way;
    {
        const std::lock_guard lock(mutex_);
        way = feed_;
        const auto etag = "\"" + std::to_string(version_) + "\"";
        good.headers = {{"Content-Type", "application/rss+xml; charset=utf-8"}, {"ETag", etag}};
        if (header(request.headers, "If-None-Match") == etag) {
            good.status = 304;
        } else {
            good.body = "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Forum</title>";
            for (const auto& one : items_)
                good.body += "<item><guid isPermaLink=\"false\">" + one.id + "</guid><description>" + one.text + "</description><pubDate>" +
                             mail_time(one.at) + "</pubDate></item>";
            good.body += "</channel></rss>";
        }
    }
    auto answer = spoiled(way, std::move(good));
    const bool whole = answer.way == Scripted::Way::whole || (answer.way == Scripted::Way::truncate && answer.body.empty());
    truth_.served({"news/feed", clock_.now(), (answer.status == 200 || answer.status == 304) && whole});
    return answer;
}

// ---- the forum ---------------------------------------------------------------------------------------------

std::string Door::write_post(const std::string& text, Time at) {
    const std::lock_guard lock(mutex_);
    const auto id = std::to_string(first_post_id + static_cast<long long>(posts_.size()));
    posts_.push_front({id, text, at});
    const auto body = json{{"post", post_of_forum(id, text, at)}}.dump();
    letters_.push_back({"forum", body,
                        {{"X-Discourse-Event", "post_created"}, {"X-Discourse-Event-Signature", "sha256=" + to_hex(hmac_sha256(forum_secret, body))}},
                        id, "add"});
    return id;
}

Scripted Door::show_posts(const SeenRequest& request) {
    const auto asked = demo::parameter(request.target.substr(std::min(request.target.find('?') + 1, request.target.size())), "before");
    Scripted good;
    Way way;
    {
        const std::lock_guard lock(mutex_);
        way = forum_;
        const auto before = asked.empty() ? first_post_id + static_cast<long long>(posts_.size()) : std::stoll(asked);
        auto shown = json::array();
        for (const auto& one : posts_)
            if (const auto id = std::stoll(one.id); id <= before && id > before - ids_a_page) shown.push_back(post_of_forum(one.id, one.text, one.at));
        good.headers = {{"Content-Type", "application/json"}};
        good.body = json{{"latest_posts", shown}}.dump();
    }
    auto answer = spoiled(way, std::move(good));
    truth_.served({"forum/posts", clock_.now(), answer.status == 200 && answer.way == Scripted::Way::whole});
    return answer;
}

std::vector<Letter> Door::letters() {
    const std::lock_guard lock(mutex_);
    return std::exchange(letters_, {});
}

} // namespace larum::soak
