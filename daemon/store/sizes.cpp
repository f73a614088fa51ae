#include "daemon/store/sizes.h"

namespace larum::store {

match::Standings count_cases(Transaction& transaction, BrandId brand, Time at) {
    const auto rows = transaction.run("SELECT count(*) FILTER (WHERE closed IS NULL OR closed > $2),"
                                      " count(*) FILTER (WHERE closed <= $2 AND closed > $3),"
                                      " count(*) FILTER (WHERE closed <= $3)"
                                      " FROM (SELECT CASE WHEN status = 'closed' THEN coalesce(closed_at, updated_at) ELSE closed_at END"
                                      "  FROM service_case"
                                      "  WHERE brand_id = $1 AND coalesce(opened_at, updated_at, '-infinity') <= $2) AS one(closed)",
                                      {brand, at, at - std::chrono::hours{24 * 30}});
    match::Standings cases{};
    cases[static_cast<std::size_t>(match::Standing::unsolved)] = rows.at(0, 0).number();
    cases[static_cast<std::size_t>(match::Standing::closed_lately)] = rows.at(0, 1).number();
    cases[static_cast<std::size_t>(match::Standing::closed_before)] = rows.at(0, 2).number();
    return cases;
}

} // namespace larum::store
