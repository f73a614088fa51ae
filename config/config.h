#pragma once

#include "config/option.h"
#include "config/second_opinion.h"
#include "core/log.h"
#include "core/model.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The whole of larum.toml, validated. Sources and channels keep their raw table: their kind reads it.
namespace larum::config {

struct DatabaseSettings {
    std::string url = "embedded";
    int connections = 8;
};

struct ListenSettings {
    std::string page = "127.0.0.1:8420";  ///< review page, API, metrics, health
    std::string hooks = "127.0.0.1:8421"; ///< platforms' webhooks
    std::string public_url;               ///< how people reach the page; links in alerts begin with it
};

struct LogSettings {
    log::Level level = log::Level::info;
    std::string format = "auto"; ///< auto (journald when the service manager runs us), text, json
};

struct HeartbeatSettings {
    std::string url; ///< called while all is well; empty: none
    Span interval = std::chrono::seconds{60};
};

struct RetentionSettings {
    Span text_none = std::chrono::hours{24 * 7};
    Span text_watch = std::chrono::hours{24 * 90};
    Span text_raised = std::chrono::hours{24 * 396};
    Span raw_bodies = std::chrono::hours{24 * 7};
    Span rejected_candidates = std::chrono::hours{24 * 30};
    Span alert_text = std::chrono::hours{24 * 90};
    Span audit = std::chrono::hours{24 * 365};
};

/// Conditions of a rule; every one that is set must hold. An OR is two rules.
struct Rule {
    std::string name;
    Urgency urgency = Urgency::none;
    std::optional<double> complaint_min;
    std::optional<double> repeat_contact_min;
    std::optional<double> customer_min;      ///< probability of the best candidate
    std::optional<double> case_min;          ///< of an unsolved case
    std::optional<int> attempts_min;         ///< recorded before the post
    std::optional<bool> promise_broken;
    std::optional<std::vector<std::string>> threats;  ///< any of
    std::optional<bool> hazard;
    std::optional<int> rating_max;
    std::optional<bool> reach_great;
    std::optional<bool> few_words;           ///< an attachment with fewer than five words
    std::optional<bool> late;                ///< first seen more than `late_after` after it was written, unexplained
    std::optional<bool> answer_due;          ///< the platform wants an answer by a time that is near or past, and there is none
    std::optional<bool> own;
    std::optional<bool> contest;             ///< under a parent marked as a contest
    std::optional<std::vector<std::string>> topics;
    std::optional<std::vector<std::string>> sources;
};

/// The rules of DESIGN section 6, in the order they are asked.
std::vector<Rule> default_rules();

struct Step {
    Span after{};
    std::vector<std::string> channels; ///< «care-desk», or «care-desk:recipient»; the next is tried when one refuses
};

struct Playbook {
    std::vector<Step> urgent;
    std::vector<std::string> flag_digest;   ///< channels of the hourly digest
    std::vector<std::string> hazard;        ///< own recipients of hazards; empty: those of urgent
    std::vector<std::string> service;       ///< where larum reports on itself
};

struct WorkingTime {
    std::string days = "mon-fri";
    std::string hours = "08:00-18:00";
};

struct Instruction {
    std::string topic;   ///< empty: any
    std::string channel; ///< channel of the last attempt; empty: any
    std::string text;
};

enum class Mode { shadow, live };

struct Brand {
    std::string name;
    std::vector<std::string> names;   ///< how people write it
    std::vector<std::string> handles; ///< its own accounts «platform:handle»
    std::vector<std::string> tags;
    std::vector<std::string> competitors;
    std::string language = "en"; ///< of alerts: pl or en
    std::string zone = "UTC";
    std::vector<std::string> order_formats; ///< «ZAM/YYYY/NNNNNN»: A letter, N digit, YYYY year; others themselves
    std::vector<std::string> case_formats;
    std::vector<std::string> contest_posts; ///< native ids of posts marked as a contest
    std::int64_t reach_followers = 10000;
    std::int64_t reach_reactions = 200;
    Span late_after = std::chrono::hours{24};
    Span answer_due_before = std::chrono::hours{36}; ///< deadlines mostly end a day: from noon of the day before
    std::string model;        ///< file of its own judgement, absolute; empty: the built-in one
    std::optional<Mode> mode; ///< unset: what a person switched it to; a new brand starts in shadow
    double link_min = 0.9;    ///< the story is shown
    double suggest_min = 0.1; ///< a candidate is shown; where namesakes share, each has little
    int burst_alerts = 5;
    Span burst_window = std::chrono::minutes{10};
    bool fold_similar = true; ///< near-identical texts by many authors make one message
    std::string quiet_line_at = "08:00";
    WorkingTime working_time;
    Playbook playbook;
    std::vector<Rule> rules; ///< default_rules() when none are written
    std::vector<Instruction> instructions;
    RetentionSettings retention;
};

enum class Seen { now, posted };

struct Source {
    std::string name;
    std::string brand;
    std::string kind;
    std::optional<Matching> matching;
    std::optional<Span> interval;
    Seen seen = Seen::now;
    Span alert_since = std::chrono::hours{1};
    bool private_allowed = false;
    Value table;
};

struct ChannelSettings {
    std::string name;
    std::string kind;
    std::optional<Detail> detail;
    bool private_allowed = false;
    double per_second = 1; ///< messages per second; 0: no limit
    Value table;
};

struct App {
    std::string name;
    std::string kind;
    Value table;
};

struct Config {
    std::string file; ///< empty: built-in defaults
    std::filesystem::path state_dir;
    DatabaseSettings database;
    ListenSettings listen;
    LogSettings log;
    HeartbeatSettings heartbeat;
    std::vector<Brand> brands;
    std::vector<Source> sources;
    std::vector<ChannelSettings> channels;
    std::vector<App> apps;
    std::optional<SecondOpinionSettings> second_opinion; ///< none: nobody is asked

    const Brand* find_brand(std::string_view name) const;
    const Source* find_source(std::string_view name) const;
    const ChannelSettings* find_channel(std::string_view name) const;
};

/// Reads and validates everything but the kinds' own options (daemon/assembly.h does those). Throws Error::Kind::config whose text has a
/// line per problem: «file:line:column: what is wrong, what would be right».
Config read_config(const std::filesystem::path& file);
Config parse_config(std::string_view toml, const std::string& file);

/// The file given, else /etc/larum/larum.toml when it exists, else built-in defaults.
Config load(const std::optional<std::filesystem::path>& given);

/// `state_dir` of the config, else $LARUM_STATE_DIR, else /var/lib/larum where it exists, else XDG.
std::filesystem::path state_dir(const Config& config);

/// A table of the file and what may stand in it, for the example and the reference.
struct Section {
    std::string table; ///< «[database]», «[brand.NAME]», «[[brand.NAME.rule]]»
    std::string about;
    std::vector<Description> settings;
};
std::vector<Section> sections();

/// One rule as TOML, for the example.
std::string show_rule(const Rule& rule);

extern const std::vector<std::string> source_keys;  ///< keys of [source.NAME] that every kind has
extern const std::vector<std::string> channel_keys;
extern const std::vector<std::string> app_keys;

} // namespace larum::config

namespace larum {
template <> struct Words<config::Mode> { static constexpr std::string_view list[] = {"shadow", "live"}; };
template <> struct Words<config::Seen> { static constexpr std::string_view list[] = {"now", "posted"}; };
} // namespace larum
