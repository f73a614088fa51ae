#pragma once

#include "connectors/connector.h"
#include "connectors/shared/json.h"
#include "core/error.h"

#include <algorithm>
#include <string>
#include <vector>

namespace larum::connectors {

inline void oldest_first(std::vector<Post>& posts) {
    std::stable_sort(posts.begin(), posts.end(), [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
}

/// Gives each item to `read`; one that it throws Error at is rejected with the reason, the others are kept. Posts of
/// the page are oldest first afterwards.
template <class Read> void read_items(const json::Json& items, Page& page, Read read) {
    for (const auto& item : items) {
        try {
            read(item);
        } catch (const Error& error) {
            page.rejected.push_back(std::string(error.what()) + '\t' + json::raw(item));
        }
    }
    oldest_first(page.posts);
}

} // namespace larum::connectors
