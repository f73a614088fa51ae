#pragma once

#include "core/error.h"
#include "core/time.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The one place that knows libpqxx, in both versions that Debian ships (6.4 and 7.10).
namespace larum::store {

/// What the server refused: «database: 23505 duplicate key value violates unique constraint "post_pkey"».
/// Only the server's primary message, and of that no quoted value: details would show people's data.
class DatabaseError final : public Error {
public:
    DatabaseError(const std::string& text, std::string sqlstate, bool broken = false)
        : Error(Kind::database, text), sqlstate_(std::move(sqlstate)), broken_(broken) {}
    const std::string& sqlstate() const { return sqlstate_; } ///< empty when the connection was the matter
    bool broken() const { return broken_; }                   ///< the connection is gone

private:
    std::string sqlstate_;
    bool broken_;
};

/// One parameter of a statement; batches go as arrays (`= ANY`, `unnest`).
class Param {
public:
    Param(std::nullptr_t) {}
    Param(bool value) : text_(value ? "t" : "f") {}
    Param(int value) : text_(std::to_string(value)) {}
    Param(long value) : text_(std::to_string(value)) {}
    Param(long long value) : text_(std::to_string(value)) {}
    Param(double value);
    Param(const char* value) : text_(value) {}
    Param(std::string_view value) : text_(std::string(value)) {}
    Param(const std::string& value) : text_(value) {}
    Param(Time value) : text_(format_time(value)) {}
    template <class T>
    Param(const std::optional<T>& value) {
        if (value) *this = Param(*value);
    }
    const std::optional<std::string>& text() const { return text_; }

private:
    std::optional<std::string> text_;
};

/// Array literals for parameters: `{1,2}`, `{"a",NULL}`.
std::string array_of(const std::vector<std::int64_t>& values);
std::string array_of(const std::vector<std::string>& values);
std::string array_of(const std::vector<std::optional<std::string>>& values);

/// «\xDEADBEEF» for bytea parameters, and back.
std::string to_bytea(std::string_view bytes);
std::string from_bytea(std::string_view text);

/// A field of a result.
class Field {
public:
    Field(const char* text, std::size_t size, bool null) : text_(text), size_(size), null_(null) {}
    bool null() const { return null_; }
    std::string_view view() const { return {text_, size_}; }
    std::string text() const { return std::string(view()); } ///< empty when null
    std::int64_t integer() const;
    double number() const;
    bool yes() const { return !null_ && size_ > 0 && text_[0] == 't'; }
    Time time() const; ///< of a timestamptz (sessions run in UTC, ISO)
    std::optional<Time> maybe_time() const { return null_ ? std::nullopt : std::optional<Time>(time()); }
    std::optional<std::int64_t> maybe_integer() const {
        return null_ ? std::nullopt : std::optional<std::int64_t>(integer());
    }
    std::vector<std::string> texts() const;         ///< of an array
    std::vector<std::int64_t> integers() const;     ///< of an array

private:
    const char* text_;
    std::size_t size_;
    bool null_;
};

class Rows {
public:
    struct Impl;
    explicit Rows(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
    std::size_t size() const;
    bool empty() const { return size() == 0; }
    std::size_t affected() const;
    Field at(std::size_t row, int column) const;

private:
    std::shared_ptr<const Impl> impl_;
};

/// COPY into a table: rows by fields, text format.
class CopyIn {
public:
    virtual ~CopyIn() = default;
    virtual void row(const std::vector<Param>& fields) = 0;
    virtual void finish() = 0;
};

/// A transaction: commits only when `commit` is called, else rolls back.
/// Leases are written and asked with the database's clock: `larum_now()` in SQL, never a `now` from the caller
/// (`SET lease_until = larum_now() + interval '8 s'`, `WHERE lease_until < larum_now()`). Everything else that
/// is a time comes from Clock.
class Transaction {
public:
    virtual ~Transaction() = default;
    virtual Rows run(std::string_view sql, const std::vector<Param>& parameters = {}) = 0;
    /// Like `run`, but planned once per connection under a name made from the text.
    virtual Rows run_prepared(const char* sql, const std::vector<Param>& parameters) = 0;
    /// Statements without parameters, several at once (migrations).
    virtual void script(const std::string& sql) = 0;
    virtual std::unique_ptr<CopyIn> copy_into(std::string_view table, const std::vector<std::string>& columns) = 0;
    virtual void commit() = 0;
};

struct PoolSettings {
    std::string url;         ///< libpq URL or key=value; the password may be in it and is never logged
    int connections_max = 8; ///< callers beyond wait
    Span wait_max = std::chrono::seconds{10};
    Span statement_max = std::chrono::minutes{5}; ///< the server ends what takes longer
};

/// A bounded pool. A connection that broke is dropped and made anew; after a restart of the server every
/// waiting one is tried before use. Sessions: UTC, idle_in_transaction_session_timeout, keepalives and
/// tcp_user_timeout under 8 s (DESIGN I9).
class Pool {
public:
    explicit Pool(PoolSettings settings);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Throws Error::Kind::database when the server is away or no connection came free in time.
    std::unique_ptr<Transaction> begin();

    /// Runs `work` in a transaction and commits. Once more from the start when the connection proved
    /// broken before the commit was sent, or the server asks to (serialization, deadlock).
    void with(const std::function<void(Transaction&)>& work);

    /// Closes idle connections. The next `begin` makes new ones.
    void rest();

    /// For tests: `larum_now()` tells these sessions the time of `clock`, which must outlive the pool.
    void follow(const Clock& clock);

    struct Impl;

private:
    std::shared_ptr<Impl> impl_; ///< shared with the transactions under way
};

} // namespace larum::store
