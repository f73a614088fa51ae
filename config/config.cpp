#include "config/config.h"

#include "core/error.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace larum::config {

const std::vector<std::string> source_keys = {"brand", "kind", "matching", "interval", "seen", "alert_since", "private_allowed"};
const std::vector<std::string> channel_keys = {"kind", "detail", "private_allowed", "per_second"};
const std::vector<std::string> app_keys = {"kind"};

namespace {

constexpr std::size_t file_bytes_max = 4u << 20;

// ---- one list per settings struct ------------------------------------------------------------------

const Options<DatabaseSettings> database_options = {
    option("url", &DatabaseSettings::url,
           "\"embedded\": larum keeps a private PostgreSQL of its own in its state folder. Else the URL of a "
           "PostgreSQL 15 to 17, like postgresql://larum@db.example/larum; keep the password in ~/.pgpass or "
           "PGPASSFILE."),
    option("connections", &DatabaseSettings::connections, "The most connections one daemon opens."),
};

const Options<ListenSettings> listen_options = {
    option("page", &ListenSettings::page, "Address of the review page, its API, /metrics, /healthz and /readyz."),
    option("hooks", &ListenSettings::hooks, "Address that takes the platforms' webhooks (POST /hooks/APP)."),
    option("public_url", &ListenSettings::public_url,
           "How people reach the review page, like https://larum.example; links in alerts begin with it."),
};

const Options<LogSettings> log_options = {
    option("level", &LogSettings::level, "The least level that is written."),
    option("format", &LogSettings::format, "auto (journald under systemd, else text), text or json."),
};

const Options<HeartbeatSettings> heartbeat_options = {
    option("url", &HeartbeatSettings::url,
           "Called with GET while all is well, so that a watcher elsewhere notices a dead larum. Empty: none."),
    option("interval", &HeartbeatSettings::interval, "How often the heartbeat is called."),
};

const Options<RetentionSettings> retention_options = {
    option("text_none", &RetentionSettings::text_none, "How long the text of posts decided none is kept."),
    option("text_watch", &RetentionSettings::text_watch, "How long the text of posts decided watch is kept."),
    option("text_raised", &RetentionSettings::text_raised, "How long the text of flagged and urgent posts is kept."),
    option("raw_bodies", &RetentionSettings::raw_bodies, "How long raw webhook bodies are kept."),
    option("rejected_candidates", &RetentionSettings::rejected_candidates,
           "How long candidates that were not linked are kept."),
    option("alert_text", &RetentionSettings::alert_text, "How long sent alerts keep their text where the chat can edit."),
    option("audit", &RetentionSettings::audit, "How long the audit log is kept."),
};

const Options<WorkingTime> working_time_options = {
    option("days", &WorkingTime::days, "Working days, like mon-fri or mon-sat."),
    option("hours", &WorkingTime::hours, "Working hours in the brand's zone, like 08:00-18:00."),
};

const Options<Rule> rule_options = {
    required("name", &Rule::name, "Name of the rule, shown as the rule that decided."),
    required("urgency", &Rule::urgency, "What it decides: none, watch, flag or urgent."),
    option("complaint_min", &Rule::complaint_min, "The post is a complaint with at least this probability."),
    option("repeat_contact_min", &Rule::repeat_contact_min,
           "The post says that its author already turned to the brand, with at least this probability."),
    option("customer_min", &Rule::customer_min, "The likeliest customer has at least this probability."),
    option("case_min", &Rule::case_min, "An unsolved case of that customer has at least this probability."),
    option("attempts_min", &Rule::attempts_min, "At least so many attempts were recorded before the post."),
    option("promise_broken", &Rule::promise_broken, "The promised day of that case was over when the post was written."),
    option("threats", &Rule::threats, "Any of these threats: legal, regulator, media, churn, chargeback, public."),
    option("hazard", &Rule::hazard, "The post tells of a hazard (fire, injury, leaked data, press, ...)."),
    option("rating_max", &Rule::rating_max, "A rating of at most this many stars."),
    option("reach_great", &Rule::reach_great, "The author's followers or the reactions pass the brand's threshold."),
    option("few_words", &Rule::few_words, "An attachment with fewer than five words."),
    option("late", &Rule::late, "The post was first seen later than `late_after`, and no known gap explains it."),
    option("answer_due", &Rule::answer_due,
           "The platform or the law wants an answer within `answer_due_before`, or wanted it before now, and there is none."),
    option("own", &Rule::own, "The brand itself wrote it."),
    option("contest", &Rule::contest, "It stands under a post marked as a contest."),
    option("topics", &Rule::topics, "Any of these topics."),
    option("sources", &Rule::sources, "From any of these sources."),
};

const Options<Instruction> instruction_options = {
    option("topic", &Instruction::topic, "For matters of this topic; left out: any."),
    option("channel", &Instruction::channel, "When the last attempt came over this channel; left out: any."),
    required("text", &Instruction::text, "What the service team should do next: the alert's last line."),
};

const Options<Brand> brand_options = {
    option("names", &Brand::names, "How people write the brand's name; default: the table's own name."),
    option("handles", &Brand::handles, "The brand's own accounts, like \"facebook:sosnello\"."),
    option("tags", &Brand::tags, "Hashtags of the brand, without #."),
    option("competitors", &Brand::competitors, "Names whose faults are not this brand's."),
    option("language", &Brand::language, "Language of alerts: pl or en."),
    option("zone", &Brand::zone, "Time zone of the brand's calendar, like Europe/Warsaw."),
    option("order_formats", &Brand::order_formats,
           "Shapes of order numbers: YYYY a year, N a digit, A a letter in doubled or longer runs, everything else "
           "itself, like \"ZAM/YYYY/NNNNNN\"."),
    option("case_formats", &Brand::case_formats, "Shapes of case numbers, written the same way."),
    option("contest_posts", &Brand::contest_posts, "Native ids of posts that are contests: comments below raise nothing."),
    option("reach_followers", &Brand::reach_followers, "An author with so many followers has great reach."),
    option("reach_reactions", &Brand::reach_reactions, "A post with so many reactions in its first day has great reach."),
    option("late_after", &Brand::late_after, "A post first seen later than this is late: flagged instead of urgent."),
    option("answer_due_before", &Brand::answer_due_before,
           "How long before the time by which a platform or the law wants an answer an unanswered post becomes urgent. Such times "
           "mostly end a day; 36 hours before is noon of the day before."),
    option("model", &Brand::model,
           "The brand's own judgement, a file that `larum train` wrote; relative to the folder of this config. Left out: the "
           "built-in judgement. Read again on SIGHUP."),
    option("mode", &Brand::mode,
           "shadow: decide, show on the page, send nothing. live: send. Unset: a new brand starts in shadow until a "
           "person switches it on the page."),
    option("link_min", &Brand::link_min,
           "Who the author is: from this probability on larum says «this is» and shows the customer's name and story. "
           "A name alone is given 0.89 at most."),
    option("suggest_min", &Brand::suggest_min,
           "Between this and `link_min` larum says «probably» and shows the candidate by initials for a person to "
           "decide; below, a candidate is only counted. At most `link_min`."),
    option("burst_alerts", &Brand::burst_alerts,
           "More urgent alerts than this for one recipient within `burst_window` become one message that counts; 0: never."),
    option("burst_window", &Brand::burst_window, "See `burst_alerts`."),
    option("fold_similar", &Brand::fold_similar, "Near-identical texts by many authors become one message that counts."),
    option("quiet_line_at", &Brand::quiet_line_at,
           "When the daily line goes to the service channels, local time; empty: never."),
};

/// The members of a playbook that are plain lists of channels.
const Options<Playbook> playbook_options = {
    option("flag_digest", &Playbook::flag_digest, "Channels of the hourly digest of flagged posts, in working time."),
    option("hazard", &Playbook::hazard, "Channels for hazards; left out: the urgent ones."),
    option("service", &Playbook::service, "Channels where larum reports on itself: dead sources, refused alerts, the daily line."),
};

const Options<Step> step_options = {
    option("after", &Step::after, "How long after the post was raised."),
    required("channels", &Step::channels,
             "Whom to tell: \"CHANNEL\" or \"CHANNEL:RECIPIENT\"; the next one is tried when one refuses."),
};

const Options<Source> source_options = {
    option("brand", &Source::brand, "The brand it is read for; may be left out when there is only one."),
    required("kind", &Source::kind, "What it is: see `larum sources --kinds`."),
    option("matching", &Source::matching,
           "How far posts may be matched to customers: full (all evidence), own_data (only what the author gave the "
           "brand: numbers, addresses, known handles) or off. Required: the platform's terms decide."),
    option("interval", &Source::interval, "How often it is read; left out: the kind's own."),
    option("seen", &Source::seen, "posted (file sources only): posts count as first seen when they were written."),
    option("alert_since", &Source::alert_since,
           "Posts written longer than this before the source was first connected raise no alert; they are decided and shown. \"30d\" asks for alerts on those of the last month too."),
    option("private_allowed", &Source::private_allowed,
           "Calls to private and loopback addresses are refused unless this is true."),
};

const Options<ChannelSettings> channel_options = {
    required("kind", &ChannelSettings::kind, "What it is: slack, mattermost, webhook, email, log, ..."),
    option("detail", &ChannelSettings::detail,
           "How much it may carry of a person: link, masked or full; left out: masked where the channel can edit what "
           "it sent, else link."),
    option("private_allowed", &ChannelSettings::private_allowed,
           "Calls to private and loopback addresses are refused unless this is true."),
    option("per_second", &ChannelSettings::per_second, "The most messages per second; 0: no limit."),
};

const Options<App> app_options = {
    required("kind", &App::kind, "The platform whose webhooks it takes: facebook, ..."),
};

struct Top {
    std::string state_dir;
};
const Options<Top> top_options = {
    option("state_dir", &Top::state_dir,
           "Where larum keeps its state; left out: $LARUM_STATE_DIR, else /var/lib/larum where it exists, else the XDG "
           "state folder."),
};

// ---- reading ---------------------------------------------------------------------------------------

const Value* table_of(const Value& parent, const std::string& key, Problems& problems) {
    const auto* value = parent.find(key);
    if (value && !value->table()) {
        problems.add(value->at, "\"" + key + "\" must be a table, like [" + key + "]");
        return nullptr;
    }
    return value;
}

template <class S>
void read_table(const Options<S>& options, const Value& parent, const std::string& key, S& into, Problems& problems) {
    if (const auto* table = table_of(parent, key, problems)) into = read(options, *table, problems);
}

/// Calls `each(name, table)` for [KEY.NAME].
template <class F>
void each_named(const Value& root, const std::string& key, Problems& problems, F each) {
    const auto* group = table_of(root, key, problems);
    if (!group) return;
    for (const auto& [name, table] : *group->table()) {
        if (!table.table())
            problems.add(table.at, "\"" + name + "\" stands in [" + key + "]; expected a table [" + key + ".NAME]");
        else if (name.empty() || name.find_first_of(": \t\n/") != std::string::npos)
            problems.add(table.at, "\"" + name + "\" cannot be a name: it may not be empty or hold blanks, colons or slashes");
        else
            each(name, table);
    }
}

/// Calls `each(item)` for every table of a list of tables.
template <class F>
void each_item(const Value& table, const std::string& key, Problems& problems, F each) {
    const auto* list = table.find(key);
    if (!list) return;
    if (!list->list()) return problems.add(list->at, "\"" + key + "\" must be a list of tables");
    for (const auto& item : *list->list()) {
        if (item.table())
            each(item);
        else
            problems.add(item.at, "an entry of \"" + key + "\" must be a table");
    }
}

void read_playbook(const Value& brand, Playbook& playbook, Problems& problems) {
    const auto* table = table_of(brand, "playbook", problems);
    if (!table) return;
    playbook = read(playbook_options, *table, problems, {"urgent"});
    each_item(*table, "urgent", problems,
              [&](const Value& item) { playbook.urgent.push_back(read(step_options, item, problems)); });
    for (std::size_t i = 1; i < playbook.urgent.size(); ++i)
        if (playbook.urgent[i].after < playbook.urgent[i - 1].after)
            problems.add(table->at, "the steps of \"urgent\" must grow in \"after\"");
}

template <class E>
void check_words(const std::optional<std::vector<std::string>>& texts, const Position& at, const std::string& setting,
                 Problems& problems) {
    for (const auto& one : texts.value_or(std::vector<std::string>{}))
        if (!from_word<E>(one)) problems.add(at, setting + " holds \"" + one + "\"; expected any of: " + all_words<E>());
}

void check_share(std::optional<double> value, const Position& at, const std::string& setting, Problems& problems) {
    if (value && !(*value >= 0 && *value <= 1)) problems.add(at, setting + " must lie between 0 and 1");
}

Rule read_rule(const Value& item, Problems& problems) {
    Rule rule = read(rule_options, item, problems);
    check_words<Threat>(rule.threats, item.at, "threats", problems);
    check_words<Topic>(rule.topics, item.at, "topics", problems);
    check_share(rule.complaint_min, item.at, "complaint_min", problems);
    check_share(rule.repeat_contact_min, item.at, "repeat_contact_min", problems);
    check_share(rule.customer_min, item.at, "customer_min", problems);
    check_share(rule.case_min, item.at, "case_min", problems);
    return rule;
}

void check_brand(const Brand& brand, const Position& at, Problems& problems) {
    if (brand.language != "pl" && brand.language != "en")
        problems.add(at, "language is \"" + brand.language + "\"; expected pl or en");
    if (!zone_exists(brand.zone))
        problems.add(at, "zone is \"" + brand.zone + "\", which is no time zone; expected a name like Europe/Warsaw");
    check_share(brand.link_min, at, "link_min", problems);
    check_share(brand.suggest_min, at, "suggest_min", problems);
    if (brand.suggest_min > brand.link_min)
        problems.add(at, "suggest_min is above link_min; expected link_min to be the higher of the two, like 0.9 above 0.1");
    std::set<std::string> names;
    for (const auto& rule : brand.rules)
        if (!names.insert(rule.name).second) problems.add(at, "two rules are named \"" + rule.name + "\"");
}

Brand read_brand(const std::string& name, const Value& table, Problems& problems) {
    Brand brand = read(brand_options, table, problems,
                       {"retention", "working_time", "playbook", "rule", "instruction"});
    brand.name = name;
    if (brand.names.empty()) brand.names = {name};
    read_table(retention_options, table, "retention", brand.retention, problems);
    read_table(working_time_options, table, "working_time", brand.working_time, problems);
    read_playbook(table, brand.playbook, problems);
    each_item(table, "rule", problems, [&](const Value& item) { brand.rules.push_back(read_rule(item, problems)); });
    each_item(table, "instruction", problems, [&](const Value& item) {
        auto instruction = read(instruction_options, item, problems);
        if (!instruction.topic.empty()) check_words<Topic>({{instruction.topic}}, item.at, "topic", problems);
        if (!instruction.channel.empty())
            check_words<ContactChannel>({{instruction.channel}}, item.at, "channel", problems);
        brand.instructions.push_back(std::move(instruction));
    });
    if (brand.rules.empty()) brand.rules = default_rules();
    check_brand(brand, table.at, problems);
    return brand;
}

std::vector<std::string> keys_of(const Value& table) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : *table.table()) keys.push_back(key);
    return keys;
}

void check_address(const std::string& address, const Value& root, const std::string& setting, Problems& problems) {
    const auto colon = address.rfind(':');
    const auto port = colon == std::string::npos ? std::string() : address.substr(colon + 1);
    const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::stoi(port) > 65535 || colon == 0)
        problems.add(root.at, "listen." + setting + " is \"" + address + "\"; expected HOST:PORT like 127.0.0.1:8420");
}

void check_channels(const Config& config, const std::vector<std::string>& named, const Value& at, const Brand& brand,
                    Problems& problems) {
    for (const auto& one : named)
        if (!config.find_channel(one.substr(0, one.find(':'))))
            problems.add(at.at, "the playbook of brand \"" + brand.name + "\" names the channel \"" + one +
                                    "\"; expected the NAME of a [channel.NAME]");
}

void check_references(Config& config, const Value& root, Problems& problems) {
    for (auto& source : config.sources) {
        const auto& at = source.table.at;
        if (source.brand.empty() && config.brands.size() == 1) source.brand = config.brands.front().name;
        if (source.brand.empty())
            problems.add(at, "brand is missing: several brands are configured, so the source must name its own");
        else if (!config.find_brand(source.brand))
            problems.add(at, "brand is \"" + source.brand + "\"; expected the NAME of a [brand.NAME]");
        if (source.seen == Seen::posted && source.kind != "file")
            problems.add(at, "seen = \"posted\" is for sources of kind file only");
    }
    for (const auto& brand : config.brands) {
        for (const auto& step : brand.playbook.urgent) check_channels(config, step.channels, root, brand, problems);
        for (const auto* list : {&brand.playbook.flag_digest, &brand.playbook.hazard, &brand.playbook.service})
            check_channels(config, *list, root, brand, problems);
    }
    if (config.second_opinion) {
        for (const auto& name : config.second_opinion->brands)
            if (!config.find_brand(name))
                problems.add(root.find("second_opinion")->at, "second_opinion.brands holds \"" + name + "\"; expected the NAME of a [brand.NAME]");
    }
}

Brand default_brand() {
    Brand brand;
    brand.name = "default";
    brand.rules = default_rules();
    return brand;
}

[[noreturn]] void fail(const Problems& problems) {
    std::string text;
    for (const auto& line : problems.lines()) text += (text.empty() ? "" : "\n") + line;
    throw Error(Error::Kind::config, text);
}

} // namespace

Config parse_config(std::string_view toml, const std::string& file) {
    Value root = parse_toml(toml, file);
    Problems problems;
    Config config;
    config.file = file;
    root.at = {file, 1, 1};
    const auto top = read(top_options, root, problems,
                          {"database", "listen", "log", "heartbeat", "brand", "source", "channel", "app", "second_opinion"});
    config.state_dir = top.state_dir;
    read_table(database_options, root, "database", config.database, problems);
    read_table(listen_options, root, "listen", config.listen, problems);
    read_table(log_options, root, "log", config.log, problems);
    read_table(heartbeat_options, root, "heartbeat", config.heartbeat, problems);
    config.second_opinion = read_second_opinion(root, problems);
    check_address(config.listen.page, root, "page", problems);
    check_address(config.listen.hooks, root, "hooks", problems);
    if (config.database.connections < 2 || config.database.connections > 200)
        problems.add(root.at, "database.connections must lie between 2 and 200");
    each_named(root, "brand", problems, [&](const std::string& name, const Value& table) {
        config.brands.push_back(read_brand(name, table, problems));
    });
    each_named(root, "source", problems, [&](const std::string& name, const Value& table) {
        auto source = read(source_options, table, problems, keys_of(table));
        source.name = name;
        source.table = table;
        config.sources.push_back(std::move(source));
    });
    each_named(root, "channel", problems, [&](const std::string& name, const Value& table) {
        auto channel = read(channel_options, table, problems, keys_of(table));
        channel.name = name;
        channel.table = table;
        config.channels.push_back(std::move(channel));
    });
    each_named(root, "app", problems, [&](const std::string& name, const Value& table) {
        auto app = read(app_options, table, problems, keys_of(table));
        app.name = name;
        app.table = table;
        config.apps.push_back(std::move(app));
    });
    const auto folder = std::filesystem::absolute(file).parent_path();
    for (auto& brand : config.brands)
        if (!brand.model.empty()) brand.model = (folder / brand.model).lexically_normal().string();
    if (config.brands.empty()) config.brands.push_back(default_brand());
    check_references(config, root, problems);
    if (!problems.empty()) fail(problems);
    return config;
}

Config read_config(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string content(file_bytes_max + 1, '\0');
    if (stream) stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    if (!stream.is_open() || std::filesystem::is_directory(file))
        throw Error(Error::Kind::config, file.string() + ": cannot be read; expected a config file in TOML");
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > file_bytes_max) throw Error(Error::Kind::config, file.string() + ": is over 4 MiB; expected a config file");
    return parse_config(content, file.string());
}

Config load(const std::optional<std::filesystem::path>& given) {
    static const std::filesystem::path usual = "/etc/larum/larum.toml";
    std::error_code ignored;
    if (given) return read_config(*given);
    if (std::filesystem::exists(usual, ignored)) return read_config(usual);
    Config config;
    config.brands.push_back(default_brand());
    return config;
}

std::filesystem::path state_dir(const Config& config) {
    if (!config.state_dir.empty()) return config.state_dir;
    if (const char* set = std::getenv("LARUM_STATE_DIR"); set && *set) return set;
    std::error_code ignored;
    // Root's own folders cannot be entered by the user that its private database runs as.
    if (geteuid() == 0 || std::filesystem::exists("/var/lib/larum", ignored)) return "/var/lib/larum";
    if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg && *xdg) return std::filesystem::path(xdg) / "larum";
    const char* home = std::getenv("HOME");
    if (!home || !*home)
        throw Error(Error::Kind::config, "no state folder: set state_dir in the config, or $LARUM_STATE_DIR or $HOME");
    return std::filesystem::path(home) / ".local/state/larum";
}

const Brand* Config::find_brand(std::string_view name) const {
    for (const auto& one : brands)
        if (one.name == name) return &one;
    return nullptr;
}

const Source* Config::find_source(std::string_view name) const {
    for (const auto& one : sources)
        if (one.name == name) return &one;
    return nullptr;
}

const ChannelSettings* Config::find_channel(std::string_view name) const {
    for (const auto& one : channels)
        if (one.name == name) return &one;
    return nullptr;
}

std::vector<Section> sections() {
    return {
        {"", "The top of the file.", describe(top_options)},
        {"[database]", "Where everything is kept.", describe(database_options)},
        {"[listen]", "Two listeners: people on one, platforms on the other. Keep both on loopback behind a proxy with TLS.",
         describe(listen_options)},
        {"[log]", "What larum writes about itself. Never personal data.", describe(log_options)},
        {"[heartbeat]", "Tells a watcher elsewhere that larum lives.", describe(heartbeat_options)},
        {"[brand.NAME]", "A company that is watched. NAME is a permanent key in the database.", describe(brand_options)},
        {"[brand.NAME.working_time]", "When the hourly digest goes out.", describe(working_time_options)},
        {"[brand.NAME.retention]", "How long things are kept, counted from receipt.", describe(retention_options)},
        {"[brand.NAME.playbook]", "Who is told. `urgent` is a list of steps: urgent = [{after = \"0s\", channels = [\"care-desk\"]}].",
         describe(playbook_options)},
        {"[[brand.NAME.playbook.urgent]]", "One step of the playbook for urgent posts.", describe(step_options)},
        {"[[brand.NAME.instruction]]", "What to do next, by topic and channel: the alert's last line.", describe(instruction_options)},
        {"[[brand.NAME.rule]]", "Ordered rules; all conditions of one must hold; the first that matches decides. "
                                "Writing one replaces all defaults.",
         describe(rule_options)},
        {"[source.NAME]", "One place to read. NAME is a permanent key. The kind's own settings stand beside these.",
         describe(source_options)},
        {"[channel.NAME]", "One chat, mailbox or receiver to tell.", describe(channel_options)},
        {"[app.NAME]", "One webhook address: POST /hooks/NAME.", describe(app_options)},
        {"[second_opinion]", "A model of your own that is asked about borderline posts (docs/second-opinion.md). Without this table nobody is asked.",
         describe(second_opinion_options)},
    };
}

std::string show_rule(const Rule& rule) {
    std::string text;
    for (const auto& one : rule_options)
        if (const auto shown = one.show(rule); !shown.empty()) text += one.description.name + " = " + shown + "\n";
    return text;
}

} // namespace larum::config
