#include "core/error.h"
#include "daemon/store/import_merge.h"
#include "daemon/store/import_reader.h"
#include "support/catch.h"

#include <sstream>

using namespace larum;
using namespace larum::store;

namespace {

std::vector<Record> read_all(RecordReader& reader) {
    std::vector<Record> records;
    for (Record record; reader.next(record);) records.push_back(record);
    return records;
}

std::vector<Record> csv(const std::string& text, ImportKind kind = ImportKind::customers) {
    std::istringstream in(text);
    return read_all(*read_csv(in, kind));
}

std::vector<Record> jsonl(const std::string& text, ImportKind kind = ImportKind::customers) {
    std::istringstream in(text);
    return read_all(*read_json_lines(in, kind));
}

std::string cell(const Record& record, std::size_t column) { return record.cells.at(column).value_or("(absent)"); }

std::string joined(const std::vector<Record>& records) {
    std::string all;
    for (const auto& one : records) all += one.raw;
    return all;
}

/// What is wrong with one cell of a new row.
std::string reason(ImportKind kind, std::size_t column, const std::string& text) {
    Cells cells(columns_of(kind).size());
    cells[0] = "R-1";
    cells[column] = text;
    return check_cells(kind, cells);
}

} // namespace

TEST_CASE("a CSV file is read as RFC 4180 has it", "[import]") {
    const auto records = csv("\xEF\xBB\xBF"
                             "name,customer_ref,city\r\n"
                             "\"Nowak, Anna\",K-1,\"Łódź\"\r\n"
                             "\r\n"
                             "\"Two\r\nlines and \"\"quotes\"\"\",K-2,\n"
                             ",K-3,Kielce");

    REQUIRE(records.size() == 3);
    CHECK(cell(records[0], customer_column::name) == "Nowak, Anna");
    CHECK(cell(records[0], customer_column::city) == "Łódź");
    CHECK(cell(records[0], customer_column::email) == "(absent)");
    CHECK(records[1].line == 4);
    CHECK(cell(records[1], customer_column::name) == "Two\r\nlines and \"quotes\"");
    CHECK(cell(records[1], customer_column::city).empty());
    CHECK(records[2].line == 6);
    CHECK(records[2].raw == ",K-3,Kielce");
}

TEST_CASE("a CSV file whose columns are not known is refused by their names", "[import]") {
    CHECK_THROWS_WITH(csv("customer_ref,mail,telephone\n"),
                      test::contains("unknown columns \"mail\", \"telephone\"") &&
                          test::contains("expected some of: customer_ref,name,email"));
    CHECK_THROWS_WITH(csv("name,email\n"), test::contains("column \"customer_ref\" is missing"));
    CHECK_THROWS_WITH(csv("customer_ref,name,name\n"), test::contains("column \"name\" stands twice"));
    CHECK_THROWS_AS(csv(""), Error);
    CHECK_THROWS_AS(csv("customer_ref,\"name\n"), Error);
    CHECK_THROWS_WITH(jsonl("{\"customer_ref\":\"K-1\",\"mail\":\"a\"}\n"),
                      test::contains("unknown columns \"mail\""));
}

TEST_CASE("a torn quote costs its own line and no other", "[import]") {
    const std::string rows = "K-1,\"Anna,a@b.example\n"
                             "K-2,Piotr,p@b.example\n"
                             "K-3,\"Ewa \"x\" Lis\",e@b.example\n"
                             "K-4,Jan \"J\" Lis,j@b.example\n"
                             "K-5,Ola\n"
                             "K-6,\"Iga\",i@b.example\n"
                             "K-7,\"never closed,k@b.example\n"
                             "K-8,Leon,l@b.example";
    const auto records = csv("customer_ref,name,email\n" + rows);

    std::vector<std::string> good;
    std::vector<std::uint64_t> bad;
    for (const auto& one : records) {
        if (one.problem.empty())
            good.push_back(cell(one, 0));
        else
            bad.push_back(one.line);
    }
    CHECK(good == std::vector<std::string>{"K-2", "K-6", "K-8"});
    CHECK(bad == std::vector<std::uint64_t>{2, 4, 5, 6, 8});
    CHECK(joined(records) == rows);
}

TEST_CASE("a row with too many cells is set aside whole, not read as rows of its own", "[import]") {
    const std::string rows = "K-1,\"one\nK-9,two\nthree\",x,y\nK-2,Ada\n";
    const auto records = csv("customer_ref,name\n" + rows);

    REQUIRE(records.size() == 2);
    CHECK(records[0].problem == "4 cells; expected 2 as in the header");
    CHECK(cell(records[1], 0) == "K-2");
    CHECK(joined(records) == rows);
}

TEST_CASE("a cell of ten megabytes is set aside in pieces and the rows after it are read", "[import]") {
    const std::string huge = "K-1," + std::string(10'000'000, 'x') + '\n';
    const auto records = csv("customer_ref,name\n" + huge + "K-2,Ada\n");

    std::size_t longest = 0;
    for (const auto& one : records) longest = std::max(longest, one.raw.size());
    CHECK(longest <= record_bytes_max);
    CHECK(records.front().problem == "cell 2: the row is longer than 1 MiB");
    CHECK(records[1].continued);
    CHECK(cell(records.back(), 0) == "K-2");
    CHECK(joined(records) == huge + "K-2,Ada\n");

    const auto lines = jsonl("{\"customer_ref\":\"" + std::string(3'000'000, 'x') + "\"}\n{\"customer_ref\":\"K-2\"}\n");
    CHECK(lines.front().problem == "the row is longer than 1 MiB");
    CHECK(cell(lines.back(), 0) == "K-2");
}

TEST_CASE("cut anywhere, a file gives back every byte and never a row that it does not hold", "[import]") {
    const std::string header = "customer_ref,name\r\n";
    const std::string rows = "K-1,\"a \"\"b\"\"\r\nc\"\r\nK-2,Ada\r\n\"K-3\",\"\"\r\n";
    for (std::size_t size = 0; size <= rows.size(); ++size) {
        const auto records = csv(header + rows.substr(0, size));
        std::string back = joined(records);
        REQUIRE(rows.substr(0, size).rfind(back, 0) == 0);
        for (const auto& one : records)
            if (one.problem.empty()) REQUIRE(cell(one, 0).rfind('K', 0) == 0);
    }
}

TEST_CASE("JSON lines may leave out members, and null clears", "[import]") {
    const auto records = jsonl("{\"customer_ref\":17,\"name\":null,\"handles\":[\"facebook:ania\",\"x:ola\"]}\n"
                               "\n"
                               "[1]\n{\"customer_ref\":\"K-2\",\"tier\":{}}\n"
                               "{\"customer_ref\":\"K-3\",\"colour\":1}\n"
                               "{\"customer_ref\":\"K-4\"}\xff\n"
                               "{\"customer_ref\":\"K-5\",\"do_not_match\":true}");
    REQUIRE(records.size() == 6);
    CHECK(cell(records[0], customer_column::ref) == "17");
    CHECK(cell(records[0], customer_column::name).empty());
    CHECK(cell(records[0], customer_column::handles) == "facebook:ania;x:ola");
    CHECK(cell(records[0], customer_column::city) == "(absent)");
    CHECK(records[1].problem == "not a JSON object; expected one a line");
    CHECK_THAT(records[2].problem, Catch::Matchers::StartsWith("tier is not text"));
    CHECK_THAT(records[3].problem, Catch::Matchers::StartsWith("unknown columns \"colour\""));
    CHECK_THAT(records[4].problem, Catch::Matchers::StartsWith("is not UTF-8"));
    CHECK(cell(records[5], customer_column::do_not_match) == "true");
}

TEST_CASE("every cell is checked and the reason says what would be right", "[import]") {
    using K = ImportKind;
    CHECK(reason(K::customers, customer_column::name, std::string("a\0b", 3)) == "name holds a NUL byte; expected text");
    CHECK(reason(K::customers, customer_column::city, "\xc5") == "city is not UTF-8");
    CHECK(reason(K::customers, customer_column::ref, " ") == "customer_ref is empty; expected the reference that names the row");
    CHECK(reason(K::customers, customer_column::handles, "ania") ==
          "handles is not platform:handle or platform:id, separated by \";\"");
    CHECK(reason(K::customers, customer_column::handles, "bluesky:did:plc:abc; x:@ola ;").empty());
    CHECK(reason(K::customers, customer_column::do_not_match, "tak") == "do_not_match is not true or false");
    CHECK(reason(K::customers, customer_column::name, std::string(1001, 'x')) == "name is longer than 1000 bytes");
    CHECK(reason(K::cases, case_column::status, "done") == "status is not one of: open, pending, closed");
    CHECK_THAT(reason(K::cases, case_column::topic, "sofa"), Catch::Matchers::StartsWith("topic is not one of: delivery, "));
    CHECK(reason(K::cases, case_column::opened_at, "2026-02-30T00:00:00Z") ==
          "opened_at is not a time like 2026-04-05T22:41:03Z (RFC 3339)");
    CHECK(reason(K::cases, case_column::opened_at, "0026-02-03T00:00:00Z") == "opened_at is not a time between 1970 and 2200");
    CHECK_THAT(reason(K::contacts, contact_column::channel, ""), Catch::Matchers::StartsWith("channel is not one of: phone"));
    CHECK(reason(K::contacts, contact_column::direction, "inbound") == "direction is not one of: in, out");
    CHECK_THAT(reason(K::contacts, contact_column::at, ""), Catch::Matchers::StartsWith("at is empty; expected a time"));
}

TEST_CASE("an absent column keeps the old value and an empty cell clears it", "[import]") {
    Cells cells(columns_of(ImportKind::customers).size());
    cells[customer_column::ref] = "K-1";
    cells[customer_column::city] = "";
    const Values known = {"K-1", "Anna Lis", "a@b.example", "", "Kielce", "{}", "gold", "pl", "f"};

    const auto merged = merge(ImportKind::customers, cells, &known);

    CHECK(merged.values[customer_column::name] == "Anna Lis");
    CHECK(merged.values[customer_column::city].empty());
    CHECK(merge(ImportKind::customers, cells, nullptr).values[customer_column::do_not_match] == "f");
}

TEST_CASE("a closed case closes when it was updated, or is no row at all", "[import]") {
    using namespace case_column;
    Cells cells(columns_of(ImportKind::cases).size());
    cells[ref] = "C-1";
    cells[status] = "closed";
    CHECK(merge(ImportKind::cases, cells, nullptr).problem ==
          "status is closed without closed_at; expected closed_at or updated_at");

    cells[updated_at] = "2026-04-02T00:00:00Z";
    const auto closed = merge(ImportKind::cases, cells, nullptr);
    CHECK(closed.problem.empty());
    CHECK(closed.values[closed_at] == "2026-04-02T00:00:00Z");

    cells[updated_at] = "2026-04-09T00:00:00Z";
    CHECK(merge(ImportKind::cases, cells, &closed.values).values[closed_at] == "2026-04-02T00:00:00Z");

    cells[status] = "open";
    CHECK(merge(ImportKind::cases, cells, &closed.values).values[closed_at].empty());
}

TEST_CASE("a new contact needs channel, direction and time; a known one does not", "[import]") {
    using namespace contact_column;
    Cells cells(columns_of(ImportKind::contacts).size());
    cells[ref] = "KT-1";
    cells[summary] = "asked again";
    CHECK_THAT(merge(ImportKind::contacts, cells, nullptr).problem, Catch::Matchers::EndsWith("a new contact needs channel, direction and at"));
    const Values known = {"KT-1", "5", "", "0", "0", "2026-04-02T00:00:00Z", "", "asked"};
    CHECK(merge(ImportKind::contacts, cells, &known).problem.empty());
}
