#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace larum::connectors {

/// `bytes` as they were before gzip packed them; those that gzip did not pack come back as they are. Nothing when they
/// are damaged or would grow past `bytes_max`.
std::optional<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);

} // namespace larum::connectors
