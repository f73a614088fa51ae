#include "soak/post_office.h"

#include "core/error.h"

#include <algorithm>

namespace larum::soak {

using namespace std::chrono_literals;

namespace {

constexpr double lost_share = 0.06, late_share = 0.12, doubled_share = 0.15;

int post(int port, const std::string& app, const std::string& body, const Headers& headers) {
    HttpRequest request;
    request.method = "POST";
    request.url = "http://127.0.0.1:" + std::to_string(port) + "/hooks/" + app;
    request.headers = headers;
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = body;
    try {
        return demo::call_loopback(request).status;
    } catch (const Error&) {
        return 0;
    }
}

} // namespace

/// At once, or so late that a poll was there before: what lies between would be a matter of luck.
void PostOffice::sort_in(Letter letter, bool calm) {
    ++counts_.sent;
    const bool safe = !safe_.empty() && letter.id.starts_with(safe_);
    if (!safe && !calm && (deaf_.count(letter.app) != 0 || chance(random_, lost_share))) {
        ++counts_.lost;
        return;
    }
    Waiting one{std::move(letter), clock_.now()};
    if (!calm && chance(random_, doubled_share)) {
        ++counts_.doubled;
        waiting_.push_back({one.letter, clock_.now() + Span(static_cast<long long>(between(random_, 0, 3.6e9)))});
    }
    if (!calm && chance(random_, late_share)) {
        ++counts_.late;
        one.due += Span(static_cast<long long>(between(random_, 1.2e9, 9e9)));
    }
    waiting_.push_back(std::move(one));
}

bool PostOffice::bring(const Waiting& one, int port) {
    if (post(port, one.letter.app, one.letter.body, one.letter.headers) != 200) return false;
    ++counts_.taken;
    truth_.told(one.letter.id, one.letter.verb, clock_.now());
    return true;
}

void PostOffice::deliver(const std::vector<int>& ports, bool calm) {
    for (auto& letter : door_.letters()) sort_in(std::move(letter), calm);
    if (ports.empty()) return;
    std::shuffle(waiting_.begin(), waiting_.end(), random_);
    std::erase_if(waiting_, [&](const Waiting& one) {
        return (calm || one.due <= clock_.now()) && bring(one, ports[random_() % ports.size()]);
    });
}

int PostOffice::forge(int port) {
    static const std::string nothing = "sha256=" + std::string(64, '0');
    const int forum = post(port, "forum", R"({"post":{"id":1,"topic_id":1,"post_number":2,"cooked":"fałsz","created_at":"2026-03-02T06:00:00Z"}})",
                           {{"X-Discourse-Event", "post_created"}, {"X-Discourse-Event-Signature", nothing}});
    if (forum != 401) return forum;
    return post(port, "meta", R"({"object":"page","entry":[{"id":"102938475610293","time":1772431200,"changes":[{"field":"feed","value":)"
                              R"({"verb":"add","item":"post","post_id":"102938475610293_1","message":"fałsz","created_time":1772431200}}]}]})",
                {{"X-Hub-Signature-256", nothing}});
}

} // namespace larum::soak
