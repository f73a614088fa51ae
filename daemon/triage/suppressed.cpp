#include "daemon/triage/suppressed.h"

#include "core/post_json.h"
#include "daemon/store/suppression.h"

namespace larum::triage {

void respect_suppressed(store::Transaction& transaction, BrandId brand, const store::InstallationKey& key, std::vector<Asked>& batch) {
    if (!store::anyone_suppressed(transaction, brand)) return;
    const store::Suppressor suppressor(key, brand);
    std::vector<std::string> hashes;
    std::vector<std::vector<std::string>> by_post(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i)
        for (auto& one : suppressor.of_author(author_key(batch[i].post))) {
            if (one.hash.empty()) continue;
            hashes.push_back(one.hash);
            by_post[i].push_back(std::move(one.hash));
        }
    if (hashes.empty()) return;
    const auto listed = store::suppressed(transaction, brand, hashes);
    for (std::size_t i = 0; i < batch.size(); ++i)
        for (const auto& hash : by_post[i])
            if (listed.contains(hash)) batch[i].matching = Matching::off;
}

} // namespace larum::triage
