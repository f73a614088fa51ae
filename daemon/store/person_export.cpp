#include "daemon/store/person_claims.h"
#include "daemon/store/story_json.h"

#include <nlohmann/json.hpp>

namespace larum::store {

namespace {

using nlohmann::json;

bool is_id(const std::string& name) { return name == "id" || (name.size() > 3 && name.compare(name.size() - 3, 3, "_id") == 0); }

/// Ids are text outside of the database: numbers of that size do not survive every reader of JSON.
json with_ids_as_text(json row) {
    for (auto& [name, value] : row.items())
        if (is_id(name) && value.is_number_integer()) value = to_text(value.get<Id>());
    row.erase("brand_id");
    return row;
}

class Export {
public:
    Export(Transaction& transaction, BrandId brand, const Traces& traces)
        : transaction_(transaction), brand_(brand), traces_(traces), customers_(array_of(traces.customers)),
          cases_(array_of(traces.cases)), posts_(array_of(traces.posts)) {}

    json run();

private:
    /// The rows that `from` finds, `row` naming the JSON of each.
    json list(const std::string& row, const std::string& from, std::vector<Param> parameters) {
        parameters.insert(parameters.begin(), brand_);
        const Rows rows = transaction_.run("SELECT " + row + "::text FROM " + from, parameters);
        json all = json::array();
        for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(with_ids_as_text(json::parse(rows.at(i, 0).text())));
        return all;
    }

    Transaction& transaction_;
    BrandId brand_;
    const Traces& traces_;
    std::string customers_;
    std::string cases_;
    std::string posts_;
};

json Export::run() {
    json all = json::object();
    all["customers"] = list("to_jsonb(t)", "customer t WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[])", {customers_});
    all["cases"] = list("to_jsonb(t)", "service_case t WHERE brand_id = $1 AND case_id = ANY ($2::bigint[]) ORDER BY opened_at", {cases_});
    all["contacts"] = list("to_jsonb(t)",
                           "contact t WHERE brand_id = $1 AND (customer_id = ANY ($2::bigint[])"
                           " OR case_id = ANY ($3::bigint[]) OR author_key = ANY ($4::text[])) ORDER BY at",
                           {customers_, cases_, array_of(traces_.authors)});
    all["posts"] = list("to_jsonb(t)", "post t WHERE brand_id = $1 AND post_id = ANY ($2::bigint[]) ORDER BY posted_at", {posts_});
    all["earlier_texts"] = list("to_jsonb(t)", "post_version t WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts_});
    all["holds"] = list("to_jsonb(t)", "hold t WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts_});
    all["decisions"] = list("to_jsonb(t)", "decision t WHERE brand_id = $1 AND post_id = ANY ($2::bigint[]) ORDER BY post_id, revision",
                            {posts_});
    all["second_opinions"] = list("to_jsonb(t)", "second_opinion t WHERE brand_id = $1 AND post_id = ANY ($2::bigint[])", {posts_});
    // A claim about this customer rests on what somebody wrote who may be somebody else: that is not shown.
    all["decisions_about_others_posts"] =
        list("(to_jsonb(t) - 'verdict' - 'story')",
             "decision t WHERE brand_id = $1 AND customer_id = ANY ($2::bigint[]) AND post_id <> ALL ($3::bigint[])",
             {customers_, posts_});
    all["identities"] = list("CASE WHEN state = 'confirmed' OR subject = ANY ($3::text[]) THEN to_jsonb(t)"
                             " ELSE to_jsonb(t) - 'subject' || jsonb_build_object('evidence', " + std::string(bare_evidence) + ") END",
                             "identity t WHERE brand_id = $1"
                             " AND (customer_id = ANY ($2::bigint[]) OR subject = ANY ($3::text[]))",
                             {customers_, array_of(traces_.subjects)});
    const auto escalations = array_of(traces_.escalations);
    all["escalations"] = list("to_jsonb(t)", "escalation t WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[])", {escalations});
    all["alerts"] = list("(to_jsonb(t) - 'holder' - 'fence')",
                         "alert t WHERE brand_id = $1 AND escalation_id = ANY ($2::bigint[])", {escalations});
    all["labels"] = list("to_jsonb(t)",
                         "label t WHERE brand_id = $1 AND (post_id = ANY ($2::bigint[]) OR value ->> 'customer' = ANY ($3::text[]))",
                         {posts_, customers_});
    all["audit"] = list("to_jsonb(t)",
                        "audit t WHERE brand_id = $1 AND EXISTS ("
                        "  SELECT FROM unnest($2::text[], $3::text[]) AS given (customer, post)"
                        "  WHERE 'customer:' || customer = ANY (string_to_array(reference, ' '))"
                        "  OR 'post:' || post = ANY (string_to_array(reference, ' '))) ORDER BY at",
                        {customers_, posts_});
    return all;
}

} // namespace

json export_person(Transaction& transaction, IdMaker& ids, const Desk& desk, const Person& person) {
    const auto traces = find_traces(transaction, desk.brand, person);
    json all = Export(transaction, desk.brand, traces).run();
    if (!traces.empty()) note_in_audit(transaction, ids, desk, "exported", std::string(word(person.by)));
    return all;
}

} // namespace larum::store
