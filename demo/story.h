#pragma once

#include "demo/chat_server.h"
#include "demo/graph_server.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// A minute in the life of an invented Polish e-shop, «Dębowy Czajnik»: chatter, praise, questions, and a
/// customer who has phoned, mailed and chatted in vain before she complains on the wall.
namespace larum::demo {

struct Step {
    Span at{};        ///< after the start
    std::string what; ///< for the terminal, in English: what happens, and what to look for
    std::function<void(GraphServer&)> action; ///< quick; webhooks go out with it
};

struct Story {
    std::vector<Step> steps; ///< in order of time
    std::string brand;       ///< name of its table in larum.toml
    Span length{};
};

/// The page and its app as the story knows them.
GraphServer::Settings story_page();

/// What was on the page before larum looks: call it before the first step.
void set_the_scene(GraphServer& graph, Time now);

/// The steps act on what earlier ones made, so each story is played once, from its first step on.
Story tell_story();

/// Where things are while the demo runs.
struct Places {
    std::filesystem::path folder; ///< private to the demo; state, secrets and files lie in it
    std::string page;             ///< «127.0.0.1:PORT» of the review page
    std::string hooks;            ///< of the webhooks
    std::string graph;            ///< http://… of the simulated platform
    std::string slack_api;        ///< http://…/api of the simulated chat
    std::string database = "embedded";
};

struct Files {
    std::filesystem::path config;
    std::filesystem::path customers, cases, contacts; ///< to import in this order
};

/// Writes larum.toml, the secrets it names (0600) and the shop's records with times before `now`.
Files write_files(const Places& places, const GraphServer::Settings& graph, const ChatServer::Settings& chat,
                  Time now);

/// Where the platform sends its webhooks: path on the hooks listener.
inline constexpr const char* story_hook = "/hooks/meta";

} // namespace larum::demo
