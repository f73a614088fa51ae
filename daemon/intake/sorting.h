#pragma once

#include "daemon/intake/watch.h"
#include "daemon/store/posts.h"
#include "daemon/store/raw_webhooks.h"
#include "daemon/store/unknown_webhooks.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace larum::intake {

/// What a batch of webhook bodies holds, by who it is for.
struct Sorted {
    struct ForSource {
        connectors::Page page;
        std::vector<std::string> poll;
    };
    struct Unknown {
        std::int64_t count = 0;
        BrandId brand = 0;                          ///< whose source it was for; 0: nobody's
        const store::RawWebhook* example = nullptr; ///< of the batch
    };
    std::map<Id, ForSource> sources;
    std::vector<store::DeadLetter> letters;
    std::map<std::string, store::AppCounts> counts;
    std::map<std::pair<std::string, std::string>, Unknown> unknown; ///< by app and kind of event
};

/// Splits bodies and gives each entry to every source that hears the app and has the entry's account: posts to those
/// that give posts, messages to those that give contacts. What nobody claims, or makes no sense, becomes a letter.
Sorted sort_webhooks(const std::vector<store::RawWebhook>& bodies, const Assembly& assembly, const Watch& watch);

/// A letter for a body.
store::DeadLetter letter_of(const store::RawWebhook& body, const std::string& reason);

/// `text` as printable ASCII, cut to `most`: what others named goes to logs, labels and the page.
std::string plain(std::string_view text, std::size_t most);
inline constexpr std::size_t name_bytes_max = 100; ///< of a kind of event, as a platform calls it

} // namespace larum::intake
