#include "daemon/store/import.h"

#include "core/error.h"
#include "daemon/store/import_reader.h"
#include "daemon/store/import_rejected.h"

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

namespace larum::store {

namespace {

/// Chunks between the thread that reads and the one that writes: one waits, no more.
class Handover {
public:
    /// False when nobody wants more.
    bool give(ImportChunk chunk) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !waiting_ || stopped_; });
        if (stopped_) return false;
        waiting_ = std::move(chunk);
        changed_.notify_all();
        return true;
    }

    /// No more comes; `failure` is thrown to the taker after what waits.
    void end(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        failure_ = failure;
        changed_.notify_all();
    }

    std::optional<ImportChunk> take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_ || ended_; });
        if (!waiting_ && failure_) std::rethrow_exception(failure_);
        auto chunk = std::exchange(waiting_, std::nullopt);
        changed_.notify_all();
        return chunk;
    }

    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<ImportChunk> waiting_;
    std::exception_ptr failure_;
    bool ended_ = false;
    bool stopped_ = false;
};

/// Gathers records into chunks in which each reference stands once.
class Gatherer {
public:
    Gatherer(ImportKind kind, const ImportSettings& settings) : kind_(kind), settings_(settings) {}

    void add(Record record) {
        bytes_ += record.raw.size();
        if (record.continued) {
            chunk_.set_aside.push_back({record.line, std::move(record.raw), {}});
            return;
        }
        ++chunk_.read;
        if (record.problem.empty()) record.problem = check_cells(kind_, record.cells);
        if (!record.problem.empty()) {
            chunk_.set_aside.push_back({record.line, std::move(record.raw), std::move(record.problem)});
            return;
        }
        const auto [found, fresh] = places_.try_emplace(*record.cells[0], chunk_.rows.size());
        if (fresh)
            chunk_.rows.push_back({record.line, std::move(record.raw), std::move(record.cells)});
        else
            go_over(chunk_.rows[found->second], record);
    }

    bool full() const { return chunk_.read >= settings_.chunk_rows || bytes_ >= settings_.chunk_bytes; }
    bool empty() const { return bytes_ == 0; }

    ImportChunk take(std::uint64_t bytes_read) {
        chunk_.bytes_read = bytes_read;
        bytes_ = 0;
        places_.clear();
        return std::exchange(chunk_, ImportChunk{});
    }

private:
    /// The later row of one reference wins, cell by cell, as if they had come in two chunks.
    static void go_over(ImportRow& row, Record& record) {
        row.raw += record.raw;
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            if (record.cells[i]) row.cells[i] = std::move(record.cells[i]);
    }

    ImportKind kind_;
    const ImportSettings& settings_;
    ImportChunk chunk_;
    std::size_t bytes_ = 0;
    std::unordered_map<std::string, std::size_t> places_;
};

/// The same failure, naming the file.
Error of_file(const std::filesystem::path& file, const Error& error) {
    return Error(error.kind(), file.string() + ": " + error.what());
}

void gather_all(RecordReader& reader, ImportKind kind, const std::filesystem::path& file, const ImportSettings& settings,
                Handover& handover) {
    try {
        Gatherer gatherer(kind, settings);
        for (Record record; reader.next(record);) {
            gatherer.add(std::move(record));
            if (gatherer.full() && !handover.give(gatherer.take(reader.bytes_read()))) return;
        }
        if (!gatherer.empty()) handover.give(gatherer.take(reader.bytes_read()));
        handover.end(nullptr);
    } catch (const Error& error) {
        handover.end(std::make_exception_ptr(of_file(file, error)));
    } catch (...) {
        handover.end(std::current_exception());
    }
}

/// «customers.csv.rejected» is a CSV file.
std::string ending_of(std::filesystem::path file) {
    while (file.extension() == ".rejected") file = file.stem();
    return file.extension().string();
}

std::unique_ptr<RecordReader> reader_for(std::istream& in, const std::filesystem::path& file, ImportKind kind) {
    const std::string ending = ending_of(file.filename());
    if (ending == ".csv") return read_csv(in, kind);
    if (ending == ".jsonl") return read_json_lines(in, kind);
    throw Error(Error::Kind::config, "its name ends with neither .csv nor .jsonl");
}

std::vector<SetAside> in_order(std::vector<SetAside> early, std::vector<SetAside> late) {
    std::move(late.begin(), late.end(), std::back_inserter(early));
    std::stable_sort(early.begin(), early.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return early;
}

void add(ImportCounts& sum, const ImportCounts& one) {
    sum.read += one.read;
    sum.added += one.added;
    sum.changed += one.changed;
    sum.unchanged += one.unchanged;
    sum.rejected += one.rejected;
    sum.incomplete += one.incomplete;
    sum.suppressed += one.suppressed;
}

/// Rows that the reader set aside, as load_chunk counts those that it sets aside itself.
std::uint64_t rejected_in(const ImportChunk& chunk) {
    return static_cast<std::uint64_t>(std::count_if(chunk.set_aside.begin(), chunk.set_aside.end(),
                                                    [](const SetAside& one) { return !one.reason.empty(); }));
}

ImportCounts load(Pool& pool, IdMaker& ids, const ImportInto& into, ImportKind kind, const ImportChunk& chunk,
                  RejectedFiles& rejected) {
    ImportCounts counts;
    std::vector<SetAside> late;
    const auto write = [&](NewRows way) {
        pool.with([&](Transaction& transaction) {
            late.clear();
            counts = load_chunk(transaction, ids, into, kind, chunk, way, late);
        });
    };
    try {
        write(NewRows::copy);
    } catch (const DatabaseError& error) {
        if (error.sqlstate() != "23505") throw;
        write(NewRows::careful); // a connector was faster with one of the new rows
    }
    const auto early = rejected_in(chunk);
    counts.rejected += early;
    counts.unchanged -= early;
    rejected.add(in_order(chunk.set_aside, std::move(late)));
    return counts;
}

/// A commit that waits for the disk waits for all before it.
void settle(Pool& pool, BrandId brand) {
    pool.with([&](Transaction& transaction) { transaction.run("UPDATE brand SET name = name WHERE brand_id = $1", {brand}); });
}

} // namespace

ImportCounts import_file(Pool& pool, IdMaker& ids, const ImportInto& into, ImportKind kind,
                         const std::filesystem::path& file, const ImportSettings& settings) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file))
        throw Error(Error::Kind::config, file.string() + ": cannot be read; expected a file of " + std::string(word(kind)));
    std::unique_ptr<RecordReader> reader;
    try {
        reader = reader_for(in, file, kind);
    } catch (const Error& error) {
        throw of_file(file, error);
    }
    const double size = static_cast<double>(std::max<std::uintmax_t>(std::filesystem::file_size(file), 1));
    RejectedFiles rejected(file, reader->header());
    Handover handover;
    std::thread gathering([&] { gather_all(*reader, kind, file, settings, handover); });
    ImportCounts sum;
    try {
        while (const auto chunk = handover.take()) {
            add(sum, load(pool, ids, into, kind, *chunk, rejected));
            settings.progress(sum, std::min(1.0, static_cast<double>(chunk->bytes_read) / size));
        }
    } catch (...) {
        handover.stop();
        gathering.join();
        throw;
    }
    gathering.join();
    settle(pool, into.brand);
    if (in.bad()) throw Error(Error::Kind::input, file.string() + ": reading it failed before its end");
    return sum;
}

} // namespace larum::store
