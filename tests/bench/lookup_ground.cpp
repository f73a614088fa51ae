#include "bench/lookup_ground.h"

#include "core/error.h"
#include "core/text.h"
#include "daemon/match/keys.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

namespace larum::bench {

namespace {

constexpr int loaders = 2;
constexpr int chunk = 20'000;
constexpr int sampled_max = 30'000;
constexpr int with_case_of_100 = 3;

// Nothing here measures writing, so what is loaded spares the log, and the indexes come last.
constexpr auto before_load = R"(
    ALTER TABLE customer SET UNLOGGED; ALTER TABLE customer_key SET UNLOGGED;
    ALTER TABLE customer DROP CONSTRAINT customer_pkey, DROP CONSTRAINT customer_brand_id_ref_key;
    ALTER TABLE customer_key DROP CONSTRAINT customer_key_pkey)";
constexpr const char* after_load[] = {
    "ALTER TABLE customer ADD PRIMARY KEY (brand_id, customer_id)", "ALTER TABLE customer ADD UNIQUE (brand_id, ref)",
    "ALTER TABLE customer_key ADD PRIMARY KEY (brand_id, key, customer_id)", "ANALYZE customer, customer_key, service_case, contact"};

Customer customer_of(const Person& person, Id id, int number) {
    Customer one;
    one.id = id;
    one.ref = "K-" + std::to_string(number);
    one.name = person.name();
    one.email = (number % 2 ? text::fold(person.first) + '.' + text::fold(person.surname) : "poczta") + std::to_string(number) + "@poczta.example";
    one.phone = "+48" + std::to_string(500000000 + number * 37ll % 399999999);
    one.city = person.city;
    return one;
}

/// Every `loaders`th customer, in chunks of a transaction each.
class Loading {
public:
    Loading(store::Store& store, BrandId brand, int count, int which) : store_(store), brand_(brand), count_(count), number_(which), people_(static_cast<unsigned>(which) + 1) {}

    void run() {
        while (number_ < count_) {
            make();
            store_.pool().with([this](store::Transaction& transaction) { copy(transaction); });
        }
    }
    std::vector<Sampled> sampled;

private:
    void make() {
        customers_.clear();
        keys_.clear();
        const int every = std::max(1, count_ / sampled_max);
        for (int i = 0; i < chunk && number_ < count_; ++i, number_ += loaders) {
            const auto person = people_.anybody();
            customers_.push_back(customer_of(person, store_.ids().next(), number_));
            for (const auto key : match::customer_keys(customers_.back())) keys_.emplace_back(key, customers_.back().id);
            if (number_ / loaders % every == 0) sampled.push_back({customers_.back().id, person});
        }
    }

    void copy(store::Transaction& transaction) {
        auto copy = transaction.copy_into("customer", {"brand_id", "customer_id", "ref", "name", "email", "phone", "city"});
        for (const auto& one : customers_) copy->row({brand_, one.id, one.ref, one.name, one.email, one.phone, one.city});
        copy->finish();
        copy = transaction.copy_into("customer_key", {"brand_id", "key", "customer_id"});
        for (const auto& [key, id] : keys_) copy->row({brand_, key, id});
        copy->finish();
        copy_cases(transaction);
    }

    void copy_cases(store::Transaction& transaction) {
        std::vector<std::pair<Id, Id>> cases;
        for (std::size_t i = 0; i < customers_.size(); ++i)
            if (i % 100 < with_case_of_100) cases.emplace_back(customers_[i].id, store_.ids().next());
        auto copy = transaction.copy_into("service_case", {"brand_id", "case_id", "ref", "customer_id", "topic", "subject", "opened_at"});
        for (const auto& [owner, id] : cases) copy->row({brand_, id, "SPR-" + to_text(id), owner, "delivery", "Niekompletna dostawa", "2026-03-11T06:30:00Z"});
        copy->finish();
        copy = transaction.copy_into("contact", {"brand_id", "contact_id", "ref", "customer_id", "case_id", "channel", "direction", "at", "summary"});
        for (const auto& [owner, id] : cases)
            for (int i = 0; i < 2; ++i) {
                const auto contact = store_.ids().next();
                copy->row({brand_, contact, to_text(contact), owner, id, 0, 0, "2026-03-12T06:30:00Z", "Klient pyta o termin dostawy"});
            }
        copy->finish();
    }

    store::Store& store_;
    BrandId brand_;
    int count_;
    int number_;
    Population people_;
    std::vector<Customer> customers_;
    std::vector<std::pair<std::int64_t, Id>> keys_;
};

} // namespace

std::vector<Sampled> load_people(store::Store& store, BrandId brand, int count) {
    store.pool().with([](store::Transaction& transaction) { transaction.script(before_load); });
    std::vector<Loading> loading;
    for (int i = 0; i < loaders; ++i) loading.emplace_back(store, brand, count, i);
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> failures(loaders);
    for (std::size_t i = 0; i < loading.size(); ++i)
        threads.emplace_back([&, i] {
            try {
                loading[i].run();
            } catch (...) {
                failures[i] = std::current_exception();
            }
        });
    for (auto& one : threads) one.join();
    for (const auto& failure : failures)
        if (failure) std::rethrow_exception(failure);
    for (const auto* statement : after_load)
        store.pool().with([&](store::Transaction& transaction) {
            transaction.script("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '1GB'");
            transaction.script(statement);
        });
    std::vector<Sampled> all;
    for (auto& one : loading) all.insert(all.end(), one.sampled.begin(), one.sampled.end());
    return all;
}

double most_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    throw Error(Error::Kind::input, "/proc/self/status has no VmHWM");
}

} // namespace larum::bench
