#include "daemon/store/address.h"
#include "daemon/store/connection.h"

#include <pqxx/pqxx>
#if PQXX_VERSION_MAJOR < 7
#include <pqxx/tablewriter> // not part of <pqxx/pqxx>
#endif

#include <poll.h>

#include <optional>
#include <unordered_map>

namespace larum::store {

struct Rows::Impl {
    pqxx::result result;
};

std::size_t Rows::size() const { return static_cast<std::size_t>(impl_->result.size()); }

std::size_t Rows::affected() const { return static_cast<std::size_t>(impl_->result.affected_rows()); }

Field Rows::at(std::size_t row, int column) const {
    // libpq keeps the text as long as the result lives, which Rows holds.
    const auto line = impl_->result[static_cast<pqxx::result::size_type>(row)];
    if (row >= size() || column < 0 || column >= static_cast<int>(line.size()))
        throw Error(Error::Kind::bug, "database: a result was asked for a field that it does not have");
    const auto field = line[static_cast<pqxx::row::size_type>(column)];
    return {field.c_str(), field.size(), field.is_null()};
}

namespace {

/// Statements planned under a name, at most, per connection: the code has far fewer.
constexpr std::size_t prepared_max = 400;

/// The server's primary message without what it quotes of a value. Errors about values (class 22) put them
/// between quotes; all others quote names of the schema.
std::string primary_message(std::string text, const std::string& sqlstate) {
    if (const auto end = text.find('\n'); end != std::string::npos) text.erase(end);
    if (const auto severity = text.find(":  "); severity != std::string::npos && severity < 12) text.erase(0, severity + 3);
    if (sqlstate.rfind("22", 0) == 0) {
        const auto from = text.find('"');
        const auto to = text.rfind('"');
        if (from != std::string::npos && to > from) text.replace(from + 1, to - from - 1, "…");
    }
    return text;
}

std::string one_line(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) text.replace(at, 1, "; ");
    return text;
}

/// Runs `work` and turns what libpqxx throws into DatabaseError.
template <class Work>
auto guarded(const pqxx::connection* connection, Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const pqxx::in_doubt_error&) {
        throw DatabaseError("database: the connection broke during a commit; whether it was done is not known", "", true);
    } catch (const pqxx::broken_connection& error) {
        throw DatabaseError("database: " + (connection ? "the connection broke" : one_line(error.what())), "", true);
    } catch (const pqxx::serialization_failure&) {
        // 6.4 gives these two no state of their own.
        throw DatabaseError("database: 40001 another transaction was in the way", "40001");
    } catch (const pqxx::deadlock_detected&) {
        throw DatabaseError("database: 40P01 deadlock with another transaction", "40P01");
    } catch (const pqxx::sql_error& error) {
        const std::string sqlstate(error.sqlstate());
        const bool broken = connection != nullptr && !connection->is_open();
        if (sqlstate.empty()) throw DatabaseError("database: the connection broke", "", true);
        throw DatabaseError("database: " + sqlstate + " " + primary_message(error.what(), sqlstate), sqlstate, broken);
    } catch (const pqxx::failure&) {
        const bool broken = connection != nullptr && !connection->is_open();
        throw DatabaseError(broken ? "database: the connection broke" : "database: a statement failed", "", broken);
    } catch (const std::logic_error& error) {
        throw Error(Error::Kind::bug, std::string("database: ") + error.what());
    }
}

// ---- what differs between libpqxx 6.4 and 7.10 ---------------------------------------------------------

#if PQXX_VERSION_MAJOR >= 7

pqxx::params packed(const std::vector<Param>& parameters) {
    pqxx::params all;
    all.reserve(parameters.size());
    for (const auto& one : parameters) {
        if (one.text())
            all.append(pqxx::zview(*one.text())); // the parameters outlive the statement
        else
            all.append();
    }
    return all;
}

pqxx::result run_text(pqxx::work& work, const std::string& sql, const std::vector<Param>& parameters) {
    return work.exec(sql, packed(parameters));
}

pqxx::result run_named(pqxx::work& work, const std::string& name, const std::vector<Param>& parameters) {
    return work.exec(pqxx::prepped{name}, packed(parameters));
}

/// Notices would go to stderr, errors would carry details.
struct Quiet {
    explicit Quiet(pqxx::connection& connection) {
        connection.set_notice_handler([](pqxx::zview) noexcept {});
        connection.set_verbosity(pqxx::error_verbosity::terse);
    }
};

/// Rows go through the stream's own escaping.
class Copy final : public CopyIn {
public:
    Copy(const pqxx::connection& connection, pqxx::work& work, const std::string& table, const std::string& columns)
        : connection_(connection), stream_(pqxx::stream_to::raw_table(work, table, columns)) {}

    void row(const std::vector<Param>& fields) override {
        fields_.clear();
        for (const auto& field : fields)
            fields_.push_back(field.text() ? std::optional<std::string_view>(*field.text()) : std::nullopt);
        guarded(&connection_, [&] { stream_.write_row(fields_); });
    }

    void finish() override {
        guarded(&connection_, [&] { stream_.complete(); });
    }

private:
    const pqxx::connection& connection_;
    pqxx::stream_to stream_;
    std::vector<std::optional<std::string_view>> fields_;
};

#else

auto packed(const std::vector<Param>& parameters) {
    std::vector<const char*> all;
    all.reserve(parameters.size());
    for (const auto& one : parameters) all.push_back(one.text() ? one.text()->c_str() : nullptr);
    return all;
}

pqxx::result run_text(pqxx::work& work, const std::string& sql, const std::vector<Param>& parameters) {
    return work.exec_params(sql, pqxx::prepare::make_dynamic_params(packed(parameters)));
}

pqxx::result run_named(pqxx::work& work, const std::string& name, const std::vector<Param>& parameters) {
    return work.exec_prepared(name, pqxx::prepare::make_dynamic_params(packed(parameters)));
}

/// Notices would go to stderr, errors would carry details.
struct Quiet {
    explicit Quiet(pqxx::connection& connection) : handler(connection) {
        connection.set_verbosity(pqxx::connection::terse);
    }
    pqxx::quiet_errorhandler handler;
};

/// COPY sends this much at once.
constexpr std::size_t copy_bytes = 64u << 10;

void append_escaped(std::string& out, std::string_view field) {
    for (;;) {
        const auto plain = field.find_first_of("\\\n\r\t"); // rare: what lies between goes over at once
        out += field.substr(0, plain);
        if (plain == field.npos) return;
        out += '\\';
        switch (field[plain]) {
        case '\n': out += 'n'; break;
        case '\r': out += 'r'; break;
        case '\t': out += 't'; break;
        default: out += field[plain];
        }
        field.remove_prefix(plain + 1);
    }
}

/// 6.4's newer stream formats every field through temporary strings; its older writer takes raw text, of any
/// number of lines at once.
class Copy final : public CopyIn {
public:
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    Copy(const pqxx::connection& connection, pqxx::work& work, const std::string& table, const std::string& columns)
        : connection_(connection), columns_{columns}, writer_(work, table, columns_.begin(), columns_.end()) {}
#pragma GCC diagnostic pop

    void row(const std::vector<Param>& fields) override {
        if (!lines_.empty()) lines_ += '\n';
        bool first = true;
        for (const auto& field : fields) {
            if (!first) lines_ += '\t';
            first = false;
            if (field.text())
                append_escaped(lines_, *field.text());
            else
                lines_ += "\\N";
        }
        if (lines_.size() >= copy_bytes) send();
    }

    void finish() override {
        if (!lines_.empty()) send();
        guarded(&connection_, [&] { writer_.complete(); });
    }

private:
    void send() {
        guarded(&connection_, [&] { writer_.write_raw_line(lines_); });
        lines_.clear();
    }

    const pqxx::connection& connection_;
    std::vector<std::string> columns_;
    pqxx::tablewriter writer_;
    std::string lines_;
};

#endif

std::string column_list(const std::vector<std::string>& columns) {
    std::string list;
    for (const auto& column : columns) list += (list.empty() ? "" : ",") + column;
    return list;
}

} // namespace

// ---- the connection -------------------------------------------------------------------------------------

struct Connection::Impl {
    explicit Impl(const std::string& text) : connection(text) {}

    pqxx::connection connection;
    Quiet quiet{connection};
    std::optional<pqxx::work> work;
    std::unordered_map<std::string, std::string> names; ///< of prepared statements, by their text
    bool spoiled = false;

    template <class Work>
    auto attempt(Work what) -> decltype(what()) {
        try {
            return guarded(&connection, what);
        } catch (const DatabaseError& error) {
            // A row that is wrong (22, 23), a conflict (40) or a lock not had (55) say nothing against the connection.
            const auto kind = error.sqlstate().substr(0, 2);
            if (kind != "22" && kind != "23" && kind != "40" && kind != "55") spoiled = true;
            throw;
        }
    }
};

Connection::Connection(const PoolSettings& settings) {
    const auto text = connection_text(settings);
    impl_ = guarded(nullptr, [&] { return std::make_unique<Impl>(text); });
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(settings.statement_max).count();
    // A plan made while a table was still empty reads all of it for ever: measured 17 times slower after 20,000 posts.
    guarded(&impl_->connection, [&] {
        pqxx::nontransaction session(impl_->connection);
        session.exec("SET timezone = 'UTC'; SET datestyle = 'ISO'; SET client_min_messages = 'error';"
                     "SET bytea_output = 'hex'; SET plan_cache_mode = 'force_custom_plan'; SET idle_in_transaction_session_timeout = '7s';"
                     "SET statement_timeout = " + std::to_string(milliseconds));
    });
}

Connection::~Connection() { roll_back(); }

bool Connection::usable() const {
    if (impl_->spoiled || !impl_->connection.is_open()) return false;
    pollfd socket{impl_->connection.sock(), POLLIN, 0};
    return poll(&socket, 1, 0) == 0;
}

void Connection::begin() {
    impl_->attempt([&] { impl_->work.emplace(impl_->connection); });
}

Rows Connection::run(std::string_view sql, const std::vector<Param>& parameters) {
    return impl_->attempt([&] {
        return Rows(std::make_shared<Rows::Impl>(Rows::Impl{run_text(*impl_->work, std::string(sql), parameters)}));
    });
}

Rows Connection::run_prepared(const char* sql, const std::vector<Param>& parameters) {
    auto named = impl_->names.find(sql);
    if (named == impl_->names.end() && impl_->names.size() >= prepared_max) return run(sql, parameters);
    return impl_->attempt([&] {
        if (named == impl_->names.end()) {
            const auto name = "larum_" + std::to_string(impl_->names.size());
            impl_->connection.prepare(name, std::string(sql));
            named = impl_->names.emplace(sql, name).first;
        }
        return Rows(std::make_shared<Rows::Impl>(Rows::Impl{run_named(*impl_->work, named->second, parameters)}));
    });
}

void Connection::script(const std::string& sql) {
    impl_->attempt([&] { impl_->work->exec(sql); });
}

std::unique_ptr<CopyIn> Connection::copy_into(std::string_view table, const std::vector<std::string>& columns) {
    return impl_->attempt([&] {
        return std::make_unique<Copy>(impl_->connection, *impl_->work, std::string(table), column_list(columns));
    });
}

void Connection::commit() {
    impl_->attempt([&] { impl_->work->commit(); });
    impl_->work.reset();
}

void Connection::roll_back() noexcept {
    if (!impl_ || !impl_->work) return;
    try {
        impl_->work->abort();
    } catch (const std::exception&) {
        impl_->spoiled = true; // nothing was committed, which is all that was asked
    }
    impl_->work.reset();
}

} // namespace larum::store
