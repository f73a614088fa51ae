#include "demo/graph_world.h"

#include "core/crypto.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace larum::demo {

using nlohmann::json;

namespace {

[[noreturn]] void nonexistent_field(const std::string& field, const char* node) {
    throw GraphError(100, 0,
                     "(#100) Tried accessing nonexistent field (" + field + ") on node type (" + node + ")");
}

std::size_t closing(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '{' || text[i] == '(') ++depth;
        if ((text[i] == '}' || text[i] == ')') && --depth == 0) return i;
    }
    throw GraphError(2500, 0, "Syntax error \"Expected end of string\" in fields");
}

/// One field with what follows it: «.limit(5)», «.summary(total_count)», «{id,name}».
Field read_field(std::string_view text) {
    const auto end = std::min(text.size(), text.find_first_of(".{"));
    Field field{std::string(text.substr(0, end)), {}, {}};
    for (auto at = end; at < text.size();) {
        const auto open = text.find_first_of("{(", at);
        if (open == text.npos) break;
        const auto close = closing(text, open);
        const auto inside = text.substr(open + 1, close - open - 1);
        if (text[open] == '{') field.inner = read_fields(inside);
        int limit = 0;
        if (text.substr(at, open - at) == ".limit" &&
            std::from_chars(inside.data(), inside.data() + inside.size(), limit).ec == std::errc())
            field.limit = limit;
        at = close + 1;
    }
    return field;
}

json summary(int count) { return {{"data", json::array()}, {"summary", {{"total_count", count}}}}; }

json show_person(const Person& person) { return {{"id", person.id}, {"name", person.name}}; }

std::string unix_seconds(Time time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

/// Cursors are opaque outside; inside they say where to go on even when the item itself is gone.
std::string cursor_of(const Writing& one) { return to_base64(unix_seconds(one.created) + ':' + one.id); }

/// The first of `all` (newest first, or ranked) that comes after the cursor.
std::vector<const Writing*>::iterator after(std::vector<const Writing*>& all, const std::string& cursor) {
    const auto place = from_base64(cursor);
    const auto colon = place.find(':');
    const auto same =
        std::find_if(all.begin(), all.end(), [&](auto* one) { return one->id == place.substr(colon + 1); });
    if (same != all.end()) return same + 1;
    return std::find_if(all.begin(), all.end(),
                        [&](auto* one) { return unix_seconds(one->created) < place.substr(0, colon); });
}

json photo(const std::string& url) {
    const json one = {{"media_type", "photo"}, {"url", url}};
    return {{"data", json::array({one})}};
}

std::string number_of(const std::string& id) { return id.substr(id.find('_') + 1); }

} // namespace

std::string graph_time(Time time) {
    auto text = format_time(std::chrono::floor<std::chrono::seconds>(time));
    return text.substr(0, text.size() - 1) + "+0000";
}

std::vector<Field> read_fields(std::string_view text) {
    std::vector<Field> fields;
    int depth = 0;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ',';
        depth += (c == '{' || c == '(') - (c == '}' || c == ')');
        if (c != ',' || (depth > 0 && i < text.size())) continue;
        if (i > from) fields.push_back(read_field(text.substr(from, i - from)));
        from = i + 1;
    }
    return fields;
}

Writing& GraphWorld::write(Wall wall, const Person& author, const std::string& text, Time at,
                           const std::string& post_id, const std::string& parent_id) {
    const auto number = std::to_string(++last_id_);
    Writing writing;
    writing.id = (wall == Wall::comments ? number_of(post_id)
                  : wall == Wall::tagged ? author.id
                                         : page_.id) +
                 '_' + number;
    writing.wall = wall;
    writing.post_id = post_id;
    writing.parent_id = parent_id;
    writing.author = author;
    writing.text = text;
    writing.created = writing.updated = std::chrono::floor<std::chrono::seconds>(at);
    // Posts may be told with a time in the past; the wall stays in order of time.
    const auto place = std::upper_bound(writings_.begin(), writings_.end(), writing.created,
                                        [](Time time, const Writing& one) { return time < one.created; });
    return *writings_.insert(place, std::move(writing));
}

Writing& GraphWorld::find(const std::string& id) {
    const auto found =
        std::find_if(writings_.begin(), writings_.end(), [&](const Writing& one) { return one.id == id; });
    if (found == writings_.end())
        throw GraphError(100, 33,
                         "Unsupported get request. Object with ID '" + id +
                             "' does not exist, cannot be loaded due to missing permissions, or does not "
                             "support this operation");
    return *found;
}

void GraphWorld::remove(const std::string& id) {
    find(id);
    std::erase_if(writings_, [&](const Writing& one) {
        return one.id == id || one.post_id == id || one.parent_id == id;
    });
}

PageMessage& GraphWorld::say(const Person& person, bool from_page, const std::string& text, Time at) {
    auto& conversation = conversations_[person.id];
    conversation.id = "t_" + person.id;
    conversation.person = person;
    auto& messages = conversation.messages;
    const auto place = std::upper_bound(messages.begin(), messages.end(), at,
                                        [](Time time, const PageMessage& one) { return time < one.at; });
    return *messages.insert(place, {"m_" + std::to_string(++last_id_), from_page, text, at});
}

int GraphWorld::replies_to(const std::string& id) const {
    return static_cast<int>(std::count_if(writings_.begin(), writings_.end(), [&](const Writing& one) {
        return one.parent_id == id || (one.parent_id.empty() && one.post_id == id);
    }));
}

json GraphWorld::show(const Writing& writing, const std::vector<Field>& fields) const {
    const bool comment = writing.wall == Wall::comments;
    json shown = {{"id", writing.id}};
    for (const auto& field : fields) {
        const auto& name = field.name;
        if (name == "id") continue;
        if (name == "created_time")
            shown[name] = graph_time(writing.created);
        else if (name == "permalink_url")
            shown[name] = "https://www.facebook.com/" + writing.id;
        else if (name == "is_hidden")
            shown[name] = writing.hidden;
        else if (name == "message") {
            if (!writing.text.empty()) shown[name] = writing.text;
        } else if (name == "from") {
            if (!writing.author.id.empty()) shown[name] = show_person(writing.author);
        } else if (comment && name == "like_count")
            shown[name] = writing.likes;
        else if (comment && name == "comment_count")
            shown[name] = replies_to(writing.id);
        else if (comment && name == "parent") {
            if (!writing.parent_id.empty()) shown[name] = {{"id", writing.parent_id}};
        } else if (comment && name == "attachment") {
            if (!writing.photo.empty()) shown[name] = {{"type", "photo"}, {"url", writing.photo}};
        } else if (comment)
            nonexistent_field(name, "Comment");
        else if (name == "updated_time")
            shown[name] = graph_time(writing.updated);
        else if (name == "promotion_status")
            shown[name] = "inactive";
        else if (name == "reactions")
            shown[name] = summary(writing.likes);
        else if (name == "comments")
            shown[name] = summary(replies_to(writing.id));
        else if (name == "attachments") {
            if (!writing.photo.empty()) shown[name] = photo(writing.photo);
        } else if (name != "shares" && name != "story" && name != "parent_id")
            nonexistent_field(name, "PagePost");
    }
    return shown;
}

json GraphWorld::node(const std::string& id, const std::vector<Field>& fields) {
    if (id == page_.id) return show_person(page_);
    return show(find(id), fields.empty() ? read_fields("created_time,message") : fields);
}

json GraphWorld::posts(Wall wall, const ListQuery& query, bool short_pages) {
    json data = json::array();
    std::string next;
    bool begun = query.after.empty();
    int taken = 0;
    for (auto one = writings_.rbegin(); one != writings_.rend(); ++one) {
        const bool here =
            wall == Wall::page ? one->wall == Wall::page || one->wall == Wall::visitors : one->wall == wall;
        if (!here || (query.since && one->created < *query.since)) continue;
        // Feed-like edges page by time; the token tells posts of one second apart. It may have been removed
        // meanwhile.
        if (!begun && one->id != query.after && !(query.until && one->created < *query.until)) continue;
        if (std::exchange(begun, true) == false && one->id == query.after) continue;
        if (taken == query.limit)
            return {{"data", data},
                    {"next", {{"until", unix_seconds(find(next).created)}, {"__paging_token", next}}}};
        ++taken;
        next = one->id;
        // What the app may not see is taken out after the page was cut.
        if (!short_pages || taken % 2 == 1) data.push_back(show(*one, query.fields));
    }
    return {{"data", data}};
}

json GraphWorld::comments(const std::string& post_id, const ListQuery& query) {
    find(post_id);
    std::vector<const Writing*> all;
    for (const auto& one : writings_)
        if ((one.post_id == post_id || one.parent_id == post_id) && !one.hidden &&
            (query.replies || one.parent_id.empty() || one.parent_id == post_id))
            all.push_back(&one);
    if (query.newest_first)
        std::reverse(all.begin(), all.end());
    else
        std::stable_sort(all.begin(), all.end(),
                         [](auto* a, auto* b) { return a->likes > b->likes; }); // ranked
    auto at = query.after.empty() ? all.begin() : after(all, query.after);
    json data = json::array();
    for (; at != all.end() && static_cast<int>(data.size()) < query.limit; ++at)
        data.push_back(show(**at, query.fields));
    json answer = {{"data", data}};
    if (at != all.end() && at != all.begin()) answer["next"] = {{"after", cursor_of(**(at - 1))}};
    return answer;
}

json GraphWorld::show_messages(const Conversation& conversation, const ListQuery& query) const {
    auto one = conversation.messages.rbegin();
    if (!query.after.empty()) {
        one = std::find_if(one, conversation.messages.rend(),
                           [&](const PageMessage& m) { return m.id == query.after; });
        if (one != conversation.messages.rend()) ++one;
    }
    json data = json::array();
    for (; one != conversation.messages.rend() && static_cast<int>(data.size()) < query.limit; ++one) {
        const auto& from = one->from_page ? page_ : conversation.person;
        const auto& to = one->from_page ? conversation.person : page_;
        data.push_back({{"id", one->id},
                        {"created_time", graph_time(one->at)},
                        {"message", one->text},
                        {"from", show_person(from)},
                        {"to", {{"data", json::array({show_person(to)})}}}});
    }
    json answer = {{"data", data}};
    if (one != conversation.messages.rend())
        answer["next"] = {{"after", data.empty() ? "" : data.back()["id"]}};
    return answer;
}

json GraphWorld::messages(const std::string& conversation_id, const ListQuery& query) {
    for (const auto& [person, conversation] : conversations_)
        if (conversation.id == conversation_id) return show_messages(conversation, query);
    throw GraphError(100, 33,
                     "Unsupported get request. Object with ID '" + conversation_id + "' does not exist");
}

json GraphWorld::conversations(const ListQuery& query) {
    std::vector<const Conversation*> all;
    for (const auto& [person, conversation] : conversations_) all.push_back(&conversation);
    std::sort(all.begin(), all.end(),
              [](auto* a, auto* b) { return a->messages.back().at > b->messages.back().at; });
    json data = json::array();
    std::size_t skipped = 0;
    std::from_chars(query.after.data(), query.after.data() + query.after.size(), skipped);
    auto at = std::min(skipped, all.size());
    for (; at < all.size() && static_cast<int>(data.size()) < query.limit; ++at) {
        const auto& conversation = *all[at];
        json shown = {{"id", conversation.id}, {"updated_time", graph_time(conversation.messages.back().at)}};
        for (const auto& field : query.fields) {
            if (field.name == "participants")
                shown["participants"] = {
                    {"data", json::array({show_person(conversation.person), show_person(page_)})}};
            if (field.name == "messages") {
                ListQuery inner;
                inner.limit = field.limit.value_or(25);
                shown["messages"] = show_messages(conversation, inner);
            }
        }
        data.push_back(std::move(shown));
    }
    json answer = {{"data", data}};
    if (at < all.size()) answer["next"] = {{"after", std::to_string(at)}};
    return answer;
}

} // namespace larum::demo
