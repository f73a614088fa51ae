#include "connectors/connector.h"
#include "connectors/shared/json.h"
#include "connectors/shared/webhook.h"
#include "core/crypto.h"
#include "core/error.h"
#include "core/reported.h"
#include "core/text.h"

#include <algorithm>

namespace larum::connectors {
enum class Chat { slack, mattermost };
}
namespace larum {
template <> struct Words<connectors::Chat> { static constexpr std::string_view list[] = {"slack", "mattermost"}; };
} // namespace larum

/// Posts that people hand in from a chat: «/larum report LINK what is written there», by a slash command of Slack or
/// Mattermost. The answer says what became of it.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;

constexpr Span replay_window = 5min;
constexpr std::size_t text_length_max = 8000;
constexpr const char* usage = "Write: /larum report LINK what is written there. With the author, if you know: /larum report LINK by Anna: what is written there";

// ---- the command ---------------------------------------------------------------------------------------

/// What a command asks, or what is wrong with it.
struct Asked {
    std::optional<Post> post;
    std::string answer; ///< one line for the person who wrote it
};

/// «by Anna Example: words»: author and words apart. Names are short and stand before a colon.
void read_author(std::string& words, Post& post) {
    if (!words.starts_with("by ")) return;
    const auto colon = words.find(": ");
    if (colon == words.npos || colon < 4 || colon > 80) return;
    post.author.name = text::trim(words.substr(3, colon - 3));
    words = text::trim(words.substr(colon + 2));
}

/// Slack writes three characters otherwise, and writes links between angle brackets.
std::string without_escapes(std::string text) {
    struct Escape {
        std::string_view written;
        char meant;
    };
    constexpr Escape escapes[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}};
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto rest = std::string_view(text).substr(i);
        const auto found = std::find_if(std::begin(escapes), std::end(escapes), [&](const Escape& one) { return rest.starts_with(one.written); });
        plain += found == std::end(escapes) ? text[i] : found->meant;
        if (found != std::end(escapes)) i += found->written.size() - 1;
    }
    return plain;
}

/// `text` as the chat sent it; `user` as whom it names.
Asked read_command(const std::string& text, const std::string& user, Chat chat) {
    const auto rest = text::trim(text);
    const auto meant = [&](std::string words) { return chat == Chat::slack ? without_escapes(std::move(words)) : words; };
    if (!rest.starts_with("report ") && rest != "report") return {std::nullopt, usage};
    // Slack may wrap a link: <https://…|…>.
    const auto link = first_link(rest);
    if (link.empty()) return {std::nullopt, std::string("There is no link in it. ") + usage};
    auto post = reported_post(meant(link));
    auto words = rest.substr(rest.find(link) + link.size());
    if (words.starts_with('|')) words = words.substr(std::min(words.find('>'), words.size() - 1));
    if (words.starts_with('>')) words.erase(0, 1);
    words = text::trim(meant(words));
    read_author(words, post);
    if (words.empty()) return {std::nullopt, "larum cannot open the link: add what is written there, after it."};
    post.text = text::shorten(text::valid_utf8(words), text_length_max);
    post.reported_by = (user.empty() ? "somebody" : text::shorten(user, 100)) + ", by chat";
    const auto answer = "Thank you: larum has taken in the post on " + post.platform + (post.author.name.empty() ? "" : " by " + post.author.name) + " and looks at it now.";
    return {std::move(post), answer};
}

/// A field of a form body.
std::string field(const std::string& body, std::string_view name) { return query_parameter("?" + body, name); }

/// Slack promises the id alone for long.
std::string user_of(const std::string& body) {
    const auto name = field(body, "user_name");
    return name.empty() ? field(body, "user_id") : name;
}

// ---- the app -------------------------------------------------------------------------------------------

struct AppSettings {
    Chat chat = Chat::slack;
    config::Secret secret;
    config::Secret old_secret;
};

const config::Options<AppSettings>& app_options() {
    static const config::Options<AppSettings> all = {
        config::required("chat", &AppSettings::chat, "Which chat sends the command."),
        config::required("secret", &AppSettings::secret, "Slack: the app's signing secret. Mattermost: the command's token."),
        config::option("old_secret", &AppSettings::old_secret, "The one before, for as long as a rotation takes: it is still believed."),
    };
    return all;
}

class CommandReceiver final : public Receiver {
public:
    explicit CommandReceiver(AppSettings settings) : settings_(std::move(settings)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time now) const override {
        if (request.method != "POST") return {405, "", false};
        const bool ours = settings_.chat == Chat::slack ? is_of_slack(request, now) : is_of_mattermost(request);
        if (!ours) return {401, "", false};
        const auto asked = read_command(field(request.body, "text"), user_of(request.body), settings_.chat);
        WebhookAnswer answer;
        answer.body = json::Json{{"response_type", "ephemeral"}, {"text", asked.answer}}.dump(-1, ' ', false, json::Json::error_handler_t::replace);
        answer.type = "application/json";
        answer.store = asked.post.has_value(); // what hands in nothing is answered and forgotten
        return answer;
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const std::string body(kept.body);
        auto asked = read_command(field(body, "text"), user_of(body), settings_.chat);
        if (!asked.post) throw Error(Error::Kind::input, "a command that hands in no post");
        WebhookEntry entry;
        entry.account = field(body, "team_id");
        asked.post->posted_at = kept.received_at;
        entry.page.posts.push_back(std::move(*asked.post));
        return {entry};
    }

    std::size_t body_bytes_max() const override { return 64u << 10; }

private:
    /// v0: over the time and the raw form, before anything is decoded.
    bool is_of_slack(const WebhookRequest& request, Time now) const {
        const auto time = header(request.headers, "X-Slack-Request-Timestamp");
        const bool digits = !time.empty() && time.size() <= 12 && std::all_of(time.begin(), time.end(), [](unsigned char c) { return std::isdigit(c); });
        if (!digits) return false;
        const auto signature = [&](std::string_view secret) { return "v0=" + to_hex(hmac_sha256(secret, "v0:" + time + ':' + request.body)); };
        if (!Secrets{settings_.secret, settings_.old_secret}.made(header(request.headers, "X-Slack-Signature"), signature)) return false;
        const Time at{std::chrono::seconds{std::stoll(time)}};
        return (now > at ? now - at : at - now) <= replay_window;
    }

    /// Mattermost signs nothing: it sends the command's token, in the header or in the form.
    bool is_of_mattermost(const WebhookRequest& request) const {
        const auto authorization = header(request.headers, "Authorization");
        const auto given = authorization.starts_with("Token ") ? authorization.substr(6) : field(request.body, "token");
        return Secrets{settings_.secret, settings_.old_secret}.is_one(given);
    }

    AppSettings settings_;
};

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    return std::make_unique<CommandReceiver>(config::read(app_options(), table, problems, common_keys));
}

// ---- the source ----------------------------------------------------------------------------------------

struct Settings {
    std::string team;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("team", &Settings::team, "Id of the workspace or team whose commands belong to this brand: team_id in what the chat sends."),
    };
    return all;
}

/// Nothing is asked for: commands come by themselves.
class Command final : public Connector {
public:
    explicit Command(Settings settings) : settings_(std::move(settings)) {}
    std::vector<StreamChange> streams() const override { return {{"commands", false, 24h, {}}}; }
    PollResult poll(const Stream&, Call&) override { return {}; }
    Probe probe(Call&) override {
        Probe probe;
        probe.account = settings_.team;
        probe.type = "slash command";
        probe.notes.push_back("nothing can be asked for: write the command once and see its answer");
        return probe;
    }
    std::string account() const override { return settings_.team; }

private:
    Settings settings_;
};

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services) {
    auto settings = config::read(options(), table, problems, common_keys);
    auto credential = sha256_hex("command\n" + settings.team);
    return {std::make_unique<Command>(std::move(settings)), std::move(credential)};
}

} // namespace

const Kind& command_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "command";
        made.platform = "web";
        made.gives = "posts that people hand in from the chat by «/larum report LINK words», marked by whom";
        made.needs = "a slash command of Slack or Mattermost that calls larum, and its secret in an [app.NAME]";
        made.terms = "The rules of the place where a post was read go on to hold. What is handed in is matched by own data only.";
        made.options = config::describe(options());
        made.interval = 24h;
        made.matching_most = Matching::own_data;
        made.make = make;
        made.app_options = config::describe(app_options());
        made.make_receiver = make_receiver;
        made.cannot = {"Only what the command says is known: larum does not open the link.", "Edits and deletions of the post itself are not seen.",
                       "Mattermost signs nothing: its token stands in each request, so use https, and the address is worth keeping to yourselves."};
        made.setup = {"Slack: create an app at https://api.slack.com/apps, add the slash command /larum with the address https://YOUR-HOST/hooks/NAME, install it, and copy the signing secret.",
                      "Mattermost: Integrations, Slash Commands, add /larum with method POST and that address; copy the token.",
                      "Write [app.NAME] with kind = \"command\", chat and secret, and [source.NAME] with the team's id."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
