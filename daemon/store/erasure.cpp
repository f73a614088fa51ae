#include "daemon/store/person_claims.h"
#include "daemon/store/record_keys.h"
#include "daemon/store/story_json.h"
#include "daemon/store/suppression.h"

#include <algorithm>

namespace larum::store {

namespace {

/// One erasure: the person's traces and the statements that remove them.
class Erasure {
public:
    Erasure(Transaction& transaction, const Desk& desk, const Person& person)
        : transaction_(transaction), desk_(desk), traces_(find_traces(transaction, desk.brand, person)) {}

    PersonReport run() {
        if (traces_.empty()) return {};
        count(report_, "suppression hashes", suppress_person());
        blank_posts();
        count(report_, "decisions", blank_decisions() + forget_in_decisions(transaction_, desk_.brand, traces_.customers));
        end_messages();
        remove_claims();
        remove_records();
        remove_raw();
        return report_;
    }

private:
    std::size_t run(const std::string& sql, std::vector<Param> parameters) {
        parameters.insert(parameters.begin(), desk_.brand);
        return transaction_.run(sql, parameters).affected();
    }
    std::size_t suppress_person();
    void blank_posts();
    std::size_t blank_decisions();
    void end_messages();
    void remove_claims();
    void remove_records();
    void remove_raw();

    Transaction& transaction_;
    const Desk& desk_;
    Traces traces_;
    PersonReport report_;
};

std::size_t Erasure::suppress_person() {
    const Suppressor suppressor(desk_.key, desk_.brand);
    std::vector<Suppression> all;
    const auto append = [&all](std::vector<Suppression> some) { std::move(some.begin(), some.end(), std::back_inserter(all)); };
    for (const auto& customer : customers_of(transaction_, desk_.brand, traces_.customers)) append(suppressor.of(customer));
    for (const auto& author : traces_.authors) append(suppressor.of_author(author));
    return suppress(transaction_, desk_.brand, all, desk_.now);
}

void Erasure::blank_posts() {
    const auto posts = array_of(traces_.posts);
    count(report_, "holds", run("DELETE FROM hold WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts}));
    count(report_, "earlier texts", run("DELETE FROM post_version WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts}));
    count(report_, "second opinions", run("DELETE FROM second_opinion WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts}));
    // The platform's id stays: a copy that comes later meets the tombstone.
    count(report_, "posts",
          run("UPDATE post "
              "SET text = NULL, text_hash = NULL, attachments = NULL, order_refs = NULL, author_key = NULL, author_handle = NULL,"
              " author_name = NULL, author_city = NULL, author_followers = NULL, author_url = NULL, url = NULL, link_hash = NULL,"
              " deleted_at = coalesce(deleted_at, $3), text_ended_at = coalesce(text_ended_at, $3) "
              "WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])"
              " AND (deleted_at IS NULL OR num_nonnulls(text, text_hash, attachments, order_refs, author_key, author_handle,"
              "      author_name, author_city, author_followers, author_url, url) > 0)",
              {posts, desk_.now}));
}

std::size_t Erasure::blank_decisions() {
    return run("UPDATE decision "
               "SET verdict = NULL, story = NULL, customer_id = NULL, probability = NULL, case_id = NULL,"
               " case_probability = NULL, reasons = " + std::string(codes_of_reasons) + " "
               "WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])"
               " AND num_nonnulls(verdict, story, customer_id, probability, case_id, case_probability) > 0",
               {array_of(traces_.posts)});
}

/// An escalation about the person's own post ends; one about somebody else's post only loses the name.
void Erasure::end_messages() {
    const auto own = integers_of(transaction_.run("SELECT escalation_id FROM escalation "
                                                  "WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[])"
                                                  " AND post_id = ANY ($3::bigint[])",
                                                  {desk_.brand, array_of(traces_.escalations), array_of(traces_.posts)}));
    count(report_, "escalations", forget_in_escalations(transaction_, desk_, traces_));
    run("UPDATE escalation "
        "SET state = 'settled', outcome = 'erased', next_at = NULL, recheck_at = NULL "
        "WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[]) AND state IN ('open', 'acknowledged')",
        {array_of(own)});
    run("UPDATE escalation SET outcome = 'erased' WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[])"
        " AND outcome IS DISTINCT FROM 'erased'",
        {array_of(own)});
    run("UPDATE alert SET state = 'cancelled', ended_at = $3 "
        "WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[]) AND state = 'due' AND message_id IS NULL",
        {array_of(own), desk_.now});
    count(report_, "sent messages that become stubs",
          run("UPDATE alert SET stub_due_at = $3, body = NULL "
              "WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[]) AND message_id IS NOT NULL AND stub_due_at IS NULL",
              {array_of(own), desk_.now}));
    // Digests and messages that count hold their own words.
    count(report_, "bodies of digests",
          run("UPDATE alert SET body = NULL "
              "WHERE brand_id = $1 AND kind = 'digest' AND body IS NOT NULL AND EXISTS ("
              "  SELECT FROM unnest($2::text[]) AS needle WHERE position(needle IN body::text) > 0)",
              {array_of(traces_.escalations)}));
}

void Erasure::remove_claims() {
    const auto customers = array_of(traces_.customers);
    count(report_, "identities",
          run("DELETE FROM identity WHERE brand_id = $1 AND (customer_id = ANY ($2::bigint[]) OR subject = ANY ($3::text[]))",
              {customers, array_of(traces_.subjects)}));
    count(report_, "labels",
          run("DELETE FROM label WHERE brand_id = $1"
              " AND (post_id = ANY ($2::bigint[]) OR value ->> 'customer' = ANY ($3::text[]))",
              {array_of(traces_.posts), customers}));
    count(report_, "audit references",
          run("UPDATE audit SET reference = '' WHERE brand_id = $1 AND reference <> '' AND EXISTS ("
              "  SELECT FROM unnest($2::text[]) AS id WHERE 'customer:' || id = ANY (string_to_array(reference, ' ')))",
              {customers}));
}

void Erasure::remove_records() {
    const auto customers = array_of(traces_.customers);
    const auto cases = array_of(traces_.cases);
    count(report_, "contacts",
          run("DELETE FROM contact WHERE brand_id = $1 AND (customer_id = ANY ($2::bigint[])"
              " OR case_id = ANY ($3::bigint[]) OR author_key = ANY ($4::text[]))",
              {customers, cases, array_of(traces_.authors)}));
    delete_case_keys(transaction_, desk_.brand, traces_.cases);
    count(report_, "cases", run("DELETE FROM service_case WHERE brand_id = $1 AND case_id = ANY ($2::bigint[])", {cases}));
    delete_customer_keys(transaction_, desk_.brand, traces_.customers);
    count(report_, "customers", run("DELETE FROM customer WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])", {customers}));
}

/// Bodies as platforms sent them, for the few days that they are kept.
void Erasure::remove_raw() {
    std::vector<std::string> needles;
    for (const auto& id : traces_.native_ids)
        if (id.size() >= 5) needles.push_back(id); // a shorter one stands in anything
    if (needles.empty()) return;
    count(report_, "dead letters",
          run("DELETE FROM dead_letter WHERE brand_id = $1 AND EXISTS ("
              "  SELECT FROM unnest($2::text[]) AS needle"
              "  WHERE position(needle IN reference) > 0 OR position(convert_to(needle, 'UTF8') IN body) > 0)",
              {array_of(needles)}));
    count(report_, "raw webhooks",
          transaction_
              .run("DELETE FROM raw_webhook WHERE done_at IS NOT NULL AND EXISTS ("
                   "  SELECT FROM unnest($1::text[]) AS needle WHERE position(convert_to(needle, 'UTF8') IN body) > 0)",
                   {array_of(needles)})
              .affected());
}

} // namespace

PersonReport erase_person(Transaction& transaction, IdMaker& ids, const Desk& desk, const Person& person) {
    auto report = Erasure(transaction, desk, person).run();
    if (!report.empty()) note_in_audit(transaction, ids, desk, "erased", std::string(word(person.by)));
    return report;
}

} // namespace larum::store
