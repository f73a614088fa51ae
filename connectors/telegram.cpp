#include "connectors/shared/call.h"
#include "connectors/shared/host.h"
#include "connectors/shared/items.h"
#include "connectors/shared/telegram_update.h"
#include "connectors/shared/webhook.h"
#include "core/crypto.h"

#include <algorithm>
#include <cctype>

/// Telegram: what is written in the groups and channels that a bot was added to. By poll or by webhook, never both:
/// Telegram gives each update once.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;
using json::Json;

constexpr std::size_t batch = 100;
constexpr Span kept_for = 24h; ///< Telegram forgets what nobody fetched
/// After a week without updates Telegram begins a new sequence, which may lie below the old one.
constexpr Span sequence_holds = 24h * 6;

struct Settings {
    config::Secret token;
    std::vector<std::string> chats;
    std::vector<std::string> own;
    bool webhooks = false;
    std::string host = "https://api.telegram.org";
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("token", &Settings::token, "Token of the bot, as BotFather gave it. The bot should serve nothing else: updates are given once."),
        config::option("chats", &Settings::chats, "Ids or @names of the groups and channels that count. Empty: all that the bot is in; anybody may add a bot that allows it."),
        config::option("own", &Settings::own, "Ids or @names of people, bots and channels that write for the brand."),
        config::option("webhooks", &Settings::webhooks, "Updates come by webhook to an [app.NAME] of larum; larum then looks whether they are delivered, and does not poll."),
        config::option("host", &Settings::host, "Where the Bot API lives: another host for tests, or your own Bot API server."),
    };
    return all;
}

struct AppSettings {
    config::Secret secret;
    config::Secret old_secret;
    std::string bot_id;
    std::vector<std::string> chats;
    std::vector<std::string> own;
};

const config::Options<AppSettings>& app_options() {
    static const config::Options<AppSettings> all = {
        config::required("secret", &AppSettings::secret, "The secret_token given to setWebhook: Telegram sends it with each update."),
        config::option("old_secret", &AppSettings::old_secret, "The secret before it was exchanged: taken beside the new one until you remove it."),
        config::required("bot_id", &AppSettings::bot_id, "The digits before the colon of the bot's token: they lead to its source."),
        config::option("chats", &AppSettings::chats, "As in the source."),
        config::option("own", &AppSettings::own, "As in the source."),
    };
    return all;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.size() <= 19 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

// ---- answers -----------------------------------------------------------------------------------------

struct Reply {
    Outcome outcome;
    Json result; ///< of an answer that says ok
};

std::string taken_by_another(const std::string& description) {
    if (description.find("webhook") != std::string::npos)
        return "telegram: status 409: a webhook is set for this bot; set webhooks = true, or call deleteWebhook";
    return "telegram: status 409: another program reads this bot's updates; each update is given once, so posts are lost";
}

/// 200 does not mean success: `ok` does. The description beside it is not ours to show.
Reply read_reply(const Answered& answered, Time now) {
    Reply reply{answered.outcome, {}};
    if (!reply.outcome.ok()) return reply;
    auto answer = answered.answer;
    const auto body = json::parse(answer.body);
    if (json::flag(body, "ok") && answer.status / 100 == 2) return reply.result = body.value("result", Json()), reply;
    if (body.is_object() && body.contains("ok")) answer.status = static_cast<int>(json::count(body, "error_code").value_or(answer.status));
    reply.outcome = outcome_of_status(answer, "telegram", now);
    if (reply.outcome.ok()) return reply.outcome = {Ending::later, "telegram: the answer makes no sense", {}, false}, reply;
    const auto wait = json::count(json::member(body, "parameters"), "retry_after");
    if (wait && reply.outcome.ending == Ending::later) reply.outcome.not_before = now + std::chrono::seconds{std::clamp<std::int64_t>(*wait, 1, 86'400)};
    if (answer.status == 401 || answer.status == 404) // an unknown token is answered 404
        reply.outcome = {Ending::reauth, "telegram: status " + std::to_string(answer.status) + ": the bot's token is not taken (any more)", {}, true};
    if (answer.status == 409) reply.outcome = {Ending::later, taken_by_another(json::text(body, "description")), now + 1min, true, true};
    return reply;
}

class Telegram final : public Connector {
public:
    Telegram(Settings settings, Http& http) : settings_(std::move(settings)), http_(http) {}

    std::vector<StreamChange> streams() const override {
        if (settings_.webhooks) return {{"webhook", false, 10min, {}}};
        return {{"updates", false, {}, {}}};
    }

    PollResult poll(const Stream& stream, Call& call) override {
        if (stream.name == "updates") return poll_updates(stream, call);
        if (stream.name == "webhook") return poll_webhook(stream, call);
        return {{Ending::gone, "telegram: no stream \"" + stream.name + "\"", {}, false}, {}};
    }

    Probe probe(Call& call) override {
        const auto reply = ask("getMe", Json::object(), call.now);
        Probe probe{reply.outcome, {}, {}, {}};
        if (!probe.outcome.ok()) return probe;
        probe.type = "bot token";
        probe.account = '@' + json::text(reply.result, "username");
        if (json::text(reply.result, "id").empty()) probe.outcome = {Ending::later, "telegram: the bot came without an id", {}, false};
        if (json::flag(reply.result, "can_read_all_group_messages"))
            probe.granted = {"can_read_all_group_messages"};
        else
            probe.missing = {"can_read_all_group_messages"};
        if (!probe.missing.empty()) probe.notes = {"privacy mode is on: in groups where the bot is no administrator, only what is addressed to it is read"};
        return probe;
    }

    /// The bot's id: the digits before the colon of its token are no secret.
    std::string account() const override {
        const auto& token = settings_.token.reveal();
        const auto id = token.substr(0, token.find(':'));
        return is_number(id) ? id : std::string();
    }

private:
    Reply ask(const std::string& method, const Json& parameters, Time now) const {
        HttpRequest request;
        request.method = "POST";
        request.url = settings_.host + "/bot" + settings_.token.reveal() + '/' + method;
        request.headers = {{"Content-Type", "application/json"}};
        request.body = json::raw(parameters);
        return read_reply(send(http_, request, "telegram"), now);
    }

    PollResult poll_updates(const Stream& stream, Call& call);
    PollResult poll_webhook(const Stream& stream, Call& call);

    Settings settings_;
    Http& http_;
};

/// Asking for the update after the last one tells Telegram that all before it were kept.
PollResult Telegram::poll_updates(const Stream& stream, Call& call) {
    auto kept = json::parse(stream.cursor);
    if (!kept.is_object()) kept = Json::object();
    const auto read_at = parse_time(json::text(kept, "read_at")), last_at = parse_time(json::text(kept, "last_at"));
    Json parameters = {{"limit", batch}, {"timeout", 0}, {"allowed_updates", telegram::wanted_updates()}};
    auto offset = json::count(kept, "offset").value_or(0);
    if (offset > 0 && last_at && call.now - *last_at < sequence_holds) parameters["offset"] = offset;
    const auto reply = ask("getUpdates", parameters, call.now);
    PollResult result{reply.outcome, {}};
    if (!result.outcome.ok()) return result;
    if (!reply.result.is_array()) return {{Ending::later, "telegram: the answer is no list", {}, false}, {}};
    auto& page = result.page;
    if (read_at && call.now - *read_at > kept_for) page.gaps.push_back({*read_at, call.now - kept_for, "Telegram keeps updates for 24 hours"});
    telegram::Ground ground{settings_.chats, settings_.own, {}};
    for (const auto& [from, to] : json::member(kept, "moved").items())
        if (to.is_string()) ground.moved[from] = to.get<std::string>();
    std::optional<std::int64_t> last;
    read_items(reply.result, page, [&](const Json& update) {
        if (const auto id = json::count(update, "update_id")) last = std::max(last.value_or(*id), *id);
        telegram::read_update(update, ground, call.now, page);
    });
    kept["read_at"] = format_time(call.now);
    if (last) {
        kept["offset"] = *last + 1;
        kept["last_at"] = format_time(call.now);
    }
    if (!ground.moved.empty()) kept["moved"] = ground.moved;
    page.cursor = json::raw(kept);
    page.more = last && reply.result.size() >= batch;
    return result;
}

/// The hook is the only way that updates come; there is nothing to poll beside it, so at least its health is seen.
PollResult Telegram::poll_webhook(const Stream&, Call& call) {
    const auto reply = ask("getWebhookInfo", Json::object(), call.now);
    PollResult result{reply.outcome, {}};
    if (!result.outcome.ok()) return result;
    if (!reply.result.is_object() || !reply.result.contains("url")) return {{Ending::later, "telegram: the answer makes no sense", {}, false}, {}};
    const auto pending = json::count(reply.result, "pending_update_count").value_or(0);
    const Time failed{std::chrono::seconds{std::clamp<std::int64_t>(json::count(reply.result, "last_error_date").value_or(0), 0, 100'000'000'000)}};
    if (json::text(reply.result, "url").empty())
        result.outcome = {Ending::reauth, "telegram: no webhook is set for this bot; call setWebhook again, or set webhooks = false", {}, true};
    else if (pending > 0 && failed > call.now - 15min)
        result.outcome = {Ending::later, "telegram: " + std::to_string(pending) + " updates wait: Telegram could not deliver to the webhook, and forgets them after 24 hours", call.now + 10min, false, true};
    return result;
}

// ---- webhooks ----------------------------------------------------------------------------------------

class TelegramReceiver final : public Receiver {
public:
    explicit TelegramReceiver(AppSettings settings) : settings_(std::move(settings)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time) const override {
        if (request.method != "POST") return {405, "", false};
        const Secrets secrets{settings_.secret, settings_.old_secret};
        const bool right = secrets.is_one(header(request.headers, "X-Telegram-Bot-Api-Secret-Token"));
        return {right ? 200 : 401, "", right};
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto update = json::parse(kept.body);
        if (!update.is_object() || !json::count(update, "update_id")) throw Error(Error::Kind::input, "telegram: a webhook that is no update");
        WebhookEntry entry{settings_.bot_id, {}, {}};
        telegram::Ground ground{settings_.chats, settings_.own, {}};
        read_items(Json::array({update}), entry.page, [&](const Json& one) { telegram::read_update(one, ground, kept.received_at, entry.page); });
        return {entry};
    }

private:
    AppSettings settings_;
};

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    while (settings.host.ends_with('/')) settings.host.pop_back();
    check_host(table, "host", settings.host, problems);
    auto credential = sha256_hex("telegram\n" + settings.host + '\n' + settings.token.reveal());
    return {std::make_unique<Telegram>(std::move(settings), services.http), std::move(credential)};
}

std::unique_ptr<Receiver> make_receiver(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems) {
    auto settings = config::read(app_options(), table, problems, common_keys);
    if (const auto* given = table.find("bot_id"); given && !is_number(settings.bot_id)) problems.add(given->at, "bot_id must be digits: those before the colon of the token");
    return std::make_unique<TelegramReceiver>(std::move(settings));
}

} // namespace

const Kind& telegram_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "telegram";
        made.platform = "telegram";
        made.gives = "Messages, comments and edits in the groups and channels that a bot was added to, by poll or by webhook.";
        made.needs = "A bot of its own with privacy mode off, a member of the group or an administrator of the channel.";
        made.terms = "Telegram Bot Platform Developer Terms of Service (telegram.org/tos/bot-developers, no version number; read it as of the day you connect): a bot "
                     "says in a privacy policy what it keeps, and takes no more than its task needs. larum's default is what people gave the brand themselves.";
        made.options = config::describe(options());
        made.interval = 10s;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 1;
        made.burst = 5;
        made.make = make;
        made.app_options = config::describe(app_options());
        made.make_receiver = make_receiver;
        made.cannot = {
            "Telegram does not tell bots about deleted messages: a deletion in Telegram is not seen.",
            "Known messages cannot be looked at again, and nothing from before the bot was added can be read.",
            "Updates that nobody fetched for 24 hours are gone: a longer absence is a gap.",
            "Webhook and poll exclude each other, so no poll can heal what a webhook lost.",
            "Groups and channels without the bot cannot be read; there is no search.",
            "Private chats with the bot are not public: they are counted, not kept.",
        };
        made.setup = {
            "Write /newbot to @BotFather and keep the token. Use a bot for larum alone: each update is given once, to one program.",
            "Write /setprivacy to @BotFather, choose the bot, Disable: else it sees only what is addressed to it. Then /setjoingroups, Disable, once it is in all its groups.",
            "Add the bot to the group as a member, to the channel as an administrator without rights.",
            "Webhooks instead of polling: call setWebhook with url https://YOUR-HOST/hooks/APP (port 443, 80, 88 or 8443), secret_token, and "
            "allowed_updates [\"message\",\"edited_message\",\"channel_post\",\"edited_channel_post\",\"my_chat_member\"]; set webhooks = true.",
        };
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
