#include "bench/bench.h"
#include "bench/ground.h"

#include "core/error.h"
#include "daemon/match/keys.h"
#include "daemon/match/names/tables.h"
#include "daemon/store/posts.h"
#include "daemon/triage/triage.h"

#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>

/// Posts per second from pages of 100 posts in memory to committed decisions, as a ratio to raw COPY of the same
/// posts into a table with the same keys on the same server, which is larum's own private one as it comes.
namespace larum::bench {

namespace {

constexpr int page_posts = 100;
constexpr int workers = 2;
constexpr int pages_per_worker = 50;
constexpr int repetitions = 5;

using Pages = std::vector<connectors::Page>;

/// Invented people: first names from the tables, surnames put together from syllables.
class People {
public:
    explicit People(unsigned seed) : random_(seed) {
        for (std::size_t at = 1; at < match::polish_names.size();) {
            const auto end = match::polish_names.find_first_of(" \n", at);
            first_.emplace_back(match::polish_names.substr(at, end - at));
            at = match::polish_names.find('\n', at) + 1;
            if (at == 0) break;
        }
    }
    std::string name() { return first_[pick(first_.size())] + ' ' + surname(); }
    std::string phone() { return "+485" + std::to_string(10000000 + pick(90000000)); }
    std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

private:
    std::string surname() {
        static const char* const parts[] = {"Ko", "wal", "Ma", "zur", "Le", "wan", "do", "Wi", "cze", "rek", "Za", "jac", "Gra", "bo", "Stę", "pie"};
        std::string made = parts[2 * pick(8)];
        for (int i = 0; i < 2; ++i) made += parts[pick(16)];
        return made + (pick(2) ? "ski" : "czyk");
    }
    std::mt19937 random_;
    std::vector<std::string> first_;
};

/// Customers with name, e-mail, phone and city; the five commonest keys each.
void load_customers(store::Store& store, BrandId brand, int count, People& people) {
    for (int done = 0; done < count;) {
        store.pool().with([&](store::Transaction& transaction) {
            std::vector<std::pair<Id, std::vector<std::int64_t>>> keys;
            const auto customers = transaction.copy_into("customer", {"brand_id", "customer_id", "ref", "name", "email", "phone", "city"});
            for (int i = 0; i < 20'000 && done < count; ++i, ++done) {
                Customer one;
                one.id = store.ids().next();
                one.name = people.name();
                one.email = "a" + std::to_string(done) + "@poczta.example";
                one.phone = people.phone();
                customers->row({brand, static_cast<long long>(one.id), "K-" + std::to_string(done), one.name, one.email, one.phone, "Poznań"});
                auto made = match::customer_keys(one);
                made.resize(std::min<std::size_t>(made.size(), 5));
                keys.emplace_back(one.id, std::move(made));
            }
            customers->finish();
            const auto rows = transaction.copy_into("customer_key", {"brand_id", "key", "customer_id"});
            for (const auto& [id, made] : keys)
                for (const auto key : made) rows->row({brand, static_cast<long long>(key), static_cast<long long>(id)});
            rows->finish();
        });
    }
    store.pool().with([](store::Transaction& transaction) { transaction.script("ANALYZE customer; ANALYZE customer_key"); });
}

/// One of `words`, another one for every `number` in turn.
template <std::size_t N>
std::string_view one_of(const std::string_view (&words)[N], std::size_t number) {
    return words[number % N];
}

/// What is written on a brand's page: 95 % praise, questions and chatter, 4.5 % complaints, 0.5 % about something
/// that was written before in vain. The words vary, as people's do; now and then two say the same.
std::string text_of(int number) {
    static constexpr std::string_view openings[] = {"Dzień dobry,", "Hej,", "Witam serdecznie,", "Kochani,", "Cześć wszystkim,", "Super,", "No proszę,", "Pytanie:"};
    static constexpr std::string_view chatter[] = {"ładna kolekcja na wiosnę", "kiedy otwieracie salon w centrum", "ten kubek mam od roku i polecam",
                                                   "byłam wczoraj, miła pani przy kasie", "czy jest jeszcze rozmiar czterdzieści", "kto idzie w sobotę na pokaz",
                                                   "moja córka też taki chce"};
    static constexpr std::string_view complaints[] = {"paczka nie dotarła mimo upływu terminu", "jestem rozczarowana jakością tej bluzki",
                                                      "kurier zostawił przesyłkę pod drzwiami sąsiada", "kubek przyszedł pęknięty i szkoda pieniędzy",
                                                      "sukienka rozeszła się po jednym praniu"};
    static constexpr std::string_view urgent[] = {"piszę po raz trzeci w sprawie reklamacji i nikt nie odpowiada", "dzwonię już czwarty raz i dalej nic, sprawa idzie do rzecznika"};
    static constexpr std::string_view endings[] = {"bardzo proszę o odpowiedź.", "pozdrawiam z Poznania.", "dajcie znać w komentarzu.", "jestem ciekawa.", "dziękuję z góry.",
                                                   "miłego dnia wszystkim!", "do zobaczenia w sobotę.", "buziaki."};
    const auto at = static_cast<std::size_t>(number);
    const auto middle = number % 200 == 0 ? one_of(urgent, at / 200) : number % 20 == 0 ? one_of(complaints, at / 20) : one_of(chatter, at);
    std::string text(one_of(openings, at / 3));
    text.append(" ").append(middle).append(", ").append(one_of(endings, at / 7));
    return number % 3 ? text : text + " nr " + std::to_string(100000 + number);
}

Pages make_pages(int first, int pages, People& people, Time now) {
    Pages made(static_cast<std::size_t>(pages));
    for (auto& page : made)
        for (int i = 0; i < page_posts; ++i, ++first) {
            Post post;
            post.platform = "facebook";
            post.id = std::to_string(first);
            post.author.id = std::to_string(first % 5000);
            post.author.name = people.name();
            post.text = text_of(first);
            post.lang = "pl";
            post.posted_at = now;
            page.posts.push_back(std::move(post));
        }
    return made;
}

void in_parallel(const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < workers; ++i) threads.emplace_back(work, i);
    for (auto& one : threads) one.join();
}

/// The floor: the same pages by COPY into a table with the same keys, a transaction a page.
void raw_copy(store::Store& store, BrandId brand, const Pages& pages, Time now) {
    for (const auto& page : pages)
        store.pool().with([&](store::Transaction& transaction) {
            const auto copy = transaction.copy_into("raw_post", {"brand_id", "post_id", "platform", "realm", "native_id", "kind", "author_key",
                                                                 "author_name", "text", "lang", "posted_at", "first_seen_at"});
            for (const auto& post : page.posts)
                copy->row({brand, static_cast<long long>(store.ids().next()), post.platform, "", post.id, 0, "facebook::" + post.author.id,
                           post.author.name, post.text, post.lang, post.posted_at, now});
            copy->finish();
        });
}

void save_and_decide(store::Store& store, BrandId brand, triage::Triage& triage, const Pages& pages, Time now) {
    for (std::size_t i = 0; i < pages.size(); ++i) {
        store.pool().with([&](store::Transaction& transaction) {
            store::save_page(transaction, store.ids(), {brand, 1, now}, pages[i], "bench");
        });
        if (i % 4 == 3) triage.tick(now);
    }
    while (triage.tick(now)) {}
}

config::Config settings() {
    config::Config config;
    config::Brand brand;
    brand.name = "bench";
    brand.names = {"Bench"};
    brand.rules = config::default_rules();
    config.brands = {brand};
    config::Source source;
    source.name = "bench";
    source.brand = "bench";
    source.matching = Matching::full;
    config.sources = {source};
    return config;
}

} // namespace

void triage_throughput() {
    PrivateServer server(settings());
    const auto& [folder, clock, config, store, brand] = server;
    People people(7);
    const int count = customers_wanted();
    const double load = seconds([&] { load_customers(*store, brand, count, people); });
    std::printf("triage: %d customers loaded in %.0f s\n", count, load);
    store->pool().with([](store::Transaction& transaction) { transaction.script("CREATE TABLE raw_post (LIKE post INCLUDING ALL)"); });
    const Judge judge;
    std::vector<std::unique_ptr<triage::Triage>> carriers;
    for (int worker = 0; worker < workers; ++worker) carriers.push_back(std::make_unique<triage::Triage>(*store, config, judge));
    std::vector<double> ratios, rates;
    int next = 1;
    for (int round = 0; round < repetitions; ++round) {
        std::vector<Pages> pages;
        for (int worker = 0; worker < workers; ++worker, next += pages_per_worker * page_posts)
            pages.push_back(make_pages(next, pages_per_worker, people, clock.now()));
        const double posts = workers * pages_per_worker * page_posts;
        const double raw = seconds([&] { in_parallel([&](int i) { raw_copy(*store, brand, pages[static_cast<std::size_t>(i)], clock.now()); }); });
        const double whole = seconds([&] {
            in_parallel([&](int i) {
                const auto place = static_cast<std::size_t>(i);
                save_and_decide(*store, brand, *carriers[place], pages[place], clock.now());
            });
        });
        std::printf("triage: raw COPY %.0f posts/s, saved and decided %.0f posts/s\n", posts / raw, posts / whole);
        std::fflush(stdout);
        rates.push_back(posts / whole);
        ratios.push_back(raw / whole);
    }
    std::sort(rates.begin(), rates.end());
    std::sort(ratios.begin(), ratios.end());
    std::printf("triage: median %.0f posts/s from page to decision, %.2f of raw COPY (at least 0.20)\n", rates[rates.size() / 2],
                ratios[ratios.size() / 2]);
}

} // namespace larum::bench
