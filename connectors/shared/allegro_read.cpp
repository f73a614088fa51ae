#include "connectors/shared/allegro_read.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <cmath>

namespace larum::connectors::allegro {

namespace {

using json::Json;

constexpr std::size_t summary_length_max = 500;

Time time_of(const Json& object, const char* name, const char* what) {
    const auto at = parse_time(json::text(object, name));
    if (!at) throw Error(Error::Kind::input, std::string("allegro: ") + what + " without a time");
    return *at;
}

void add_line(std::string& text, const std::string& line) {
    if (line.empty() || text.find(line) != text.npos) return;
    if (!text.empty()) text += '\n';
    text += line;
}

bool is_claim(const Json& issue) { return json::text(issue, "type") == "CLAIM"; }

/// «[Allegro claim 2026/17]»: in brackets, since the buyer did not write it.
std::string kind_line(const Json& issue) {
    const auto number = json::text(issue, "referenceNumber");
    return std::string(is_claim(issue) ? "[Allegro claim" : "[Allegro dispute") + (number.empty() ? "" : " " + number) + ']';
}

/// A claim wants a decision, whatever was said in its chat; a dispute wants an answer. Allegro keeps both days when the
/// matter is over, so its state is asked first.
std::optional<Time> answer_by(const Json& issue) {
    const auto& state = json::member(issue, "currentState");
    const auto status = json::text(state, "status");
    const auto until = parse_time(json::text(state, "statusDueDate"));
    if (is_claim(issue)) {
        if (status != "CLAIM_SUBMITTED") return std::nullopt;
        const auto decision = parse_time(json::text(issue, "decisionDueDate"));
        return decision ? decision : until;
    }
    if (status != "DISPUTE_ONGOING" && status != "DISPUTE_UNRESOLVED") return std::nullopt;
    const auto last = json::text(json::member(json::member(issue, "chat"), "lastMessage"), "status");
    return last == "SELLER_REPLIED" ? std::nullopt : until;
}

/// The purchase that an issue or a rating is about.
void add_order(const Json& order, Post& post) {
    if (auto id = json::text(order, "id"); !id.empty()) post.order_refs.push_back(std::move(id));
}

Author author_of(const Json& person) {
    Author author;
    author.id = json::text(person, "id");
    author.name = json::text(person, "login");
    author.handle = handle_of(author.name);
    return author;
}

/// 1 to 5: the mean of what was rated. Allegro's own yes or no goes before it: who does not recommend is never above 2.
std::optional<int> stars_of(const Json& rating) {
    double sum = 0;
    int count = 0;
    for (const char* what : {"delivery", "deliveryCost", "description", "service"})
        if (const auto value = json::number(json::member(rating, "rates"), what); value && *value >= 1 && *value <= 5) sum += *value, ++count;
    const auto mean = count > 0 ? std::optional<int>(static_cast<int>(std::lround(sum / count))) : std::nullopt;
    const bool told = rating.contains("recommended") && rating["recommended"].is_boolean();
    if (told && !json::flag(rating, "recommended")) return std::min(mean.value_or(1), 2);
    return mean;
}

} // namespace

std::string handle_of(const std::string& login) {
    std::string folded = login;
    std::transform(folded.begin(), folded.end(), folded.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return folded;
}

Post read_issue(const Json& issue) {
    Post post;
    post.platform = "allegro";
    post.id = json::text(issue, "id");
    if (post.id.empty()) throw Error(Error::Kind::input, "allegro: an issue without id");
    post.id = "issue:" + post.id;
    post.posted_at = time_of(issue, "openedDate", "an issue");
    post.author = author_of(json::member(issue, "buyer"));
    add_line(post.text, json::text(issue, "subject"));
    add_line(post.text, json::text(json::member(issue, "reason"), "description"));
    add_line(post.text, json::text(issue, "description"));
    add_line(post.text, json::text(json::member(json::member(issue, "chat"), "initialMessage"), "text"));
    add_line(post.text, kind_line(issue));
    post.answer_by = answer_by(issue);
    add_order(json::member(issue, "checkoutForm"), post);
    return post;
}

Chat read_chat(const Json& issue) {
    const auto& chat = json::member(issue, "chat");
    auto last = parse_time(json::text(json::member(chat, "lastMessage"), "createdAt"));
    if (!last) last = parse_time(json::text(issue, "openedDate"));
    return {json::text(issue, "id"), json::text(json::member(issue, "buyer"), "id"), last};
}

std::optional<Contact> read_entry(const Json& entry, const std::string& buyer) {
    const auto id = json::text(entry, "id");
    const auto& author = json::member(entry, "author");
    const auto role = json::text(author, "role");
    const auto words = json::text(entry, "text");
    const auto& files = json::list(entry, "attachments");
    if (words.empty() && files.empty()) return std::nullopt;
    if (id.empty() || role.empty()) throw Error(Error::Kind::input, "allegro: a chat entry without id or author");
    Contact contact;
    contact.ref = "allegro:" + id;
    if (!buyer.empty()) contact.author = "allegro::" + buyer;
    contact.channel = ContactChannel::chat;
    contact.direction = role == "BUYER" ? Direction::in : Direction::out;
    contact.at = time_of(entry, "createdAt", "a chat entry");
    // What Allegro itself writes into the chat (ADMIN, SYSTEM, FULFILLMENT) is no answer of the brand's people.
    contact.automatic = role != "BUYER" && role != "SELLER";
    contact.summary = text::shorten(words.empty() ? "[attachment]" : words, summary_length_max);
    return contact;
}

std::vector<Post> read_rating(const Json& rating, const std::string& seller) {
    Post post;
    post.platform = "allegro";
    post.kind = PostKind::review;
    post.id = json::text(rating, "id");
    if (post.id.empty()) throw Error(Error::Kind::input, "allegro: a rating without id");
    post.id = "rating:" + post.id;
    post.posted_at = time_of(rating, "createdAt", "a rating");
    post.author = author_of(json::member(rating, "buyer"));
    post.text = json::text(rating, "comment");
    post.rating = stars_of(rating);
    add_order(json::member(rating, "order"), post);
    const auto changed = parse_time(json::text(rating, "lastChangedAt"));
    if (changed && *changed > post.posted_at) post.edited_at = changed;
    std::vector<Post> all = {post};
    const auto& answer = json::member(rating, "answer");
    if (const auto at = parse_time(json::text(answer, "createdAt")); at && !json::text(answer, "message").empty()) {
        Post own;
        own.platform = "allegro";
        own.kind = PostKind::comment;
        own.id = post.id + ":answer";
        own.parent_id = post.id;
        own.author.id = seller;
        own.text = json::text(answer, "message");
        own.posted_at = *at;
        own.own = true;
        all.push_back(std::move(own));
    }
    return all;
}

} // namespace larum::connectors::allegro
