#include "daemon/store/backup_file.h"

#include "core/crypto.h"
#include "core/error.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace larum::store {

namespace {

constexpr int format = 1;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string digest_text(crypto_hash_sha256_state state) {
    unsigned char bytes[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, bytes);
    return to_hex(std::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
}

[[noreturn]] void refuse(const std::string& what) { throw Error(Error::Kind::input, "the backup " + what); }

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// A name as our migrations write them; it becomes part of a statement.
bool is_name(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

void append_escaped(std::string& line, std::string_view field) {
    for (const char c : field) {
        switch (c) {
        case '\\': line += "\\\\"; break;
        case '\n': line += "\\n"; break;
        case '\r': line += "\\r"; break;
        case '\t': line += "\\t"; break;
        default: line += c;
        }
    }
}

std::string unescaped(std::string_view field) {
    std::string text;
    text.reserve(field.size());
    for (std::size_t i = 0; i < field.size(); ++i) {
        if (field[i] != '\\' || i + 1 == field.size()) {
            text += field[i];
            continue;
        }
        switch (const char c = field[++i]) {
        case 'n': text += '\n'; break;
        case 'r': text += '\r'; break;
        case 't': text += '\t'; break;
        default: text += c;
        }
    }
    return text;
}

BackupHead parse_head(std::string_view line) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("larum_backup")) refuse("is none: its first line is not larum's");
    try {
        if (json.at("larum_backup").get<int>() != format)
            refuse("was written by a larum whose format this one does not know: update larum");
        BackupHead head;
        head.schema = json.at("schema").get<int>();
        head.digests = json.at("digests").get<std::vector<std::string>>();
        head.key_check = json.at("key_check").get<std::string>();
        head.made_by = json.at("larum").get<std::string>();
        if (const auto at = parse_time(json.at("at").get<std::string>())) head.taken_at = *at;
        return head;
    } catch (const nlohmann::json::exception&) {
        refuse("has a first line that lacks what it must say");
    }
}

} // namespace

BackupWriter::BackupWriter(std::FILE* out, const BackupHead& head) : out_(out) {
    crypto_hash_sha256_init(&digest_);
    const nlohmann::json json = {{"larum_backup", format},          {"schema", head.schema}, {"digests", head.digests},
                                 {"key_check", head.key_check},     {"larum", head.made_by},
                                 {"at", format_time(head.taken_at)}};
    put(json.dump());
}

void BackupWriter::put(std::string_view line) {
    crypto_hash_sha256_update(&digest_, raw(line), line.size());
    crypto_hash_sha256_update(&digest_, raw("\n"), 1);
    std::fwrite(line.data(), 1, line.size(), out_); // a failure stays in the stream's state until `finish`
    std::fputc('\n', out_);
    bytes_ += line.size() + 1;
}

void BackupWriter::begin(const BackupTable& table) {
    std::string line = "COPY " + table.name + " (";
    for (const auto& column : table.columns) line += (line.back() == '(' ? "" : ",") + column;
    put(line + ")");
}

void BackupWriter::row(const Rows& rows, std::size_t row, int columns) {
    line_.clear();
    for (int column = 0; column < columns; ++column) {
        if (column > 0) line_ += '\t';
        const auto field = rows.at(row, column);
        if (field.null())
            line_ += "\\N";
        else
            append_escaped(line_, field.view());
    }
    put(line_);
    if (std::ferror(out_)) finish();
}

void BackupWriter::end_table() { put("\\."); }

std::size_t BackupWriter::finish() {
    const auto last = "END " + digest_text(digest_) + "\n";
    std::fputs(last.c_str(), out_);
    if (std::fflush(out_) != 0 || std::ferror(out_)) refuse(std::string("cannot be written: ") + std::strerror(errno));
    return bytes_ + last.size();
}

BackupReader::BackupReader(std::FILE* in) : in_(in) {
    crypto_hash_sha256_init(&digest_);
    head_ = parse_head(line());
}

BackupReader::~BackupReader() { std::free(buffer_); }

std::string_view BackupReader::line() {
    before_ = digest_;
    const auto size = getline(&buffer_, &capacity_, in_);
    if (size <= 0 || buffer_[size - 1] != '\n') refuse("was cut short");
    const std::string_view whole(buffer_, static_cast<std::size_t>(size));
    crypto_hash_sha256_update(&digest_, raw(whole), whole.size());
    return whole.substr(0, whole.size() - 1);
}

bool BackupReader::next_table(BackupTable& table) {
    const auto text = line();
    if (text.substr(0, 4) == "END ") {
        if (text.substr(4) != digest_text(before_)) refuse("was changed or damaged: its digest differs");
        return false;
    }
    const auto open = text.find(" (");
    if (text.substr(0, 5) != "COPY " || open == std::string_view::npos || text.back() != ')') refuse("is damaged between two tables");
    table.name = text.substr(5, open - 5);
    table.columns = split(text.substr(open + 2, text.size() - open - 3), ',');
    for (const auto& column : table.columns)
        if (!is_name(column)) refuse("names a column as larum never does");
    if (!is_name(table.name)) refuse("names a table as larum never does");
    return true;
}

bool BackupReader::next_row(std::vector<std::string>& fields, std::vector<bool>& nulls) {
    auto text = line();
    if (text == "\\.") return false;
    fields.clear();
    nulls.clear();
    while (true) {
        const auto end = text.find('\t');
        const auto field = text.substr(0, end);
        nulls.push_back(field == "\\N");
        fields.push_back(nulls.back() ? std::string() : unescaped(field));
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

} // namespace larum::store
