#pragma once

#include "core/model.h"
#include "daemon/store/pq.h"

#include <map>
#include <optional>
#include <vector>

/// A post that a person hands in by link and that a source brings, too, is one post, whichever comes first
/// (core/link_key.h tells which post a link names).
namespace larum::store {

/// What the column link_hash of a post holds; nothing where its link does not name it alone.
std::optional<std::int64_t> link_hash(const Post& post);

enum class Bringing { sources, people };

/// Until the end of the transaction nobody hands a post of the brand in while sources bring some: of two that look for
/// each other's post at the same moment one must see the other's. To be called before the look.
void take_turns(Transaction& transaction, BrandId brand, Bringing who);

/// What is asked of a post's link.
struct Linked {
    std::optional<std::int64_t> hash;
    bool handed_in = false;
};

/// By place in `posts`, none of which is known by its id, the post that stands for it already. For one that was handed in,
/// what a source brought under the same link, where that is one alone; for one of a source, what was handed in.
std::map<std::size_t, Id> same_by_link(Transaction& transaction, BrandId brand, const std::vector<Linked>& posts);

/// A person handed in, too, what a source had brought: it is said of the post, whose words stay the platform's. True when
/// its text had ended by its time: then it has those of the person and must be judged again.
bool note_reported(Transaction& transaction, BrandId brand, Id known, const Post& reported);

/// A source brought what a person had handed in: the post is the source's from now on, with the platform's words. Its
/// decision, escalation and alerts stay, and so does who handed it in.
void take_over(Transaction& transaction, BrandId brand, Id reported, Id source, const Post& post);

} // namespace larum::store
