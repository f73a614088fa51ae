#pragma once

#include "core/id.h"
#include "core/time.h"
#include "core/words.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The nouns of larum. What each word means stands in the README's glossary.
namespace larum {

// ---- posts ---------------------------------------------------------------------------------------

enum class PostKind { post, comment, review, mention };

struct Author {
    std::string id;     ///< native id within `Post::platform` and `Post::author_scope`; empty when hidden
    std::string handle; ///< «ania.n», without @
    std::string name;   ///< as displayed; empty when the platform hides it
    std::string city;
    std::optional<std::int64_t> followers;
    std::string url;
};

struct Attachment {
    std::string kind; ///< photo, video, link, ...
    std::string url;  ///< a reference, never a copy
};

struct Metrics {
    std::optional<std::int64_t> likes, shares, comments, views;
};

/// One public piece of writing as a platform delivered it.
struct Post {
    std::string brand;  ///< may be empty: then the source's
    std::string source; ///< name of the configured source; may be empty in files
    std::string platform;
    std::string realm; ///< instance or feed where native ids are unique; often empty
    std::string id;    ///< native id, always text
    std::string parent_id;
    PostKind kind = PostKind::post;
    Author author;
    std::string author_scope; ///< the page for Meta, whose author ids are page-scoped; else empty
    std::string text;
    std::string lang; ///< as the platform says; may be empty
    std::optional<int> rating;
    std::vector<Attachment> attachments;
    Time posted_at{};
    std::optional<Time> edited_at;
    std::optional<Time> deleted_at;
    std::string url;
    bool on_ad = false;
    bool own = false; ///< written by the brand itself
    /// The moment by which the platform or the law wants an answer of the brand: Allegro's claims and disputes have one.
    std::optional<Time> answer_by;
    /// Orders that the platform names beside the text: Trustpilot's own invitations, Allegro's purchases. Ends with the text.
    std::vector<std::string> order_refs;
    std::string reported_by; ///< who handed it in where no API reads: «Anna, by mail»; empty: a source read it itself
    Metrics metrics;
};

// ---- what the brand's records know -----------------------------------------------------------------

enum class Topic { delivery, return_refund, warranty, payment, product, account_app, staff, price_promo, other };
enum class CaseStatus { open, pending, closed };
enum class ContactChannel { phone, email, chat, messenger, form, store, letter, app, social };
enum class Direction { in, out };

struct Customer {
    Id id = 0;
    std::string ref;
    std::string name;
    std::string email;
    std::string phone;
    std::string city;
    std::vector<std::string> handles; ///< «platform:handle» or «platform:id»
    std::string tier;
    std::string language;
    bool do_not_match = false;
};

struct Case {
    Id id = 0;
    std::string ref;
    Id customer = 0;
    CaseStatus status = CaseStatus::open;
    std::optional<Topic> topic;
    std::string subject;
    std::optional<ContactChannel> channel;
    std::optional<Time> opened_at;
    std::optional<Time> updated_at;
    std::optional<Time> closed_at;
    std::optional<Time> promised_at;
    std::string order_ref;
    std::string owner;
    std::string team;
};

struct Contact {
    Id id = 0;
    std::string ref;
    Id customer = 0;           ///< 0: not known
    Id matter = 0;             ///< its case; 0: none given
    std::string author;        ///< author key of a platform, when it came from one (Messenger); may be empty
    ContactChannel channel = ContactChannel::phone;
    Direction direction = Direction::in;
    Time at{};
    std::string agent;
    std::string summary;
    bool automatic = false;    ///< an automatic reply, or the answer to our own question: no attempt
};

/// What the brand's records hold of one person: usually one customer, several when they are linked.
struct Records {
    std::vector<Customer> customers;
    std::vector<Case> cases;
    std::vector<Contact> contacts; ///< oldest first; also those known by the author alone
};

// ---- what the words of a post say ------------------------------------------------------------------

enum class Threat { legal, regulator, media, churn, chargeback, public_ };
enum class Hazard { injury_fire, health, data_leak, discrimination, self_harm, press };

/// The words that a signal rests on; offsets in Unicode code points, end exclusive.
struct WordSpan {
    std::string signal; ///< complaint, repeat_contact, threat.legal, broken_promise, ...
    int start = 0;
    int end = 0;
};

/// Probabilities are calibrated, 0..1. Meanings: what `larum judge` promises (README).
struct Verdict {
    std::string lang; ///< pl, en, de, uk or «und» when larum abstains
    double complaint = 0;
    double repeat_contact = 0;
    double broken_promise = 0;
    double not_solved = 0;
    double on_behalf = 0;
    std::string promised_on;   ///< the local day that the author says was promised, «2026-04-03»; empty: none that can be told
    std::string waiting_since; ///< the local day from which on the author says to wait; empty likewise
    std::optional<int> stated_contacts;
    std::vector<ContactChannel> channels;
    std::vector<Threat> threat;
    std::vector<Hazard> hazard;
    Topic topic = Topic::other;
    std::array<double, 9> topic_scores{};  ///< by Topic, one in all; all zero where `topic` alone is known
    std::array<double, 6> threat_scores{}; ///< by Threat
    std::array<double, 6> hazard_scores{}; ///< by Hazard
    bool sensitive = false; ///< touches on health, belief, politics, sexuality, union or minors: alerted by link only
    std::vector<WordSpan> spans;
};

// ---- who wrote it ----------------------------------------------------------------------------------

enum class Matching { off, own_data, full };
enum class IdentityState { suggested, confirmed, rejected };

/// One piece of evidence for or against an identity. `post` and `record` are what was compared.
struct Evidence {
    std::string field;
    std::string post;
    std::string record;
    double weight = 0; ///< bits
};

struct Candidate {
    Id customer = 0;
    std::string ref;
    double probability = 0;
    std::vector<Evidence> evidence;
    std::vector<Id> linked; ///< further records of the same person, counted into `probability`
};

/// The candidates' probabilities and `nobody` sum to one; candidates are likeliest first.
struct MatchResult {
    std::vector<Candidate> candidates;
    double nobody = 1;
};

// ---- what follows ----------------------------------------------------------------------------------

enum class Urgency { none, watch, flag, urgent };

struct Reason {
    std::string code; ///< repeat_contact, attempts_recorded, broken_promise, hazard.injury_fire, late, ...
    std::string text; ///< one plain English sentence; alerts and the page word it by `code`
};

struct Decision {
    Urgency urgency = Urgency::none;
    std::vector<Reason> reasons;
    std::string rule; ///< name of the rule that decided
    std::optional<Candidate> customer;
    Id matter = 0; ///< the case, 0: none
    std::string case_ref;
    double case_probability = 0;
    int recorded_contacts = 0;
    int recorded_attempts = 0;
    std::vector<ContactChannel> recorded_channels;
    std::optional<Time> promise_broken_at; ///< end of the promised day, when it had passed unkept
};

/// How much of a person's data a channel may carry.
enum class Detail { link, masked, full };

template <> struct Words<PostKind> { static constexpr std::string_view list[] = {"post", "comment", "review", "mention"}; };
template <> struct Words<Topic> {
    static constexpr std::string_view list[] = {"delivery", "return_refund", "warranty", "payment", "product",
                                                "account_app", "staff", "price_promo", "other"};
};
template <> struct Words<CaseStatus> { static constexpr std::string_view list[] = {"open", "pending", "closed"}; };
template <> struct Words<ContactChannel> {
    static constexpr std::string_view list[] = {"phone", "email", "chat", "messenger", "form",
                                                "store", "letter", "app", "social"};
};
template <> struct Words<Direction> { static constexpr std::string_view list[] = {"in", "out"}; };
template <> struct Words<Threat> {
    static constexpr std::string_view list[] = {"legal", "regulator", "media", "churn", "chargeback", "public"};
};
template <> struct Words<Hazard> {
    static constexpr std::string_view list[] = {"injury_fire", "health", "data_leak",
                                                "discrimination", "self_harm", "press"};
};
template <> struct Words<Matching> { static constexpr std::string_view list[] = {"off", "own_data", "full"}; };
template <> struct Words<IdentityState> {
    static constexpr std::string_view list[] = {"suggested", "confirmed", "rejected"};
};
template <> struct Words<Urgency> { static constexpr std::string_view list[] = {"none", "watch", "flag", "urgent"}; };
template <> struct Words<Detail> { static constexpr std::string_view list[] = {"link", "masked", "full"}; };

} // namespace larum
