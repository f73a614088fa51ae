#pragma once

#include <string_view>

/// What decisions keep of people in `decision.story` and `identity.evidence`, as SQL that leaves parts of it out.
namespace larum::store {

/// Of a row of `decision`: the counts, without who was thought of.
inline constexpr std::string_view counts_of_story = "(story - 'candidates' - 'case_ref')";

/// Of a row `d` of `decision`: of the candidates, only the one that was chosen.
inline constexpr std::string_view story_of_chosen =
    "(CASE WHEN jsonb_typeof(story -> 'candidates') = 'array'"
    " THEN jsonb_set(story, '{candidates}', coalesce(("
    "   SELECT jsonb_agg(one) FROM jsonb_array_elements(story -> 'candidates') one"
    "   WHERE one ->> 'customer_id' = d.customer_id::text), '[]'))"
    " ELSE story END)";

/// Of a row of `identity`: which fields spoke and how much, without what stood in them.
inline constexpr std::string_view bare_evidence =
    "(CASE WHEN jsonb_typeof(evidence) = 'array'"
    " THEN coalesce((SELECT jsonb_agg(one - 'post' - 'record') FROM jsonb_array_elements(evidence) one), '[]')"
    " ELSE '[]' END)";

/// Of a row of `decision`: the codes of its reasons, without their sentences.
inline constexpr std::string_view codes_of_reasons =
    "(CASE WHEN jsonb_typeof(reasons) = 'array'"
    " THEN coalesce((SELECT jsonb_agg(one - 'text') FROM jsonb_array_elements(reasons) one), '[]')"
    " ELSE reasons END)";

} // namespace larum::store
