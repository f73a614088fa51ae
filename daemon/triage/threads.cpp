#include "daemon/triage/threads.h"

#include "core/post_json.h"
#include "daemon/store/threads.h"

namespace larum::triage {

void heed_threads(store::Transaction& transaction, const Assessor& assessor, std::vector<Asked>& batch) {
    std::vector<const Post*> posts;
    for (const auto& one : batch) posts.push_back(&one.post);
    for (const auto& earlier : store::unanswered_before(transaction, assessor.brand_id(), posts))
        if (assessor.complains(earlier.text, earlier.lang, earlier.at)) batch[earlier.place].unanswered_since = earlier.at;
}

void ThreadMemory::heed(const Assessor& assessor, Asked& asked) {
    const auto& post = asked.post;
    const auto place = [&](const std::string& id) { return post.platform + '\n' + id; };
    if (post.own) {
        if (!post.parent_id.empty()) answers_[place(post.parent_id)] = post.posted_at;
        return;
    }
    const auto author = author_key(post);
    if (author.empty()) return;
    const auto answered = [&](const std::string& id, Time since) {
        const auto found = answers_.find(place(id));
        return found != answers_.end() && found->second >= since;
    };
    if (const auto earlier = complaints_.find(author + '\n' + post.parent_id); !post.parent_id.empty() && earlier != complaints_.end()) {
        const auto& [at, native_id] = earlier->second;
        if (!answered(native_id, at) && !answered(post.parent_id, at)) asked.unanswered_since = at;
    }
    if (!assessor.complains(post.text, post.lang, post.posted_at)) return;
    if (complaints_.size() > kept_max) complaints_.clear(), answers_.clear();
    const Complaint complaint{post.posted_at, post.id};
    complaints_[author + '\n' + post.id] = complaint;
    if (!post.parent_id.empty()) complaints_[author + '\n' + post.parent_id] = complaint;
}

} // namespace larum::triage
