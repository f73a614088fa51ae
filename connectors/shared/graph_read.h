#pragma once

#include "connectors/shared/graph_json.h"
#include "core/error.h"

#include <functional>
#include <span>

/// What all sources of the Graph API do with a list of posts.
namespace larum::connectors::graph {

/// How often the comments of something this old are worth a call; nothing: as often as the source.
std::optional<Span> rhythm(Span age);

void oldest_first(std::vector<Post>& posts);

/// Reads the items of a page with `read`; one that makes no sense is rejected, the others are kept. The times are in
/// the list's order.
template <class Read> std::vector<Time> read_items(const Document& document, Page& page, Read read) {
    page.rejected = document.rejected();
    std::vector<Time> times;
    for (const auto item : document.items()) {
        try {
            page.posts.push_back(read(item));
            times.push_back(page.posts.back().posted_at);
        } catch (const Error& error) {
            page.rejected.push_back(std::string(error.what()) + '\t' + raw(item));
        }
    }
    oldest_first(page.posts);
    return times;
}

/// A refusal that concerns one stream alone says which permission that stream lives on.
Outcome name_permission(Outcome outcome, std::string_view stream, std::string_view permission);

/// Of a list that the account itself has: Graph says «does not exist» also where the token may not see it, and a list that
/// always was there is not retired for that.
Outcome standing(Outcome outcome);

/// What is asked of a known post, and how its answer is read into it.
struct Recheck {
    std::function<std::string(const Post&)> path; ///< relative and encoded; empty: this one cannot be asked
    std::function<void(Element, Post&)> read;     ///< of what is there now; throws Error::Kind::input
};

/// The current state of at most `recheck_batch` posts in one call.
RecheckResult recheck(Http& http, const Access& access, std::span<const Post> known, const Recheck& how, Time now);
inline constexpr std::size_t recheck_batch = 50;

} // namespace larum::connectors::graph
