#pragma once

#include "connectors/connector.h"
#include "core/error.h"
#include "demo/graph_server.h"
#include "support/catch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

/// A connector of one kind, made from TOML as an operator writes it, against a simulated page.
namespace larum::test {

struct FixedClock final : Clock {
    Time at = *parse_time("2026-08-02T10:00:00Z");
    Time now() const override { return at; }
};

/// Calls the simulated servers on loopback.
struct LoopbackHttp final : Http {
    HttpAnswer send(const HttpRequest& request) override {
        ++calls;
        last = request;
        if (unreachable) throw Error(Error::Kind::unreachable, "graph.example did not answer");
        return demo::call_loopback(request);
    }
    HttpRequest last;
    int calls = 0;
    bool unreachable = false;
};

inline const std::vector<std::string>& source_keys() {
    static const std::vector<std::string> keys = {"brand",    "kind", "matching",
                                                  "interval", "seen", "private_allowed"};
    return keys;
}

class GraphFixture {
public:
    explicit GraphFixture(const std::string& kind, const std::string& more = "")
        : graph(clock), toml(settings_toml(graph) + more) {
        made = make(kind, toml, problems);
    }

    static std::string settings_toml(const demo::GraphServer& graph) {
        // Secrets are never written in a config; the environment is one of the three ways.
        setenv("LARUM_TEST_GRAPH_TOKEN", graph.settings().token.c_str(), 1);
        setenv("LARUM_TEST_GRAPH_SECRET", graph.settings().app_secret.c_str(), 1);
        return "kind = \"facebook\"\nprivate_allowed = true\npage = \"" + graph.settings().page_id +
               "\"\ntoken = \"env:LARUM_TEST_GRAPH_TOKEN\"\napp_secret = "
               "\"env:LARUM_TEST_GRAPH_SECRET\"\napp_id = \"" +
               graph.settings().app_id + "\"\nhost = \"" + graph.url() + "\"\n";
    }

    connectors::Made make(const std::string& kind, const std::string& text, config::Problems& found) {
        return connectors::find_kind(kind)->make(config::parse_toml(text, "larum.toml"), source_keys(), found,
                                                 {http});
    }

    /// Polls `stream` until it has no more, keeping its cursor; the last outcome and everything read.
    connectors::PollResult poll(const std::string& stream, int most = 200) {
        connectors::PollResult all;
        connectors::Session session;
        for (int i = 0; i < most; ++i) {
            connectors::Call call{clock.at, session};
            auto one = made.connector->poll({stream, cursors[stream], {}}, call);
            all.outcome = one.outcome;
            all.page.more = one.page.more;
            all.page.used = one.page.used;
            all.page.next_in = one.page.next_in;
            append(all.page.posts, one.page.posts);
            append(all.page.contacts, one.page.contacts);
            append(all.page.streams, one.page.streams);
            append(all.page.gaps, one.page.gaps);
            append(all.page.rejected, one.page.rejected);
            if (one.outcome.ok() && one.page.cursor) cursors[stream] = *one.page.cursor;
            if (!one.outcome.ok() || !one.page.more) break;
        }
        return all;
    }

    connectors::RecheckResult recheck(const std::vector<Post>& known) {
        connectors::Session session;
        connectors::Call call{clock.at, session};
        return made.connector->recheck(known, call);
    }

    connectors::Probe probe() {
        connectors::Session session;
        connectors::Call call{clock.at, session};
        return made.connector->probe(call);
    }

    FixedClock clock;
    LoopbackHttp http;
    demo::GraphServer graph;
    std::string toml;
    config::Problems problems;
    connectors::Made made;
    std::map<std::string, std::string> cursors;

private:
    template <class T> static void append(std::vector<T>& to, const std::vector<T>& from) {
        to.insert(to.end(), from.begin(), from.end());
    }
};

inline const Post* find(const std::vector<Post>& posts, const std::string& id) {
    for (const auto& post : posts)
        if (post.id == id) return &post;
    return nullptr;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Where the platforms' contracts lie on a developer's machine; empty when they are not there.
inline std::filesystem::path specs() {
    const std::filesystem::path path = std::filesystem::path(LARUM_SOURCE_DIR) / "../shared/specs";
    if (std::filesystem::exists(path)) return path;
    const char* given = std::getenv("LARUM_SPECS");
    return given ? given : std::filesystem::path();
}

} // namespace larum::test
