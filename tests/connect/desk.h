#pragma once

#include "demo/graph_server.h"
#include "support/database.h"
#include "support/process.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace larum::test {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

inline unsigned mode_of(const std::filesystem::path& path) {
    struct stat now {};
    return stat(path.c_str(), &now) == 0 ? now.st_mode & 07777u : 0;
}

/// A page at a platform, a folder with a config, and a person or script that connects the two.
struct Desk {
    SystemClock clock;
    demo::GraphServer platform{clock};
    TemporaryFolder folder;

    std::filesystem::path config() const { return folder.path() / "larum.toml"; }
    std::filesystem::path secret(const std::string& name) const { return folder.path() / "secrets" / name; }

    std::string
    wrote(const std::string& toml = "# ours\n[brand.acme]\nzone = \"Europe/Warsaw\"  # here\n") const {
        std::ofstream(config(), std::ios::binary) << toml;
        return toml;
    }

    /// What a script says; secrets lie in files that were there before.
    std::vector<std::string> flags(std::vector<std::string> more = {}) const {
        std::ofstream(folder.path() / "token") << platform.settings().token << '\n';
        std::ofstream(folder.path() / "app") << platform.settings().app_secret << '\n';
        std::vector<std::string> all = {"connect",    "facebook",
                                        "--config",   config().string(),
                                        "--matching", "own_data",
                                        "--set",      "page=" + platform.settings().page_id,
                                        "--set",      "app_id=" + platform.settings().app_id,
                                        "--set",      "host=" + platform.url(),
                                        "--set",      "private_allowed=true",
                                        "--secret",   "token=file:" + (folder.path() / "token").string(),
                                        "--secret",   "app_secret=file:" + (folder.path() / "app").string()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    /// With a state folder of its own: what this machine's larum keeps is none of ours.
    Ran run(const std::vector<std::string>& arguments, const std::string& input = {}) const {
        return run_larum(arguments, input, {{"LARUM_STATE_DIR", (folder.path() / "state").string()}});
    }

    Ran connect(std::vector<std::string> more = {}) const { return run(flags(std::move(more))); }

    /// A person who types: everything but what makes the simulated platform reachable is asked.
    Ran type(const std::string& answers, std::vector<std::string> more = {}) const {
        std::vector<std::string> all = {"connect",  "facebook",
                                        "--config", config().string(),
                                        "--set",    "host=" + platform.url(),
                                        "--set",    "private_allowed=true"};
        all.insert(all.end(), more.begin(), more.end());
        return run(all, answers);
    }

    bool leaks(const std::string& text) const {
        return holds(text, platform.settings().token) || holds(text, platform.settings().app_secret);
    }
};

} // namespace larum::test
