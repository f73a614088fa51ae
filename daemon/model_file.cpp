#include "daemon/model_file.h"

#include "core/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>

namespace larum {

namespace {

constexpr std::uintmax_t model_bytes_max = 256u << 20;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
    throw Error(Error::Kind::input, file.string() + ": " + what);
}

/// A name of our own in the same folder, so that renaming is one step.
std::filesystem::path beside(const std::filesystem::path& file) {
    return file.string() + ".new-" + std::to_string(getpid());
}

void write_whole(const std::filesystem::path& file, const std::string& content) {
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0) fail(file, std::string("cannot be written: ") + std::strerror(errno));
    std::size_t done = 0;
    while (done < content.size()) {
        const auto wrote = ::write(out, content.data() + done, content.size() - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) break;
        done += static_cast<std::size_t>(wrote);
    }
    const bool kept = done == content.size() && ::fsync(out) == 0;
    const auto why = errno;
    ::close(out);
    if (kept) return;
    ::unlink(file.c_str());
    fail(file, std::string("cannot be written: ") + std::strerror(why));
}

void put(const std::filesystem::path& file, const std::string& content) {
    const auto made = beside(file);
    write_whole(made, content);
    std::error_code error;
    std::filesystem::rename(made, file, error);
    if (!error) return;
    std::filesystem::remove(made, error);
    fail(file, "cannot be replaced");
}

} // namespace

std::filesystem::path before_of(const std::filesystem::path& file) { return file.string() + ".before"; }

std::string read_model_file(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) fail(file, "no such file; expected a model that `larum train` wrote");
    if (std::filesystem::file_size(file, error) > model_bytes_max || error) fail(file, "over 256 MiB; expected a model that `larum train` wrote");
    std::ifstream in(file, std::ios::binary);
    if (!in) fail(file, "cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

void replace_model_file(const std::filesystem::path& file, const std::string& content, const std::string& former) {
    std::error_code error;
    put(before_of(file), std::filesystem::exists(file, error) ? read_model_file(file) : former);
    put(file, content);
}

void swap_model_file(const std::filesystem::path& file) {
    const auto before = before_of(file);
    std::error_code error;
    if (!std::filesystem::exists(before, error))
        fail(before, "no such file: there is nothing to go back to. Without `model` in the config the built-in judgement is used");
    const auto former = read_model_file(before);
    if (std::filesystem::exists(file, error)) put(before, read_model_file(file));
    put(file, former);
}

} // namespace larum
