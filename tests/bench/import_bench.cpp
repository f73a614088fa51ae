#include "bench/bench.h"
#include "bench/ground.h"

#include "core/words.h"
#include "daemon/store/import.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <vector>

#include <unistd.h>

/// Rows per second of `larum import`, from CSV files to committed rows, on larum's own private server as it comes
/// (checksums and fsync on), into tables that are filled with a million customers.
namespace larum::bench {

namespace {

constexpr int repetitions = 5;
constexpr int step_customers = 60'000;
constexpr int step_rows = 200'000;

/// Spread evenly and the same every time.
std::uint32_t mixed(std::uint32_t value) {
    value = (value ^ (value >> 16)) * 0x45d9f3bu;
    value = (value ^ (value >> 16)) * 0x45d9f3bu;
    return value ^ (value >> 16);
}

/// An invented surname from syllables.
std::string surname(std::uint32_t number) {
    static const char* const parts[] = {"Ko", "wal", "Ma", "zur", "Le", "wan", "do", "Wi", "cze", "rek", "Za", "jac", "Gra", "bo", "Ste", "pie"};
    std::string made = parts[2 * (number & 7)];
    for (int i = 0; i < 3; ++i) made += parts[(number >> (3 + 4 * i)) & 15];
    return made + (number & 0x8000 ? "ski" : "czyk");
}

/// Name, e-mail, phone and city: five to seven match keys.
void write_customers(const std::filesystem::path& file, int from, int to) {
    static const char* const first[] = {"Anna", "Piotr", "Ewa", "Jan", "Maria", "Adam", "Zofia", "Marek"};
    static const char* const cities[] = {"Kraków", "Gdańsk", "Kielce", "Poznań", "Lublin"};
    std::ofstream out(file);
    out << "customer_ref,name,email,phone,city,handles,tier,language,do_not_match\n";
    for (int i = from; i < to; ++i) {
        const auto number = mixed(static_cast<std::uint32_t>(i));
        out << "K-" << i << ',' << first[number % 8] << ' ' << surname(number) << ",poczta" << i << "@example.org,48"
            << 500000000 + number % 299999999 << ',' << cities[number % 5] << ",,standard,pl,false\n";
    }
}

void write_cases(const std::filesystem::path& file, int from, int to, int customers) {
    std::ofstream out(file);
    out << "case_ref,customer_ref,status,topic,subject,channel,opened_at,updated_at,closed_at,promised_at,order_ref\n";
    for (int i = from; i < to; ++i)
        out << "SPR-" << 1000000 + i << ",K-" << mixed(static_cast<std::uint32_t>(i)) % static_cast<unsigned>(customers)
            << ",open,delivery,Niekompletna dostawa,phone,2026-03-11T06:30:00Z,2026-03-24T17:20:58Z,,,ZAM/2026/" << 100000 + i << '\n';
}

void write_contacts(const std::filesystem::path& file, int from, int to, int customers) {
    std::ofstream out(file);
    out << "contact_ref,customer_ref,case_ref,channel,direction,at,agent,summary\n";
    for (int i = from; i < to; ++i)
        out << "KT-" << i << ",K-" << mixed(static_cast<std::uint32_t>(i)) % static_cast<unsigned>(customers) << ",SPR-" << 1000000 + i
            << ",phone,in,2026-03-12T06:10:44Z,Kamil Bury,Klient pyta o termin dostawy\n";
}

/// Processor time in seconds that a process has used; the server's processes are ours to look at.
double processor_seconds(std::int64_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string field;
    double ticks = 0;
    for (int i = 1; i <= 15 && status >> field; ++i)
        if (i >= 14) ticks += std::stod(field); // user, system; the program's name has no blank here
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Speed {
    double rows_per_second = 0;
    double ours = 0, servers = 0; ///< processor time for a row, in microseconds: other work on the machine does not change it
};

/// A table to fill, with a folder for the files.
struct Ground : PrivateServer {
    Speed speed(store::ImportKind kind, const std::filesystem::path& file) {
        std::int64_t server = 0;
        store->pool().with([&](store::Transaction& transaction) { server = transaction.run("SELECT pg_backend_pid()").at(0, 0).integer(); });
        const double ours = processor_seconds(getpid()), servers = processor_seconds(server);
        double rows = 0;
        const double taken = seconds([&] { rows = static_cast<double>(store::import_file(store->pool(), store->ids(), {brand, store->key()}, kind, file).read); });
        std::filesystem::remove(file);
        return {rows / taken, 1e6 * (processor_seconds(getpid()) - ours) / rows, 1e6 * (processor_seconds(server) - servers) / rows};
    }
};

double median(const std::vector<Speed>& speeds, double Speed::* what) {
    std::vector<double> all;
    for (const auto& one : speeds) all.push_back(one.*what);
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

void say(const char* what, const std::vector<Speed>& all) {
    std::printf("import: %s: %.0f rows/s (median of %zu); processor time a row %.1f us here and %.1f us in the server\n", what,
                median(all, &Speed::rows_per_second), all.size(), median(all, &Speed::ours), median(all, &Speed::servers));
    std::fflush(stdout);
}

} // namespace

void import_speed() {
    Ground ground;
    const int filled = customers_wanted();
    const auto file = ground.folder.path() / "rows.csv";
    write_customers(file, 0, filled);
    std::printf("import: %d customers into an empty table: %.0f rows/s\n", filled,
                ground.speed(store::ImportKind::customers, file).rows_per_second);
    ground.store->pool().with([](store::Transaction& transaction) { transaction.script("ANALYZE customer; ANALYZE customer_key"); });
    std::vector<Speed> customers, unchanged, cases, contacts;
    for (int i = 0; i < repetitions; ++i) {
        write_customers(file, filled + i * step_customers, filled + (i + 1) * step_customers);
        customers.push_back(ground.speed(store::ImportKind::customers, file));
        write_customers(file, i * step_customers, (i + 1) * step_customers);
        unchanged.push_back(ground.speed(store::ImportKind::customers, file));
        write_cases(file, i * step_rows, (i + 1) * step_rows, filled);
        cases.push_back(ground.speed(store::ImportKind::cases, file));
        write_contacts(file, i * step_rows, (i + 1) * step_rows, filled);
        contacts.push_back(ground.speed(store::ImportKind::contacts, file));
    }
    say("new customers, five keys or more, into a filled table", customers);
    say("customers that are there already, unchanged", unchanged);
    say("new cases", cases);
    say("new contacts", contacts);
}

} // namespace larum::bench
