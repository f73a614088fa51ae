#include "support/connector_case.h"

#include "core/error.h"
#include "core/post_json.h"
#include "support/catch.h"
#include "support/http_server.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace larum::test {

namespace {

using connectors::Ending;
using nlohmann::json;

constexpr std::size_t body_most = std::size_t{16} << 20;

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Error(Error::Kind::input, file.string() + " cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

json read_json(const std::filesystem::path& file) {
    auto read = json::parse(read_file(file), nullptr, false, true);
    if (read.is_discarded()) throw Error(Error::Kind::input, file.string() + " is no JSON");
    return read;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
    return text;
}

std::string_view word_of(Ending ending) {
    constexpr std::string_view words[] = {"ok", "again", "later", "reauth", "gone", "broken"};
    return words[static_cast<std::size_t>(ending)];
}

Time time_of(const json& value) {
    const auto time = parse_time(value.get<std::string>());
    if (!time) throw Error(Error::Kind::input, value.dump() + " is no time");
    return *time;
}

/// Every member that is expected is there and equal; lists are compared item by item, in full.
void check_holds(const json& expected, const json& found, const std::string& where) {
    INFO(where << " is " << found.dump(-1, ' ', false, json::error_handler_t::replace));
    if (expected.is_object()) {
        REQUIRE(found.is_object());
        for (const auto& [name, value] : expected.items()) check_holds(value, found.value(name, json()), where + "." + name);
    } else if (expected.is_array()) {
        REQUIRE(found.is_array());
        REQUIRE(found.size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) check_holds(expected[i], found[i], where + "[" + std::to_string(i) + "]");
    } else {
        CHECK(found == expected);
    }
}

json json_of(const std::vector<Post>& posts) {
    auto all = json::array();
    for (const auto& one : posts) all.push_back(to_json(one));
    return all;
}

json json_of(const connectors::Page& page) {
    json all = {{"posts", json_of(page.posts)}, {"more", page.more}, {"deletions", json::array()}, {"streams", json::array()},
                {"retired", json::array()},     {"gaps", json::array()}, {"rejected", page.rejected.size()}, {"contacts", json::array()},
                {"unknown", page.unknown}};
    for (const auto& one : page.deletions) all["deletions"].push_back(one.id);
    for (const auto& one : page.streams) all[one.retire ? "retired" : "streams"].push_back(one.name);
    for (const auto& one : page.gaps) all["gaps"].push_back({{"from", format_time(one.from)}, {"to", format_time(one.to)}, {"reason", one.reason}});
    for (const auto& one : page.contacts)
        all["contacts"].push_back({{"ref", one.ref}, {"author", one.author}, {"channel", word(one.channel)}, {"direction", word(one.direction)},
                                   {"at", format_time(one.at)}, {"summary", one.summary}, {"automatic", one.automatic}});
    if (page.cursor) all["cursor"] = *page.cursor;
    if (page.next_in) all["next_in_seconds"] = std::chrono::duration<double>(*page.next_in).count();
    if (page.used) all["used"] = *page.used;
    if (page.billed.posts > 0 || page.billed.users > 0) all["billed"] = {{"posts", page.billed.posts}, {"users", page.billed.users}};
    if (page.spending) all["spending"] = {{"today", page.spending->today}, {"budget", page.spending->budget}};
    return all;
}

json json_of(const connectors::Outcome& outcome) {
    json all = {{"ending", word_of(outcome.ending)}, {"whole_credential", outcome.whole_credential}, {"tell", outcome.tell}};
    if (outcome.not_before) all["not_before"] = format_time(*outcome.not_before);
    return all;
}

void merge(json& to, const json& from) { to.update(from); }

std::string body_of(const KindGround& ground, const json& step) {
    if (step.contains("file")) return read_file(ground.folder / step["file"].get<std::string>());
    return step.contains("body") ? text_of(step["body"]) : "";
}

/// One case on its way: what is kept between its steps.
class Walk {
public:
    Walk(const KindGround& ground, const json& one, const CaseHttp& http, const std::string& host) : ground_(ground), one_(one) {
        for (const char* name : {"table", "app"})
            if (const auto instead = std::string(name) + "_instead"; one.contains(instead)) ground_.contract[name] = one[instead];
        now_ = time_of(one.value("now", json("2026-04-05T12:00:00Z")));
        session_.state = one.contains("session") ? text_of(one["session"]) : ground.contract.contains("session") ? text_of(ground.contract["session"]) : "";
        const auto answer = [this](const HttpRequest& request) { return answer_to(request); };
        http_ = http ? http(answer) : std::make_unique<ScriptedHttp>(answer);
        made_ = ground_.make(*http_, host, one.value("table", ""));
    }

    void run() {
        for (const auto& step : one_.at("steps")) {
            step_ = &step;
            requests_.clear();
            if (step.contains("now")) now_ = time_of(step["now"]);
            const auto does = step.value("do", "poll");
            INFO("step " << count_++ << ": " << does);
            const auto found = found_of(does, step);
            const auto expected = step.value("expect", json::object());
            auto compared = expected;
            if (expected.contains("reason")) {
                CHECK(reason_.find(expected["reason"].get<std::string>()) != std::string::npos);
                compared.erase("reason");
            }
            INFO("reason: " << reason_);
            check_holds(compared, found, does);
            CHECK(reason_.find(case_secret) == std::string::npos);
            CHECK(requests_.size() <= 1); // one request per call
            check_request(step.value("request", json::object()));
        }
    }

private:
    HttpAnswer answer_to(const HttpRequest& request) {
        requests_.push_back(request);
        CHECK(request.body_bytes_max <= body_most);
        CHECK(request.timeout <= std::chrono::seconds{60});
        if (!step_->contains("answer")) throw Error(Error::Kind::bug, "the step has no answer, and the connector asked");
        const auto& answer = step_->at("answer");
        const auto fails = answer.value("fails", "");
        if (fails == "unreachable") throw Error(Error::Kind::unreachable, "api.example: could not be reached");
        if (fails == "refused") throw Error(Error::Kind::refused, "api.example: not public");
        if (fails == "too_large") throw Error(Error::Kind::too_large, "api.example: the answer is too large");
        return answer_of(answer);
    }

    HttpAnswer answer_of(const json& answer) const {
        HttpAnswer made;
        made.status = answer.value("status", 200);
        const auto headers = answer.value("headers", json::object()); // named: `items` refers into it
        for (const auto& [name, value] : headers.items()) made.headers.emplace_back(name, value.get<std::string>());
        if (answer.contains("file"))
            made.body = read_file(ground_.folder / answer["file"].get<std::string>());
        else if (answer.contains("body"))
            made.body = text_of(answer["body"]);
        if (answer.contains("body") && !answer["body"].is_string() && header(made.headers, "Content-Type").empty())
            made.headers.emplace_back("Content-Type", "application/json");
        return made;
    }

    json found_of(const std::string& does, const json& step) {
        reason_.clear();
        if (does == "streams") return {{"streams", names(made_.connector->streams())}};
        if (does == "accept" || does == "entries") return webhook(does, step);
        connectors::Call call{now_, session_, step.value("unasked", 0.0)};
        session_.changed = false;
        json found;
        if (does == "poll") found = poll(step, call);
        else if (does == "recheck") found = recheck(step, call);
        else if (does == "probe") found = probe(call);
        else if (does == "line") found = line(step, call);
        else if (does == "hear") found = heard(made_.connector->hear(stream_of(step), event_of(step), now_), step);
        else if (does == "refused") found = heard(made_.connector->refused(stream_of(step), answer_of(step.at("answer")), now_), step);
        else throw Error(Error::Kind::input, "a step cannot do \"" + does + "\"");
        found["session_changed"] = session_.changed;
        return found;
    }

    connectors::Stream& stream_of(const json& step) {
        const auto name = step.value("stream", ground_.contract.value("stream", made_.connector->streams().at(0).name));
        auto& stream = streams_[name];
        stream.name = name;
        if (step.contains("cursor")) stream.cursor = text_of(step["cursor"]);
        return stream;
    }

    json poll(const json& step, connectors::Call& call) {
        auto& stream = stream_of(step);
        auto result = made_.connector->poll(stream, call);
        reason_ = result.outcome.reason;
        CHECK(std::is_sorted(result.page.posts.begin(), result.page.posts.end(),
                             [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; })); // oldest first
        if (!result.outcome.ok()) CHECK_FALSE(result.page.cursor); // what was not read is not passed
        if (result.page.cursor) {
            CHECK(result.page.cursor->find(case_secret) == std::string::npos);
            stream.cursor = *result.page.cursor;
        }
        auto found = json_of(result.page);
        merge(found, json_of(result.outcome));
        return found;
    }

    /// What the store hands to `recheck` of a post: no more than it takes to find it and to tell an edit.
    static Post sought(const Post& known) {
        Post post;
        post.platform = known.platform;
        post.realm = known.realm;
        post.id = known.id;
        post.parent_id = known.parent_id;
        post.kind = known.kind;
        post.author.id = known.author.id;
        post.author.handle = known.author.handle;
        post.author.name = known.author.name;
        post.author_scope = known.author_scope;
        post.text = known.text;
        post.own = known.own;
        post.posted_at = known.posted_at;
        post.url = known.url;
        return post;
    }

    json recheck(const json& step, connectors::Call& call) {
        std::vector<Post> known;
        for (const auto& one : step.at("known")) known.push_back(sought(parse_post(one.dump())));
        CHECK(known.size() <= made_.connector->recheck_most());
        const auto result = made_.connector->recheck(known, call);
        reason_ = result.outcome.reason;
        json found = {{"posts", json_of(result.posts)}, {"deletions", json::array()}};
        for (const auto& one : result.deletions) found["deletions"].push_back(one.id);
        if (result.spending) found["spending"] = {{"today", result.spending->today}, {"budget", result.spending->budget}};
        merge(found, json_of(result.outcome));
        return found;
    }

    json probe(connectors::Call& call) {
        const auto probe = made_.connector->probe(call);
        reason_ = probe.outcome.reason;
        json found = {{"account", probe.account}, {"missing", probe.missing}, {"type", probe.type}, {"granted", probe.granted}, {"notes", probe.notes}};
        if (probe.expires_at) found["expires_at"] = format_time(*probe.expires_at);
        merge(found, json_of(probe.outcome));
        return found;
    }

    json line(const json& step, connectors::Call& call) {
        auto& stream = stream_of(step);
        const auto result = made_.connector->line(stream, call);
        reason_ = result.outcome.reason;
        if (result.cursor) stream.cursor = *result.cursor;
        CHECK(result.line.url.find(case_secret) == std::string::npos); // URLs are logged by others
        constexpr std::string_view forms[] = {"websocket", "event_stream", "lines"};
        json found = {{"url", result.line.url}, {"form", forms[static_cast<std::size_t>(result.line.form)]}, {"first", result.line.first},
                      {"silence_seconds", std::chrono::duration<double>(result.line.silence).count()}};
        for (const auto& [name, value] : result.line.headers) found["headers"][name] = value;
        merge(found, json_of(result.outcome));
        return found;
    }

    connectors::LineEvent event_of(const json& step) {
        event_name_ = step.value("event", "");
        event_data_ = step.contains("data") ? text_of(step["data"]) : std::string();
        return {event_name_, event_data_};
    }

    json heard(const connectors::Heard& heard, const json& step) {
        reason_ = heard.outcome.reason;
        if (heard.page.cursor) stream_of(step).cursor = *heard.page.cursor;
        auto found = json_of(heard.page);
        found["poll"] = heard.poll;
        found["hang_up"] = heard.hang_up;
        merge(found, json_of(heard.outcome));
        return found;
    }

    json webhook(const std::string& does, const json& step) {
        const auto receiver = ground_.make_receiver(one_.value("app", ""));
        if (does == "accept") {
            const auto answer = receiver->accept(request_of(ground_, step), now_);
            CHECK(answer.body.find(case_secret) == std::string::npos);
            if (answer.store) CHECK(answer.status / 100 == 2);
            return {{"status", answer.status}, {"body", answer.body}, {"store", answer.store}, {"ring", answer.ring}, {"type", answer.type}, {"note", answer.note}};
        }
        auto all = json::array();
        try {
            for (const auto& entry : receiver->entries({body_of(ground_, step), step.value("note", ""), now_})) {
                auto found = json_of(entry.page);
                found["account"] = entry.account;
                found["poll"] = entry.poll;
                all.push_back(found);
            }
        } catch (const Error& error) {
            reason_ = error.what();
            CHECK(error.kind() == Error::Kind::input);
            return {{"throws", true}};
        }
        return {{"entries", all}};
    }

    static std::vector<std::string> names(const std::vector<connectors::StreamChange>& streams) {
        std::vector<std::string> all;
        for (const auto& one : streams) all.push_back(one.name);
        return all;
    }

    void check_request(const json& expected) {
        if (expected.is_null()) CHECK(requests_.empty());
        if (expected.empty()) return;
        REQUIRE(requests_.size() == 1);
        const auto& request = requests_.front();
        if (expected.contains("method")) CHECK(request.method == expected["method"].get<std::string>());
        if (expected.contains("url")) CHECK(request.url == expected["url"].get<std::string>());
        const auto headers = expected.value("headers", json::object());
        for (const auto& [name, value] : headers.items())
            CHECK(header(request.headers, name) == value.get<std::string>());
        const auto whole = request.url + "\n" + request.body;
        INFO(whole);
        const auto holds = expected.value("holds", json::array()), lacks = expected.value("lacks", json::array());
        for (const auto& part : holds) CHECK(whole.find(part.get<std::string>()) != std::string::npos);
        for (const auto& part : lacks) CHECK(whole.find(part.get<std::string>()) == std::string::npos);
    }

    KindGround ground_;
    const json& one_;
    const json* step_ = nullptr;
    int count_ = 0;
    Time now_{};
    connectors::Session session_;
    std::map<std::string, connectors::Stream> streams_;
    std::vector<HttpRequest> requests_;
    std::string reason_;
    std::string event_name_, event_data_;
    std::unique_ptr<Http> http_;
    connectors::Made made_;
};

} // namespace

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

connectors::Made KindGround::make(Http& http, const std::string& host, const std::string& more) const {
    ::setenv("LARUM_TEST_SECRET", case_secret.c_str(), 1);
    auto table = contract.value("table", "") + "\n" + more;
    table = replaced(table, "$HOST", host.empty() ? contract.value("host", "https://api.example") : host);
    table = replaced(table, "$HERE", folder.string());
    config::Problems problems;
    auto made = connectors::find_kind(kind)->make(config::parse_toml(table, kind), {"private_allowed"}, problems, {http});
    std::string text;
    for (const auto& line : problems.lines()) text += line + "\n";
    if (!text.empty()) throw Error(Error::Kind::config, text);
    return made;
}

std::unique_ptr<connectors::Receiver> KindGround::make_receiver(const std::string& more) const {
    ::setenv("LARUM_TEST_SECRET", case_secret.c_str(), 1);
    config::Problems problems;
    const auto table = replaced(contract.value("app", "") + "\n" + more, "$HERE", folder.string());
    auto made = connectors::find_kind(kind)->make_receiver(config::parse_toml(table, kind), {}, problems);
    std::string text;
    for (const auto& line : problems.lines()) text += line + "\n";
    if (!text.empty()) throw Error(Error::Kind::config, text);
    return made;
}

connectors::WebhookRequest request_of(const KindGround& ground, const json& step) {
    connectors::WebhookRequest request{step.value("method", "POST"), step.value("target", "/hooks/app"), {}, body_of(ground, step)};
    const auto headers = step.value("headers", json::object());
    for (const auto& [name, value] : headers.items()) request.headers.emplace_back(name, value.get<std::string>());
    return request;
}

std::vector<KindGround> kind_grounds() {
    std::vector<KindGround> all;
    const auto folder = std::filesystem::path(LARUM_SOURCE_DIR) / "tests/connectors";
    for (const auto* kind : connectors::all_kinds())
        if (const auto file = folder / kind->name / "contract.json"; std::filesystem::exists(file))
            all.push_back({kind->name, folder / kind->name, read_json(file)});
    return all;
}

std::map<std::string, json> cases_of(const KindGround& ground) {
    std::map<std::string, json> all;
    for (const auto& one : std::filesystem::directory_iterator(ground.folder))
        if (std::filesystem::exists(one.path() / "case.json")) all[one.path().filename().string()] = read_json(one.path() / "case.json");
    return all;
}

void run_connector_case(const KindGround& ground, const json& one, const CaseHttp& http, const std::string& host) {
    Walk(ground, one, http, host).run();
}

} // namespace larum::test
