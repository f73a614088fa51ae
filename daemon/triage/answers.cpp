#include "daemon/triage/answers.h"

#include "daemon/store/answers.h"

namespace larum::triage {

void heed_answers(store::Transaction& transaction, BrandId brand, std::vector<Asked>& batch) {
    std::vector<Asked*> due;
    std::vector<const Post*> posts;
    for (auto& one : batch) {
        if (!one.answer_due) continue;
        due.push_back(&one);
        posts.push_back(&one.post);
    }
    const auto done = store::answered(transaction, brand, posts);
    for (std::size_t i = 0; i < due.size(); ++i)
        if (done[i]) due[i]->answer_due = false;
}

} // namespace larum::triage
