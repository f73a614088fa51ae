#include "core/error.h"
#include "core/words.h"
#include "daemon/match/keys.h"
#include "daemon/store/import.h"
#include "daemon/store/suppression.h"
#include "support/catch.h"
#include "support/database.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

using namespace larum;
using namespace larum::store;

namespace {

const std::filesystem::path world = std::filesystem::path(LARUM_SOURCE_DIR) / "../shared/data/world";

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

/// A migrated database with one brand, and a folder for files to import.
struct Desk {
    test::TestDatabase database;
    test::TemporaryFolder folder;
    SystemClock clock;
    IdMaker ids{clock, 1};
    InstallationKey key{std::string(32, 'k')};
    ImportInto into{1, key};
    ImportSettings settings;

    Desk() {
        database.ask("INSERT INTO brand (brand_id, name, created_at) VALUES (1, 'acme', now()) RETURNING name");
        settings.chunk_rows = 3; // small files meet the edges of chunks too
    }

    std::filesystem::path file(const std::string& name, const std::string& text) {
        std::ofstream(folder.path() / name, std::ios::binary) << text;
        return folder.path() / name;
    }

    ImportCounts import(ImportKind kind, const std::filesystem::path& from) {
        return import_file(database.pool(), ids, into, kind, from, settings);
    }
    ImportCounts customers(const std::string& text) { return import(ImportKind::customers, file("customers.csv", text)); }
    ImportCounts cases(const std::string& text) { return import(ImportKind::cases, file("cases.csv", text)); }
    ImportCounts contacts(const std::string& text) { return import(ImportKind::contacts, file("contacts.csv", text)); }

    std::string ask(const std::string& sql) { return database.ask(sql); }
    std::string customer(const std::string& ref) {
        return ask("SELECT concat_ws('|', name, email, phone, city, array_to_string(handles, ';'), tier, language, "
                   "do_not_match) FROM customer WHERE ref = '" + ref + "'");
    }
    std::string keys_of(const std::string& ref) {
        return ask("SELECT count(*) FROM customer_key JOIN customer USING (brand_id, customer_id) WHERE ref = '" + ref + "'");
    }
};

const std::string anna = "customer_ref,name,email,phone,city,handles,tier,language,do_not_match\n"
                         "K-1,Anna Lis,anna@lis.example,600 700 800,Kielce,facebook:ania.l,gold,pl,false\n";

} // namespace

TEST_CASE("customers are imported with their keys, and imported again without harm", "[import]") {
    Desk desk;

    const auto first = desk.customers(anna + "K-2,Jan Kos,,,,,,,\nK-3,,,,,,,,true\nK-4,Ola Wilk,ola@wilk.example,,,,,,true\n");
    const auto second = desk.import(ImportKind::customers, desk.folder.path() / "customers.csv");

    CHECK(first.added == 4);
    CHECK(desk.customer("K-1") == "Anna Lis|anna@lis.example|600 700 800|Kielce|facebook:ania.l|gold|pl|f");
    Customer expected;
    expected.name = "Anna Lis", expected.email = "anna@lis.example", expected.phone = "600700800", expected.city = "Kielce";
    expected.handles = {"facebook:ania.l"};
    CHECK(desk.keys_of("K-1") == std::to_string(match::customer_keys(expected).size()));
    CHECK(desk.keys_of("K-4") == "0");
    CHECK(second.unchanged == 4);
    CHECK(second.added + second.changed == 0);
}

TEST_CASE("an upsert changes what the file says and keys follow", "[import]") {
    Desk desk;
    desk.customers(anna);
    const auto before = desk.ask("SELECT max(key::numeric) FROM customer_key");

    const auto counts = desk.customers("customer_ref,name,phone\nK-1,Anna Wilk,\n");

    CHECK(counts.changed == 1);
    CHECK(desk.customer("K-1") == "Anna Wilk|anna@lis.example||Kielce|facebook:ania.l|gold|pl|f");
    Customer expected;
    expected.name = "Anna Wilk", expected.email = "anna@lis.example", expected.city = "Kielce";
    expected.handles = {"facebook:ania.l"};
    const auto keys = match::customer_keys(expected);
    CHECK(desk.ask("SELECT count(*) FROM customer_key WHERE key = ANY ('" + array_of(keys) + "')") == std::to_string(keys.size()));
    CHECK(desk.keys_of("K-1") == std::to_string(keys.size()));
}

TEST_CASE("who was hidden, with keys or without, and may be matched again has every key once", "[import]") {
    Desk desk;
    desk.customers(anna);
    const auto keys = desk.keys_of("K-1");
    desk.ask("UPDATE customer SET do_not_match = true WHERE ref = 'K-1' RETURNING 1");
    if (GENERATE(false, true)) desk.ask("DELETE FROM customer_key RETURNING 1");

    desk.customers("customer_ref,do_not_match\nK-1,false\n");

    CHECK(desk.keys_of("K-1") == keys);
}

TEST_CASE("an order number that changes takes its key along", "[import]") {
    Desk desk;
    desk.cases("case_ref,order_ref\nC-1,ZAM-100200\n");
    const auto before = desk.ask("SELECT array_agg(key ORDER BY key) FROM case_key");

    desk.cases("case_ref,order_ref\nC-1,ZAM-100300\n");
    CHECK(desk.ask("SELECT array_agg(key ORDER BY key) FROM case_key") != before);

    desk.cases("case_ref,order_ref\nC-1,ZAM-100200\n");
    CHECK(desk.ask("SELECT array_agg(key ORDER BY key) FROM case_key") == before);
}

TEST_CASE("the last of several rows with one reference wins, in a chunk as over chunks", "[import]") {
    Desk desk;
    desk.settings.chunk_rows = GENERATE(1, 2, 100);

    const auto counts = desk.import(ImportKind::customers, desk.file("c.jsonl", "{\"customer_ref\":\"K-1\",\"name\":\"A\",\"city\":\"X\"}\n"
                                                         "{\"customer_ref\":\"K-1\",\"name\":\"B\"}\n"
                                                         "{\"customer_ref\":\"K-1\",\"tier\":\"gold\",\"city\":null}\n"));

    CHECK(counts.read == 3);
    CHECK(counts.added == 1);
    CHECK(desk.customer("K-1") == "B|||||gold||f");
}

TEST_CASE("an unknown reference makes an empty row that is completed later", "[import]") {
    Desk desk;

    const auto counts = desk.contacts("contact_ref,customer_ref,case_ref,channel,direction,at,summary\n"
                                      "T-1,K-1,C-100200,phone,in,2026-04-01T10:00:00+02:00,asked\n"
                                      "T-2,,,email,out,2026-04-02T10:00:00Z,\n");
    CHECK(counts.added == 2);
    CHECK(counts.incomplete == 2);
    CHECK(desk.customer("K-1") == "|||||||f");
    CHECK(desk.ask("SELECT customer.ref || service_case.ref || contact.channel || contact.direction "
                   "FROM contact JOIN customer USING (brand_id, customer_id) JOIN service_case USING (brand_id, case_id) "
                   "WHERE contact.at = '2026-04-01T08:00:00Z'") == "K-1C-10020000");
    CHECK(desk.ask("SELECT count(*) FROM case_key") != "0");

    const auto cases = desk.cases("case_ref,customer_ref,status,topic,opened_at\nC-100200,K-1,pending,delivery,2026-03-30T00:00:00Z\n");
    CHECK(cases.changed == 1);
    CHECK(desk.customers(anna).changed == 1);
    CHECK(desk.keys_of("K-1") != "0");
    CHECK(desk.ask("SELECT status || topic FROM service_case WHERE customer_id IS NOT NULL") == "pendingdelivery");
}

TEST_CASE("rejected rows are set aside byte for byte and can be imported again", "[import]") {
    Desk desk;
    const std::string header = "\xEF\xBB\xBF" "case_ref,status,opened_at,updated_at,closed_at\r\n";
    const std::string good = "C-1,open,2026-04-01T00:00:00Z,,\r\n";
    const std::string bad = "C-2,done,,,\r\n\"C-3\",closed,\"2026-04-01T00:00:00Z\",,\r\nC-4,\"open\r\n";
    const auto counts = desk.cases(header + good + bad + good);
    const auto file = desk.folder.path() / "cases.csv.rejected";

    CHECK(counts.rejected == 3);
    CHECK(content(file) == header + bad);
    CHECK(content(file.string() + ".why") ==
          "line 3: status is not one of: open, pending, closed\n"
          "line 4: status is closed without closed_at; expected closed_at or updated_at\n"
          "line 5: cell 2: its quote is never closed; expected one more \"\n");
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);

    const auto again = desk.import(ImportKind::cases, file);
    CHECK(again.rejected == 3);
    CHECK(content(file.string() + ".rejected") == content(file));

    std::ofstream(file, std::ios::binary) << "case_ref,status,updated_at\nC-2,open,\nC-3,closed,2026-04-03T00:00:00Z\n";
    CHECK(desk.import(ImportKind::cases, file).added == 2);
    CHECK(desk.ask("SELECT closed_at = '2026-04-03T00:00:00Z' FROM service_case WHERE ref = 'C-3'") == "t");
}

TEST_CASE("who is on the suppression list is imported without being matched", "[import]") {
    Desk desk;
    Customer objector;
    objector.email = "Anna@Lis.example ";
    desk.database.pool().with([&](Transaction& transaction) {
        suppress(transaction, 1, Suppressor(desk.key, 1).of(objector), desk.clock.now());
    });

    const auto counts = desk.customers(anna + "K-2,Jan Kos,jan@kos.example,,,,,,\n");

    CHECK(counts.suppressed == 1);
    CHECK(desk.ask("SELECT do_not_match FROM customer WHERE ref = 'K-1'") == "t");
    CHECK(desk.keys_of("K-1") == "0");
    CHECK(desk.keys_of("K-2") != "0");
    CHECK(desk.customers(anna).unchanged == 1);
}

TEST_CASE("a new contact and a closed case have the customer's open posts decided again", "[import]") {
    Desk desk;
    desk.customers(anna);
    desk.cases("case_ref,customer_ref,status,opened_at\nC-1,K-1,open,2026-04-01T00:00:00Z\n");
    desk.ask("INSERT INTO decision (brand_id, post_id, revision, decided_at, cause, urgency, rule, customer_id) "
             "SELECT 1, 77, 1, now(), 'new', 2, 'known', customer_id FROM customer WHERE ref = 'K-1' RETURNING 1");
    const auto queued = [&] { return desk.ask("SELECT string_agg(cause || post_ids::text, ' ') FROM triage_queue"); };

    desk.contacts("contact_ref,case_ref,channel,direction,at\nT-1,C-1,phone,in,2026-04-02T00:00:00Z\n");
    CHECK(queued() == "contact{77}");
    desk.ask("DELETE FROM triage_queue RETURNING 1");

    desk.cases("case_ref,status,updated_at\nC-1,closed,2026-04-03T00:00:00Z\n");
    CHECK(queued() == "case{77}");
    desk.ask("DELETE FROM triage_queue RETURNING 1");

    desk.import(ImportKind::cases, desk.folder.path() / "cases.csv");
    CHECK(queued().empty());
}

TEST_CASE("two imports at once end as if one had come after the other", "[import]") {
    Desk desk;
    std::string text = "customer_ref,name,phone\n";
    for (int i = 0; i < 300; ++i)
        text += "K-" + std::to_string(i) + ",Anna Lis,60070" + std::to_string(1000 + i) + "\n";
    const auto file = desk.file("both.csv", text);
    desk.settings.chunk_rows = 20;
    ImportCounts one, two;

    std::thread other([&] { two = desk.import(ImportKind::customers, file); });
    one = desk.import(ImportKind::customers, file);
    other.join();

    CHECK(one.added + two.added == 300);
    CHECK(one.unchanged + two.unchanged == 300);
    CHECK(desk.ask("SELECT count(*) FROM customer") == "300");
    CHECK(desk.ask("SELECT count(DISTINCT customer_id) FROM customer_key") == "300");
}

TEST_CASE("the whole world is imported", "[import][world]") {
    if (!std::filesystem::exists(world / "customers.csv")) {
        WARN("skipped: ../shared/data/world is not here");
        return;
    }
    Desk desk;
    desk.settings = {};

    for (const auto kind : {ImportKind::contacts, ImportKind::cases, ImportKind::customers}) {
        // Links, so that nothing is written beside the originals.
        const auto link = desk.folder.path() / (std::string(word(kind)) + ".csv");
        std::filesystem::create_symlink(world / link.filename(), link);
        CHECK(desk.import(kind, link).rejected == 0);
        CHECK(desk.import(kind, link).changed == 0);
    }

    CHECK(desk.ask("SELECT count(*) FROM customer") == "20000");
    CHECK(desk.ask("SELECT count(*) FROM service_case") == "10600");
    CHECK(desk.ask("SELECT count(*) FROM contact") == "34489");
    CHECK(desk.ask("SELECT count(*) FROM customer WHERE name = ''") == "0");
    CHECK(desk.ask("SELECT count(*) FROM customer_key JOIN customer USING (brand_id, customer_id) WHERE do_not_match") == "0");
}
