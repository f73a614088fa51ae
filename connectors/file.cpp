#include "connectors/connector.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/post_json.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>

/// A JSONL file that is followed as it grows («A post, as JSONL» in the README). A rotated file is read to its end
/// under its new name before the next is begun; a truncated or replaced one is read from its start.
namespace larum::connectors {

namespace {

constexpr std::size_t bytes_per_page = 1u << 20; ///< also the longest line
constexpr std::size_t posts_per_page = 500;
constexpr std::size_t mark_bytes = 256;          ///< of the file's beginning, by which it is recognized
constexpr int neighbours_max = 10000;            ///< entries of the folder looked at for a rotated file

struct Settings {
    std::string path;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("path", &Settings::path, "The JSONL file to follow: one post a line, appended by whoever collects them."),
    };
    return all;
}

/// Where reading goes on. `mark` is a digest of the file's first bytes, as many as were there and read.
struct Place {
    ino_t inode = 0;
    std::size_t offset = 0;
    std::size_t line = 0;
    bool skipping = false; ///< inside a line that is too long
    std::size_t marked = 0;
    std::int64_t mark = 0;
};

std::string write_place(const Place& place) {
    std::ostringstream out;
    out << "1 " << place.inode << ' ' << place.offset << ' ' << place.line << ' ' << place.skipping << ' ' << place.marked << ' '
        << place.mark;
    return out.str();
}

/// A cursor that cannot be read begins anew: the store knows the posts it has.
Place read_place(const std::string& cursor) {
    Place place;
    int version = 0;
    std::istringstream in(cursor);
    in >> version >> place.inode >> place.offset >> place.line >> place.skipping >> place.marked >> place.mark;
    return in && version == 1 ? place : Place{};
}

class OpenFile {
public:
    explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        struct stat found {};
        if (descriptor_ < 0 || ::fstat(descriptor_, &found) != 0 || !S_ISREG(found.st_mode)) return;
        inode = found.st_ino;
        size = static_cast<std::size_t>(found.st_size);
        good = true;
    }
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    std::string read(std::size_t from, std::size_t most) const {
        std::string bytes(most, '\0');
        const auto got = ::pread(descriptor_, bytes.data(), most, static_cast<off_t>(from));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }

    /// Whether this is the file that `place` was in, grown or not.
    bool is(const Place& place) const {
        return good && inode == place.inode && size >= place.offset && hash64(read(0, place.marked)) == place.mark;
    }

    bool good = false;
    ino_t inode = 0;
    std::size_t size = 0;

private:
    int descriptor_;
};

/// The file beside `path` that `place` was in: the old one after a rotation by renaming. Empty when there is none.
std::string rotated(const std::string& path, const Place& place) {
    std::error_code ignored;
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    int seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        if (++seen > neighbours_max) break;
        struct stat found {};
        if (::stat(entry.path().c_str(), &found) == 0 && found.st_ino == place.inode && OpenFile(entry.path()).is(place))
            return entry.path();
    }
    return {};
}

/// Takes the whole lines of `bytes` that began at `place`, and moves `place` past them.
void take_lines(std::string_view bytes, Place& place, Page& page) {
    std::size_t at = 0;
    while (page.posts.size() + page.rejected.size() < posts_per_page) {
        const auto end = bytes.find('\n', at);
        if (end == std::string_view::npos) break;
        auto line = bytes.substr(at, end - at);
        at = end + 1;
        ++place.line;
        if (std::exchange(place.skipping, false)) continue;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.empty()) continue;
        try {
            page.posts.push_back(parse_post(line));
        } catch (const Error& error) {
            page.rejected.push_back("line " + std::to_string(place.line) + ": " + error.what() + "\t" + std::string(line));
        }
    }
    if (at == 0 && bytes.size() >= bytes_per_page) {
        if (!place.skipping)
            page.rejected.push_back("line " + std::to_string(place.line + 1) + ": longer than 1 MiB\t" + std::string(bytes.substr(0, 1000)));
        place.skipping = true;
        at = bytes.size();
    }
    place.offset += at;
}

class FileConnector final : public Connector {
public:
    explicit FileConnector(Settings settings) : settings_(std::move(settings)) {}

    std::vector<StreamChange> streams() const override { return {{"lines", false, {}, {}}}; }

    PollResult poll(const Stream& stream, Call&) override {
        auto place = read_place(stream.cursor);
        const OpenFile current(settings_.path);
        if (place.inode == 0 || current.is(place)) return current.good ? read(current, place) : missing();
        if (const auto old = rotated(settings_.path, place); !old.empty())
            if (auto rest = read(OpenFile(old), place); rest.page.more || !rest.page.posts.empty() || !rest.page.rejected.empty()) {
                rest.page.more = true; // the new file waits
                return rest;
            }
        return current.good ? read(current, Place{}) : missing();
    }

    Probe probe(Call&) override {
        Probe probe;
        probe.account = settings_.path;
        if (!OpenFile(settings_.path).good) probe.outcome = missing().outcome;
        return probe;
    }

private:
    PollResult missing() const {
        return {{Ending::later, "file: " + settings_.path + " cannot be read (" + std::strerror(errno == 0 ? EINVAL : errno) + ")", {}, false}, {}};
    }

    static PollResult read(const OpenFile& file, Place place) {
        PollResult result;
        place.inode = file.inode;
        const auto before = place.offset;
        take_lines(file.read(place.offset, bytes_per_page), place, result.page);
        place.marked = std::min(place.offset, mark_bytes);
        place.mark = hash64(file.read(0, place.marked));
        result.page.cursor = write_place(place);
        result.page.more = place.offset > before && place.offset < file.size;
        std::stable_sort(result.page.posts.begin(), result.page.posts.end(),
                         [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
        return result;
    }

    Settings settings_;
};

} // namespace

const Kind& file_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "file";
        made.gives = "posts from a JSONL file that is followed as it grows";
        made.needs = "a file that the daemon may read";
        made.terms = "A file of your own has no terms; those of the platform that its posts came from go on to hold.";
        made.options = config::describe(options());
        made.interval = std::chrono::seconds{2};
        made.calls_per_second = 1000; // a disk, not a platform
        made.burst = 1000;
        made.make = [](const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services) {
            return Made{std::make_unique<FileConnector>(config::read(options(), table, problems, common_keys)), {}};
        };
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
