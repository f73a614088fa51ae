#pragma once

#include "support/process.h"

#include <filesystem>
#include <memory>
#include <string>

namespace larum::test {

/// Prism on loopback with one contract: as a mock that checks requests, or as a proxy that checks both ways.
/// `url()` is empty, and `why()` says why, where Prism is not installed (`npm ci` in tests/contract/prism) or
/// the contracts are not beside the sources.
class Prism {
public:
    /// `upstream` empty: mock.
    explicit Prism(const std::filesystem::path& contract, const std::string& upstream = {});
    ~Prism();
    Prism(const Prism&) = delete;
    Prism& operator=(const Prism&) = delete;

    const std::string& url() const { return url_; }
    const std::string& why() const { return why_; }
    std::string log() const { return process_ ? process_->output() : ""; }

private:
    std::string url_, why_;
    std::filesystem::path output_;
    std::unique_ptr<Process> process_;
};

} // namespace larum::test
