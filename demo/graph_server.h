#pragma once

#include "core/time.h"
#include "demo/graph_world.h"
#include "demo/server.h"

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace larum::demo {

/// A Graph API on loopback that behaves as Meta's does: version and token and proof of every call are
/// checked, lists are paged and bounded, budgets are counted, errors carry codes and sub-codes, webhooks are
/// signed over the escaped body. Tests and the demo play the people on the page, and the platform's moods.
/// Thread-safe.
class GraphServer {
public:
    struct Settings {
        std::string page_id = "102938475610293";
        std::string page_name = "Strona";
        std::string token = "EAAG-simulated-page-token";
        std::string app_id = "1234567890";
        std::string app_secret = "0123456789abcdef0123456789abcdef";
        std::string verify_token = "simulated-verify-token";
        std::uint16_t port = 0;
    };

    explicit GraphServer(const Clock& clock) : GraphServer(clock, Settings()) {}
    GraphServer(const Clock& clock, Settings settings);

    std::string url() const { return server_.url(); }
    const Settings& settings() const { return settings_; }

    // ---- what people do; what is new gets an id, and a webhook goes out when an app is subscribed --------
    std::string post(const Person& author, const std::string& text, Wall wall = Wall::visitors,
                     std::optional<Time> at = {});
    std::string comment(const std::string& post_id, const Person& author, const std::string& text,
                        const std::string& parent_id = {}, std::optional<Time> at = {});
    void edit(const std::string& id, const std::string& text);
    void remove(const std::string& id);
    void hide(const std::string& id);
    void attach_photo(const std::string& id, const std::string& url);
    void like(const std::string& id, int count);
    std::string message(const Person& person, const std::string& text, std::optional<Time> at = {});
    std::string reply(const Person& person, const std::string& text, std::optional<Time> at = {});
    Person page() const { return {settings_.page_id, settings_.page_name}; }
    Time now() const { return clock_.now(); }

    // ---- webhooks ----------------------------------------------------------------------------------------
    /// Does the handshake with `callback` and sends it every event from now on. False when it refused.
    bool subscribe(const std::string& callback);
    /// Tries again what was not answered by 200; returns how many still wait.
    std::size_t deliver();
    void send_raw(const std::string& body, const std::string& signature); ///< a forged or strange event
    void lose_webhooks(bool lose);                                        ///< events of now are never sent

    // ---- the platform's moods ----------------------------------------------------------------------------
    void throttle(int code, int minutes); ///< until `relent`
    void allow_calls(int count);          ///< then 80001; usage headers tell the percentage
    void relent();
    void break_token(int subcode); ///< 190 with this sub-code, until `mend_token`
    void expire_token_at(Time at);
    void mend_token();
    void use_token_type(const std::string& type);  ///< what debug_token says: PAGE, USER
    void miss_permission(const std::string& edge); ///< code 10 on this edge: «comments», «tagged», ...
    void answer_next(HttpAnswer answer, int count = 1); ///< HTML, 503, 100 MB: instead of the next answers
    void truncate_next(int count = 1);
    void short_pages(bool on); ///< filtered lists: pages shorter than their limit
    void serve_version(const std::string& version);

    std::vector<Request> requests() const; ///< all so far, oldest first

private:
    HttpAnswer answer(const Request& request);
    HttpAnswer answer_graph(const Request& request);
    nlohmann::json read(const std::string& path, std::string_view query);
    nlohmann::json list(const std::string& node, const std::string& edge, std::string_view query);
    nlohmann::json batch(std::string_view form);
    nlohmann::json debug_token(std::string_view query);
    void check_budget();
    void check_token(const std::string& token);
    void check_proof(const std::string& token, std::string_view parameters);
    ListQuery read_list_query(std::string_view query) const;
    Headers headers() const;
    void event(const nlohmann::json& entry);
    void change(const Writing& writing, const std::string& verb);
    std::string tell(const Person& person, bool from_page, const std::string& text, std::optional<Time> at);

    const Clock& clock_;
    const Settings settings_;
    mutable std::mutex mutex_;
    GraphWorld world_;
    std::string callback_;
    bool losing_webhooks_ = false;
    std::deque<std::string> undelivered_;
    std::deque<HttpAnswer> instead_;
    int truncate_ = 0;
    int throttled_code_ = 0;
    int throttled_minutes_ = 0;
    int calls_allowed_ = 0; ///< 0: not counted
    int calls_ = 0;
    int token_subcode_ = -1; ///< -1: the token is good
    std::optional<Time> token_expires_;
    std::string token_type_ = "PAGE";
    std::set<std::string> missing_permissions_;
    bool short_pages_ = false;
    std::string served_version_ = "v26.0";
    std::vector<Request> requests_;
    Server server_; ///< last: it answers as soon as it is there
};

} // namespace larum::demo
