#pragma once

#include "core/id.h"
#include "core/model.h"
#include "daemon/store/pq.h"

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

/// What people do on the review page. Each act writes who did it into the audit log, and tells dispatch when
/// messages that were sent should show it.
namespace larum::store {

/// Who acts, where and when.
struct Actor {
    BrandId brand = 0;
    Id account = 0;
    Time now{};
};

void audit(Transaction&, IdMaker&, const Actor&, const std::string& what, const std::string& reference);

enum class EscalationState { open, acknowledged, settled, dismissed, spent };

struct Standing {
    EscalationState state = EscalationState::open;
    Id post = 0;
    std::string acknowledged_by; ///< name of the account; empty: nobody
    bool followed = false;       ///< another escalation of the same subject is live
};

/// The escalation as it stands, locked until the transaction ends; nothing when the brand has none of that id.
std::optional<Standing> lock_escalation(Transaction&, BrandId brand, Id escalation);

/// The actor says «mine»: the playbook rests.
void acknowledge(Transaction&, IdMaker&, const Actor&, Id escalation);
/// Given back: open again, and the playbook is asked at once.
void release(Transaction&, IdMaker&, const Actor&, Id escalation);
/// Somebody else's: acknowledged in their name. False when `to` may not act for the brand.
bool assign(Transaction&, IdMaker&, const Actor&, Id escalation, Id to);
void settle(Transaction&, IdMaker&, const Actor&, Id escalation, const std::string& outcome, const std::string& note);
void dismiss(Transaction&, IdMaker&, const Actor&, Id escalation, const std::string& reason, const std::string& note);

/// Confirms or rejects that the post's author is `customer`, keeps a label, and has the author's posts decided
/// anew. One author is one customer: confirming rejects no other row, but the other suggestions end. False when
/// the brand has no such post or customer.
bool settle_identity(Transaction&, IdMaker&, const Actor&, Id post, Id customer, IdentityState state);

/// Takes back what people said of the pair, whoever it was: larum thinks again as if nobody had been asked. The
/// label that is kept says «suggested». False when nothing was said.
bool withdraw_identity(Transaction&, IdMaker&, const Actor&, Id post, Id customer);

/// Keeps a person's own verdict as a label and has the post decided anew. False when there is no such post.
bool correct_verdict(Transaction&, IdMaker&, const Actor&, Id post, const nlohmann::json& verdict);

/// A post that a person saw and entered by hand; judged like any other. The same link twice is one post.
/// `fresh` is false when it was known already.
struct Reported {
    Id post = 0;
    bool fresh = false;
};
Reported report_post(Transaction&, IdMaker&, const Actor&, const Post& post);

/// Shadow or live, for brands whose config does not say.
void switch_mode(Transaction&, IdMaker&, const Actor&, std::string_view mode);

/// Tries a dead letter once more where it can be: posts are judged again. False when there is no such letter,
/// or nothing is known that could run it again.
bool rerun_dead_letter(Transaction&, IdMaker&, const Actor&, Id letter);

} // namespace larum::store

namespace larum {
template <> struct Words<store::EscalationState> {
    static constexpr std::string_view list[] = {"open", "acknowledged", "settled", "dismissed", "spent"};
};
} // namespace larum
