#pragma once

#include <filesystem>
#include <string>

/// Model files on disk: read whole, replaced whole, the former kept beside.
namespace larum {

/// Throws Error::Kind::input naming the file when it cannot be read or is larger than any model.
std::string read_model_file(const std::filesystem::path& file);

/// Puts `content` in the place of `file`, and what stood there, or `former` when nothing did, into FILE.before. Whoever
/// reads meanwhile sees the old or the new, never a part. Throws Error::Kind::input; then `file` is as it was.
void replace_model_file(const std::filesystem::path& file, const std::string& content, const std::string& former);

/// Changes `file` and FILE.before for one another: doing it twice changes nothing. Throws Error::Kind::input when
/// there is no FILE.before.
void swap_model_file(const std::filesystem::path& file);

std::filesystem::path before_of(const std::filesystem::path& file);

} // namespace larum
