#pragma once

#include "core/time.h"

#include <deque>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What is on the simulated page: posts, comments, conversations, and how Graph shows them.
namespace larum::demo {

/// Someone on the platform; the id is page-scoped. No id: the app may not see who it is.
struct Person {
    std::string id;
    std::string name;
};

enum class Wall { page, visitors, tagged, comments };

struct Writing {
    std::string id;
    Wall wall = Wall::visitors;
    std::string post_id;   ///< of a comment: the post below which it stands
    std::string parent_id; ///< of a reply: the comment it answers
    Person author;
    std::string text;
    Time created{};
    Time updated{};
    std::string photo; ///< reference of an attached photo; may be empty
    int likes = 0;
    bool hidden = false;
};

struct PageMessage {
    std::string id;
    bool from_page = false;
    std::string text;
    Time at{};
};

struct Conversation {
    std::string id;
    Person person;
    std::vector<PageMessage> messages; ///< oldest first
};

/// Graph's error envelope on its way to the caller.
struct GraphError : std::runtime_error {
    GraphError(int the_code, int the_subcode, const std::string& message)
        : std::runtime_error(message), code(the_code), subcode(the_subcode) {}
    int code;
    int subcode;
};

/// `fields=` as Graph reads it: «id,from{id,name},comments.limit(0).summary(total_count)».
struct Field {
    std::string name;
    std::optional<int> limit;
    std::vector<Field> inner;
};
std::vector<Field> read_fields(std::string_view text);

struct ListQuery {
    std::vector<Field> fields;
    int limit = 25;
    std::optional<Time> since;
    std::optional<Time> until; ///< beside the `__paging_token` of posts
    std::string after;         ///< cursor of comments, messages and conversations, `__paging_token` of posts
    bool newest_first = true;
    bool replies = true;
};

class GraphWorld {
public:
    GraphWorld(std::string page_id, std::string page_name)
        : page_{std::move(page_id), std::move(page_name)} {}

    const Person& page() const { return page_; }

    Writing& write(Wall wall, const Person& author, const std::string& text, Time at,
                   const std::string& post_id = {}, const std::string& parent_id = {});
    Writing& find(const std::string& id); ///< throws GraphError 100/33
    void remove(const std::string& id);   ///< a post goes with its comments, a comment with its replies
    PageMessage& say(const Person& person, bool from_page, const std::string& text, Time at);

    // What Graph answers. `next` in the results holds only the position; the server makes a URL of it.
    nlohmann::json node(const std::string& id, const std::vector<Field>& fields);
    nlohmann::json posts(Wall wall, const ListQuery& query, bool short_pages);
    nlohmann::json comments(const std::string& post_id, const ListQuery& query);
    nlohmann::json conversations(const ListQuery& query);
    nlohmann::json messages(const std::string& conversation_id, const ListQuery& query);

private:
    nlohmann::json show(const Writing& writing, const std::vector<Field>& fields) const;
    nlohmann::json show_messages(const Conversation& conversation, const ListQuery& query) const;
    int replies_to(const std::string& id) const;

    Person page_;
    std::deque<Writing> writings_; ///< oldest first
    std::map<std::string, Conversation> conversations_;
    int last_id_ = 1000;
};

/// «2026-03-20T00:05:29+0000»: Graph writes the zone without a colon.
std::string graph_time(Time time);

} // namespace larum::demo
