#pragma once

#include <string>
#include <utility>

namespace larum::config {

/// A text that cannot be printed, logged or compared by accident. `reveal` is for the one place that
/// hands it to the other side.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

} // namespace larum::config
