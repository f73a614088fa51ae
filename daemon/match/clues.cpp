#include "daemon/match/clues.h"

#include "core/post_json.h"
#include "core/text.h"
#include "daemon/match/handle.h"

#include <algorithm>
#include <set>

namespace larum::match {

namespace {

constexpr std::size_t questions_max = 48;
// A key is asked for with the same bound whoever asks, so that an answer does not hang on what else is in the batch.
constexpr int most_certain = 16;  ///< customers who share an address: families, firms
constexpr int most_named = 64;    ///< namesakes beyond this tell nothing
constexpr int most_alike = 32;    ///< people with one word of the name and an initial or the city
constexpr std::size_t orders_most = 8;
constexpr std::size_t order_length_most = 64;
constexpr int most_shortened = 256; ///< «Anna K.» is many; only those with a case will count

std::string platform_handle(const Post& post, const std::string& name) {
    return name.empty() ? std::string() : folded_handle(post.platform + ':' + name);
}

void read_handle(const Post& post, Clues& clues) {
    for (auto handle : {platform_handle(post, post.author.handle), platform_handle(post, post.author.id)})
        if (!handle.empty()) clues.handles.push_back(std::move(handle));
    clues.account = folded_account(account_part(post.author.handle));
}

void read_name(const Post& post, Clues& clues) {
    clues.name = parse_name(post.author.name);
    const auto read = read_handle_name(post.author.handle);
    clues.handle_initial = read.initial;
    clues.handle_surname = read.surname;
    const bool says_little = clues.name.words.size() < 2 && clues.name.initials.empty();
    if (!says_little || read.name.words.size() < 2) return;
    clues.name = read.name;
    clues.name_from_handle = true;
}

/// What a platform gives may be anything; more than these say nothing more.
void read_orders(const Post& post, Clues& clues) {
    for (const auto& one : post.order_refs)
        if (!folded_number(one).empty() && one.size() <= order_length_most && clues.orders.size() < orders_most) clues.orders.push_back(one);
}

/// «📍 Puławy, Polska» is Puławy; a country is no town.
std::string town_of(const std::string& place) {
    static const std::set<std::string> countries = {"polska", "poland", "polen", "deutschland", "germany", "niemcy", "uk", "england",
                                                    "ukraina", "ukraine", "europa", "europe", "swiat", "world", "eu", "pl"};
    std::string town = letters_and_digits(place.substr(0, place.find_first_of(",/|(")));
    return countries.contains(town) ? std::string() : town;
}

void ask(std::vector<KeyQuestion>& questions, KeyKind kind, std::int64_t key, int most, bool with_case = false) {
    if (questions.size() >= questions_max) return;
    for (const auto& one : questions)
        if (one.key == key) return;
    questions.push_back({kind, key, most, with_case});
}

void ask(std::vector<KeyQuestion>& questions, KeyKind kind, const std::string& folded, int most) {
    if (!folded.empty()) ask(questions, kind, key_of(kind, folded), most);
}

void ask_initials(const Clues& clues, std::vector<KeyQuestion>& questions) {
    std::vector<std::int64_t> given, surname;
    for (const auto& word : clues.name.words)
        for (const char initial : clues.name.initials) {
            append_initial_keys(word, initial, given);
            if (!word.first) append_initial_surname_key(word, initial, surname);
        }
    if (clues.handle_initial) {
        NameWord word;
        word.folded = clues.handle_surname;
        append_initial_surname_key(word, clues.handle_initial, surname);
    }
    for (const auto key : given) ask(questions, KeyKind::first_name, key, most_shortened, true);
    for (const auto key : surname) ask(questions, KeyKind::surname, key, most_alike);
}

void ask_names(const Clues& clues, std::vector<KeyQuestion>& questions) {
    const auto ask_name = [&](const Name& name, const std::string& city) {
        for (const auto& [kind, key] : name_keys(name, city))
            if (kind == KeyKind::name || kind == KeyKind::name_city) ask(questions, kind, key, most_named);
    };
    ask_name(clues.name, clues.city);
    for (const auto& name : clues.text.names) ask_name(name, clues.city);
}

/// A word of the name may be misspelt, changed, or a pet name of nobody's table.
void ask_alike(const Clues& clues, std::vector<KeyQuestion>& questions) {
    for (const auto& [kind, key] : name_keys(clues.name, clues.city))
        if (kind != KeyKind::name && kind != KeyKind::name_city) ask(questions, kind, key, kind == KeyKind::first_name ? most_shortened : most_alike, kind == KeyKind::first_name);
}

} // namespace

Clues read_clues(const Post& post, const config::Brand& brand, Matching matching) {
    Clues clues;
    clues.matching = matching;
    if (matching == Matching::off || post.own) return clues;
    std::vector<std::string> formats = brand.order_formats;
    formats.insert(formats.end(), brand.case_formats.begin(), brand.case_formats.end());
    const bool own_data_only = matching == Matching::own_data;
    clues.text = read_text(post.text, post.posted_at, own_data_only, formats);
    read_orders(post, clues);
    if (const auto key = author_key(post); !key.empty()) clues.subject = "author:" + key;
    read_handle(post, clues);
    if (own_data_only) {
        clues.account.clear(); // a handle that looks like an address was not given to the brand
        return clues;
    }
    read_name(post, clues);
    clues.city = town_of(post.author.city);
    return clues;
}

std::vector<KeyQuestion> customer_questions(const Clues& clues) {
    std::vector<KeyQuestion> questions;
    if (clues.matching == Matching::off) return questions;
    for (const auto& one : clues.text.emails) ask(questions, KeyKind::email, one, most_certain);
    for (const auto& one : clues.text.phones) ask(questions, KeyKind::phone, one, most_certain);
    for (const auto& one : clues.handles) ask(questions, KeyKind::handle, one, most_certain);
    if (clues.matching == Matching::own_data) return questions;
    ask(questions, KeyKind::account, clues.account, most_certain);
    ask_names(clues, questions);
    ask_initials(clues, questions);
    ask_alike(clues, questions);
    return questions;
}

std::vector<KeyQuestion> case_questions(const Clues& clues) {
    std::vector<KeyQuestion> questions;
    for (const auto& one : clues.text.numbers) ask(questions, KeyKind::digits, one, most_certain);
    for (const auto& one : clues.text.codes) ask(questions, KeyKind::number, one, most_certain);
    for (const auto& one : clues.orders) {
        const auto digits = last_digits(one); // as case_keys keeps it
        ask(questions, digits.empty() ? KeyKind::number : KeyKind::digits, digits.empty() ? folded_number(one) : digits, most_certain);
    }
    return questions;
}

} // namespace larum::match
