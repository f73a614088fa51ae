#include "daemon/store/import_rejected.h"

#include "core/error.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace larum::store {

namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& file) {
    throw Error(Error::Kind::config, file.string() + ": cannot be written (" + std::generic_category().message(errno) +
                                         "); rejected rows are set aside there");
}

int make(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    // An older file may have been readable by others.
    if (made < 0 || ::fchmod(made, 0600) != 0) cannot_write(file);
    return made;
}

void write_all(int to, std::string_view bytes, const std::filesystem::path& file) {
    while (!bytes.empty()) {
        const auto written = ::write(to, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) cannot_write(file);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

RejectedFiles::RejectedFiles(const std::filesystem::path& imported, const std::string& header)
    : rows_file_(imported.string() + ".rejected"), why_file_(imported.string() + ".rejected.why"), header_(header) {}

RejectedFiles::~RejectedFiles() {
    if (rows_ >= 0) ::close(rows_);
    if (why_ >= 0) ::close(why_);
}

void RejectedFiles::open() {
    rows_ = make(rows_file_);
    why_ = make(why_file_);
    write_all(rows_, header_, rows_file_);
}

void RejectedFiles::add(const std::vector<SetAside>& rows) {
    if (rows.empty()) return;
    if (rows_ < 0) open();
    std::string bytes;
    std::string reasons;
    for (const auto& row : rows) {
        // Only the file's last line may lack its end; a row merged with it may come after.
        if (line_open_ && !row.reason.empty()) bytes += '\n';
        bytes += row.raw;
        line_open_ = !row.raw.empty() && row.raw.back() != '\n';
        if (!row.reason.empty()) reasons += "line " + std::to_string(row.line) + ": " + row.reason + '\n';
    }
    write_all(rows_, bytes, rows_file_);
    write_all(why_, reasons, why_file_);
}

} // namespace larum::store
