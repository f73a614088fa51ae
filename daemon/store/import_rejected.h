#pragma once

#include "daemon/store/import_load.h"

#include <filesystem>
#include <string>
#include <vector>

namespace larum::store {

/// FILE.rejected, which can be imported again once mended, and FILE.rejected.why. Both are made with the first
/// rejected row, readable by their owner only.
class RejectedFiles {
public:
    RejectedFiles(const std::filesystem::path& imported, const std::string& header);
    ~RejectedFiles();
    RejectedFiles(const RejectedFiles&) = delete;
    RejectedFiles& operator=(const RejectedFiles&) = delete;

    /// Throws Error::Kind::config when they cannot be written.
    void add(const std::vector<SetAside>& rows);

private:
    void open();

    std::filesystem::path rows_file_;
    std::filesystem::path why_file_;
    std::string header_;
    int rows_ = -1;
    int why_ = -1;
    bool line_open_ = false; ///< the last row had no line's end
};

} // namespace larum::store
