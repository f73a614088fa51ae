#include "daemon/store/person_claims.h"

#include "daemon/store/story_json.h"

namespace larum::store {

std::size_t forget_in_decisions(Transaction& transaction, BrandId brand, const std::vector<std::int64_t>& customers) {
    if (customers.empty()) return 0;
    const auto named = transaction.run("UPDATE decision "
                                       "SET customer_id = NULL, probability = NULL, case_id = NULL, case_probability = NULL,"
                                       " story = NULL, reasons = " + std::string(codes_of_reasons) + " "
                                       "WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])",
                                       {brand, array_of(customers)});
    // Those whom they were only thought of: no index knows them, an erasure may take its time.
    const auto thought_of = transaction.run(
        "UPDATE decision "
        "SET story = jsonb_set(story, '{candidates}', coalesce(("
        "  SELECT jsonb_agg(CASE WHEN one -> 'linked' ?| $2::text[] THEN one - 'linked' ELSE one END)"
        "  FROM jsonb_array_elements(story -> 'candidates') one"
        "  WHERE one ->> 'customer_id' <> ALL ($2::text[])), '[]')) "
        "WHERE brand_id = $1 AND jsonb_typeof(story -> 'candidates') = 'array' AND EXISTS ("
        "  SELECT FROM jsonb_array_elements(story -> 'candidates') one"
        "  WHERE one ->> 'customer_id' = ANY ($2::text[]) OR one -> 'linked' ?| $2::text[])",
        {brand, array_of(customers)});
    return named.affected() + thought_of.affected();
}

std::size_t forget_in_escalations(Transaction& transaction, const Desk& desk, const Traces& traces) {
    // A subject names customer, case or author; whatever is unique and says nothing will do.
    return transaction
        .run("UPDATE escalation "
             "SET customer_id = NULL, case_id = NULL, subject = 'forgotten:' || escalation_id, revision = revision + 1,"
             " changed_at = $3 "
             "WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[]) AND subject NOT LIKE 'forgotten:%'",
             {desk.brand, array_of(traces.escalations), desk.now})
        .affected();
}

void note_in_audit(Transaction& transaction, IdMaker& ids, const Desk& desk, const char* what, const std::string& reference) {
    transaction.run("INSERT INTO audit (brand_id, audit_id, at, account_id, what, reference) VALUES ($1, $2, $3, $4, $5, $6)",
                    {desk.brand, static_cast<long long>(ids.next()), desk.now,
                     desk.account == 0 ? Param(nullptr) : Param(static_cast<long long>(desk.account)), what, reference});
}

void count(PersonReport& report, const char* what, std::size_t rows) {
    if (rows > 0) report.counts.emplace_back(what, rows);
}

} // namespace larum::store
