#include "bench/bench.h"
#include "bench/lookup_ground.h"

#include "core/error.h"
#include "daemon/match/clues.h"
#include "daemon/match/match.h"
#include "daemon/store/candidates.h"

#include <algorithm>
#include <cstdio>
#include <map>

/// How fast and how well the customers who may have written posts are found, beside a similarity search of pg_trgm
/// over the same names on the same server, which is larum's own private one as it comes.
namespace larum::bench {

namespace {

constexpr int batch_posts = 500;
constexpr int batches = 100;
constexpr int batches_before = 5; ///< not measured: plans are made, pages come in
constexpr int similar_posts_max = 200;
constexpr double similar_seconds_max = 240;

/// A post by somebody; `author` is 0 when it is nobody in the table.
struct Written {
    Post post;
    Id author = 0;
    Spelling spelling = Spelling::as_recorded;
};

/// Half of the authors are customers, whose names are written in all ways in turn. A tenth bear a customer's name
/// by chance, the rest are strangers, some of whom show only «Anna K.». What speaks beside the name is left out, so
/// that both searches have the same to go by; with `city` the profile shows where the author lives.
class Writers {
public:
    Writers(const std::vector<Sampled>& sampled, Time now) : sampled_(sampled), now_(now), people_(99) {}

    std::vector<Written> batch(bool city) {
        std::vector<Written> made;
        for (int i = 0; i < batch_posts; ++i) made.push_back(one(i, city));
        return made;
    }

private:
    Written one(int i, bool city) {
        Written made;
        made.post.platform = "facebook";
        made.post.id = std::to_string(++number_);
        made.post.author.id = "9" + std::to_string(number_);
        made.post.text = "Trzeci raz piszę w sprawie reklamacji i nikt nie odpowiada";
        made.post.posted_at = now_;
        if (i % 2) {
            const auto& known = sampled_[people_.below(sampled_.size())];
            made.author = known.id;
            made.spelling = spellings[static_cast<std::size_t>(i / 2) % std::size(spellings)];
            made.post.author.name = people_.written(known.person, made.spelling);
            if (city) made.post.author.city = known.person.city;
        } else if (i % 10 == 0) {
            made.post.author.name = people_.anybody().name();
        } else {
            const auto person = people_.stranger();
            made.post.author.name = i % 10 == 2 ? person.first + ' ' + person.surname[0] + '.' : person.name();
        }
        return made;
    }

    const std::vector<Sampled>& sampled_;
    Time now_;
    Population people_;
    int number_ = 0;
};

/// Of how many authors in the table were found how many.
struct Recall {
    int asked = 0, found = 0;
    void add(bool was_found) { ++asked, found += was_found ? 1 : 0; }
    double share() const { return asked ? static_cast<double>(found) / asked : 0; }
};

struct Measured {
    std::vector<double> batch_seconds;
    double clues = 0, questions = 0, weighing = 0; ///< seconds
    std::map<Spelling, Recall> by_spelling;
    Recall recall;

    double posts_per_second() const {
        double sum = 0;
        for (const auto one : batch_seconds) sum += one;
        return batch_posts * static_cast<double>(batch_seconds.size()) / sum;
    }
    double quantile(double q) const {
        auto sorted = batch_seconds;
        std::sort(sorted.begin(), sorted.end());
        return 1000 * sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
    }
};

class Searching {
public:
    Searching(store::Store& store, BrandId brand) : store_(store), brand_(brand) {
        settings_.name = "bench";
        store_.pool().with([&](store::Transaction& transaction) { customers_ = store::count_customers(transaction, brand_); });
    }

    void measure(const std::vector<Written>& batch, Measured& measured) {
        std::vector<match::Clues> clues;
        std::vector<store::Question> questions;
        store::Found found;
        std::vector<match::Known> known;
        const double reading = seconds([&] {
            for (const auto& one : batch) clues.push_back(match::read_clues(one.post, settings_, Matching::full));
            for (const auto& one : clues) questions.push_back({match::customer_questions(one), match::case_questions(one), one.subject, ""});
        });
        const double asking = seconds([&] {
            store_.pool().with([&](store::Transaction& transaction) { found = store::find_candidates(transaction, brand_, questions, customers_); });
        });
        const double weighing = seconds([&] {
            for (std::size_t i = 0; i < batch.size(); ++i) {
                known.push_back(found.known(questions[i]));
                match::match(batch[i].post, verdict_, clues[i], known.back(), odds_);
            }
        });
        measured.batch_seconds.push_back(reading + asking + weighing);
        measured.clues += reading, measured.questions += asking, measured.weighing += weighing;
        for (std::size_t i = 0; i < batch.size(); ++i) count(batch[i], known[i], measured);
    }

private:
    static void count(const Written& one, const match::Known& known, Measured& measured) {
        if (one.author == 0) return;
        const bool found = std::any_of(known.candidates.begin(), known.candidates.end(),
                                       [&](const Records* records) { return records->customers.front().id == one.author; });
        measured.recall.add(found);
        measured.by_spelling[one.spelling].add(found);
    }

    store::Store& store_;
    BrandId brand_;
    config::Brand settings_;
    Verdict verdict_;
    match::Odds odds_{};
    double customers_ = 0;
};

Measured measure(Searching& searching, Writers& writers, bool city) {
    Measured measured, before;
    for (int i = 0; i < batches_before; ++i) searching.measure(writers.batch(city), before);
    for (int i = 0; i < batches; ++i) searching.measure(writers.batch(city), measured);
    return measured;
}

void say(const char* what, const Measured& measured) {
    std::printf("lookup: %s: %d posts in %.0f ms (p50), %.0f ms (p99); %.0f posts/s on one connection; found %.3f of the customers who wrote\n", what,
                batch_posts, measured.quantile(0.5), measured.quantile(0.99), measured.posts_per_second(), measured.recall.share());
    const double per_batch = 1000.0 / batches;
    std::printf("lookup: %s: of that reading %.0f ms, asking the store %.0f ms, weighing %.0f ms\n", what, measured.clues * per_batch,
                measured.questions * per_batch, measured.weighing * per_batch);
    for (const auto& [spelling, recall] : measured.by_spelling) std::printf("lookup: %s, %s: found %.3f\n", what, word(spelling), recall.share());
    std::fflush(stdout);
}

bool can_compare(store::Store& store) {
    bool there = false;
    store.pool().with([&](store::Transaction& transaction) {
        there = !transaction.run("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'").empty();
    });
    return there;
}

void make_similarity_index(store::Store& store) {
    store.pool().with([](store::Transaction& transaction) {
        transaction.script("SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '1GB'; CREATE EXTENSION IF NOT EXISTS pg_trgm;"
                           "CREATE INDEX customer_name_similar ON customer USING gin (name gin_trgm_ops)");
    });
}

/// The ten likeliest names for each post, as long as the time allows.
struct Similar {
    double posts_per_second = 0;
    int posts = 0;
    Recall recall;
};

Similar search_similar(store::Store& store, BrandId brand, const std::vector<Written>& posts) {
    Similar measured;
    double spent = 0;
    for (const auto& one : posts) {
        if (spent > similar_seconds_max || measured.posts == similar_posts_max) break;
        bool found = false;
        spent += seconds([&] {
            store.pool().with([&](store::Transaction& transaction) {
                const auto rows = transaction.run_prepared("SELECT customer_id FROM customer WHERE brand_id = $1 AND name % $2"
                                                           " ORDER BY similarity(name, $2) DESC LIMIT 10",
                                                           {brand, one.post.author.name});
                for (std::size_t i = 0; i < rows.size(); ++i) found = found || rows.at(i, 0).integer() == one.author;
            });
        });
        ++measured.posts;
        if (one.author != 0) measured.recall.add(found);
    }
    measured.posts_per_second = measured.posts / spent;
    return measured;
}

void compare(store::Store& store, BrandId brand, Searching& searching, Writers& writers, const Measured& ours) {
    if (!can_compare(store)) {
        std::printf("lookup: PostgreSQL has no pg_trgm here (Debian: postgresql-contrib, part of postgresql-15 and later): nothing to compare with\n");
        return;
    }
    std::printf("lookup: similarity index made in %.0f s\n", seconds([&] { make_similarity_index(store); }));
    std::fflush(stdout);
    auto posts = writers.batch(false);
    std::erase_if(posts, [](const Written& one) { return one.author == 0; });
    const auto similar = search_similar(store, brand, posts);
    Measured same;
    searching.measure({posts.begin(), posts.begin() + similar.posts}, same);
    std::printf("lookup: pg_trgm: %.2f posts/s over %d posts, found %.3f of the customers who wrote; larum found %.3f of the same\n",
                similar.posts_per_second, similar.posts, similar.recall.share(), same.recall.share());
    std::printf("lookup: larum looks up %.0f times the posts per second of pg_trgm (at least 1000)\n",
                ours.posts_per_second() / similar.posts_per_second);
}

} // namespace

void lookup_speed() {
    const int customers = customers_wanted();
    PrivateServer server;
    const auto& [folder, clock, config, store, brand] = server;
    std::vector<Sampled> sampled;
    std::printf("lookup: %d customers loaded in %.0f s\n", customers, seconds([&] { sampled = load_people(*store, brand, customers); }));
    std::fflush(stdout);
    Writers writers(sampled, clock.now());
    Searching searching(*store, brand);
    const auto by_name = measure(searching, writers, false);
    say("by name alone", by_name);
    say("by name and city", measure(searching, writers, true));
    compare(*store, brand, searching, writers, by_name);
    std::printf("lookup: this process never had more than %.0f MB\n", most_memory());
}

} // namespace larum::bench
