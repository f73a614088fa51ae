// What people do on the simulated page, and the webhooks that tell of it.
#include "core/crypto.h"
#include "core/error.h"
#include "demo/graph_server.h"

#include <nlohmann/json.hpp>

namespace larum::demo {

using nlohmann::json;

namespace {

/// Meta escapes all that is not ASCII, and slashes; the signature is over exactly these bytes.
std::string escaped(const json& body) {
    std::string text;
    for (const char c : body.dump(-1, ' ', true)) text += c == '/' ? std::string("\\/") : std::string(1, c);
    return text;
}

std::string sign(const std::string& secret, const std::string& body) {
    return "sha256=" + to_hex(hmac_sha256(secret, body));
}

bool send(const std::string& callback, const std::string& body, const std::string& signature) {
    HttpRequest request;
    request.method = "POST";
    request.url = callback;
    request.headers = {{"Content-Type", "application/json"}, {"X-Hub-Signature-256", signature}};
    request.body = body;
    try {
        return call_loopback(request).status == 200;
    } catch (const Error&) {
        return false;
    }
}

std::int64_t milliseconds(Time time) {
    return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

} // namespace

bool GraphServer::subscribe(const std::string& callback) {
    HttpRequest request;
    request.url =
        callback + "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=" + settings_.verify_token;
    try {
        const auto given = call_loopback(request);
        if (given.status != 200 || given.body != "1158201444") return false;
    } catch (const Error&) {
        return false;
    }
    const std::lock_guard lock(mutex_);
    callback_ = callback;
    return true;
}

/// Called with the lock held: events keep their order.
void GraphServer::event(const json& entry) {
    if (callback_.empty() || losing_webhooks_) return;
    undelivered_.push_back(escaped({{"object", "page"}, {"entry", json::array({entry})}}));
}

std::size_t GraphServer::deliver() {
    while (true) {
        std::string callback, body;
        {
            const std::lock_guard lock(mutex_);
            if (undelivered_.empty()) return 0;
            callback = callback_;
            body = undelivered_.front();
        }
        // Not under the lock: whoever takes the event may call back before answering.
        const bool delivered = send(callback, body, sign(settings_.app_secret, body));
        const std::lock_guard lock(mutex_);
        if (!delivered) return undelivered_.size();
        if (!undelivered_.empty() && undelivered_.front() == body) undelivered_.pop_front();
    }
}

void GraphServer::send_raw(const std::string& body, const std::string& signature) {
    send(callback_, body, signature);
}

void GraphServer::lose_webhooks(bool lose) {
    const std::lock_guard lock(mutex_);
    losing_webhooks_ = lose;
}

void GraphServer::change(const Writing& writing, const std::string& verb) {
    const bool comment = writing.wall == Wall::comments;
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now()).time_since_epoch().count();
    json value = {{"verb", verb},
                  {"created_time", now},
                  {"item", comment                      ? "comment"
                           : writing.wall == Wall::page ? "status"
                                                        : "post"}};
    value["post_id"] = comment ? writing.post_id : writing.id;
    if (comment) value["comment_id"] = writing.id;
    if (comment) value["parent_id"] = writing.parent_id.empty() ? writing.post_id : writing.parent_id;
    if (!writing.author.id.empty())
        value["from"] = {{"id", writing.author.id}, {"name", writing.author.name}};
    if (verb == "add" || verb == "edited") value["message"] = writing.text;
    if (writing.wall == Wall::tagged) {
        value["sender_id"] = writing.author.id;
        value["sender_name"] = writing.author.name;
        value.erase("from");
    }
    const json one = {{"field", writing.wall == Wall::tagged ? "mention" : "feed"}, {"value", value}};
    event({{"id", settings_.page_id}, {"time", now}, {"changes", json::array({one})}});
}

std::string GraphServer::post(const Person& author, const std::string& text, Wall wall,
                              std::optional<Time> at) {
    std::string id;
    {
        const std::lock_guard lock(mutex_);
        const auto& writing = world_.write(wall, author, text, at.value_or(clock_.now()));
        id = writing.id;
        if (!at) change(writing, "add");
    }
    deliver();
    return id;
}

std::string GraphServer::comment(const std::string& post_id, const Person& author, const std::string& text,
                                 const std::string& parent_id, std::optional<Time> at) {
    std::string id;
    {
        const std::lock_guard lock(mutex_);
        world_.find(post_id);
        const auto& writing =
            world_.write(Wall::comments, author, text, at.value_or(clock_.now()), post_id, parent_id);
        id = writing.id;
        if (!at) change(writing, "add");
    }
    deliver();
    return id;
}

void GraphServer::edit(const std::string& id, const std::string& text) {
    {
        const std::lock_guard lock(mutex_);
        auto& writing = world_.find(id);
        writing.text = text;
        writing.updated = clock_.now();
        change(writing, "edited");
    }
    deliver();
}

void GraphServer::remove(const std::string& id) {
    {
        const std::lock_guard lock(mutex_);
        change(world_.find(id), "remove");
        world_.remove(id);
    }
    deliver();
}

void GraphServer::hide(const std::string& id) {
    {
        const std::lock_guard lock(mutex_);
        auto& writing = world_.find(id);
        writing.hidden = true;
        change(writing, "hide");
    }
    deliver();
}

void GraphServer::attach_photo(const std::string& id, const std::string& url) {
    const std::lock_guard lock(mutex_);
    world_.find(id).photo = url;
}

void GraphServer::like(const std::string& id, int count) {
    const std::lock_guard lock(mutex_);
    world_.find(id).likes = count;
}

std::string GraphServer::tell(const Person& person, bool from_page, const std::string& text,
                              std::optional<Time> at) {
    std::string id;
    {
        const std::lock_guard lock(mutex_);
        const auto& said = world_.say(person, from_page, text, at.value_or(clock_.now()));
        id = said.id;
        json message = {{"mid", id}, {"text", text}};
        if (from_page) message["is_echo"] = true;
        const json sender = {{"id", from_page ? settings_.page_id : person.id}};
        const json recipient = {{"id", from_page ? person.id : settings_.page_id}};
        const json one = {{"sender", sender},
                          {"recipient", recipient},
                          {"timestamp", milliseconds(said.at)},
                          {"message", message}};
        if (!at)
            event({{"id", settings_.page_id},
                   {"time", milliseconds(clock_.now())},
                   {"messaging", json::array({one})}});
    }
    deliver();
    return id;
}

std::string GraphServer::message(const Person& person, const std::string& text, std::optional<Time> at) {
    return tell(person, false, text, at);
}

std::string GraphServer::reply(const Person& person, const std::string& text, std::optional<Time> at) {
    return tell(person, true, text, at);
}

} // namespace larum::demo
