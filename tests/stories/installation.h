#pragma once

#include "support/database.h"
#include "support/process.h"

#include <fstream>
#include <string>

namespace larum::test {

/// A config and a state folder of their own on a fresh database, for the real program.
struct Installation {
    TestDatabase database;
    TemporaryFolder folder;
    int started = 0;
    std::string hooks = "127.0.0.1:0"; ///< where webhooks are taken

    std::filesystem::path file() const { return folder.path() / "larum.toml"; }

    /// The config: what every installation needs, then [brand.acme] with `extra` below it. No quiet line of the day,
    /// whose hour may come while a test counts messages.
    void write(const std::string& extra) const {
        std::ofstream out(file());
        out << "state_dir = \"" << (folder.path() / "state").string() << "\"\n[database]\nurl = \"" << database.url()
            << "\"\n[listen]\npage = \"127.0.0.1:0\"\nhooks = \"" << hooks << "\"\n[brand.acme]\nquiet_line_at = \"\"\n" << extra;
    }

    std::unique_ptr<Process> start() {
        return std::make_unique<Process>(std::vector<std::string>{larum_program(), "run", "--config", file().string()},
                                         folder.path() / ("output" + std::to_string(++started)));
    }

    Ran command(std::vector<std::string> arguments, const std::string& input = {}) const {
        arguments.push_back("--config");
        arguments.push_back(file().string());
        return run_larum(arguments, input);
    }
};

/// Whether `process` said `text` in time.
inline bool says(const Process& process, const std::string& text) {
    return eventually([&] { return process.output().find(text) != std::string::npos; });
}

} // namespace larum::test
