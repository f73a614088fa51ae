#include "daemon/assembly.h"

#include "core/error.h"
#include "daemon/escalate/escalate.h"
#include "daemon/no_http.h"

namespace larum {

namespace {

class PrivateHttp final : public Http {
public:
    explicit PrivateHttp(Http& http) : http_(http) {}
    HttpAnswer send(const HttpRequest& request) override {
        HttpRequest allowed = request;
        allowed.private_allowed = true;
        return http_.send(allowed);
    }

private:
    Http& http_;
};

template <class Kind>
std::string names_of(const std::vector<const Kind*>& kinds) {
    std::string names;
    for (const auto* kind : kinds) names += (names.empty() ? "" : ", ") + kind->name;
    return names;
}

const config::Position& kind_position(const config::Value& table) {
    const auto* kind = table.find("kind");
    return kind ? kind->at : table.at;
}

void check_matching(const config::Source& source, const connectors::Kind& kind, config::Problems& problems) {
    if (source.matching) return;
    problems.add(source.table.at, "matching is missing; expected \"full\", \"own_data\" or \"off\"; this platform's terms allow at most \"" +
                                      std::string(word(kind.matching_most)) + "\" without the people's consent. " + kind.terms);
}

void make_source(const config::Source& source, Http& http, Http& private_http, Assembly& assembly, config::Problems& problems) {
    const auto* kind = connectors::find_kind(source.kind);
    if (!kind)
        return problems.add(kind_position(source.table), "kind is \"" + source.kind + "\"; expected one of: " + names_of(connectors::all_kinds()));
    check_matching(source, *kind, problems);
    assembly.sources[source.name] = kind->make(source.table, config::source_keys, problems, {source.private_allowed ? private_http : http, assembly.mailbox.get()});
}

void make_channel(const config::ChannelSettings& channel, Http& http, Http& private_http, Assembly& assembly, config::Problems& problems) {
    const auto* kind = alerts::find_kind(channel.kind);
    if (!kind)
        return problems.add(kind_position(channel.table), "kind is \"" + channel.kind + "\"; expected one of: " + names_of(alerts::all_kinds()));
    assembly.channels[channel.name] = kind->make(channel.table, config::channel_keys, problems, {channel.private_allowed ? private_http : http});
}

void make_receiver(const config::App& app, Assembly& assembly, config::Problems& problems) {
    const auto* kind = connectors::find_kind(app.kind);
    if (!kind || !kind->make_receiver) {
        std::string names;
        for (const auto* one : connectors::all_kinds())
            if (one->make_receiver) names += (names.empty() ? "" : ", ") + one->name;
        return problems.add(kind_position(app.table), "kind is \"" + app.kind + "\", which takes no webhooks; expected one of: " + names);
    }
    assembly.apps[app.name] = {kind, kind->make_receiver(app.table, config::app_keys, problems)};
}

void check_calendar(const config::Brand& brand, const config::Position& at, config::Problems& problems) {
    try {
        check_working_time(brand.working_time);
    } catch (const Error& error) {
        problems.add(at, "brand " + brand.name + ": " + error.what());
    }
}

std::string indent_note(const std::string& text) { return "# " + text + "\n"; }

bool is_default_example(const config::Section& section) {
    return section.table == "[[brand.NAME.rule]]";
}

} // namespace

Assembly assemble(const config::Config& config, Http& http) {
    Assembly assembly;
    config::Problems problems;
    assembly.private_http = std::make_unique<PrivateHttp>(http);
    assembly.mailbox = make_mailbox();
    for (const auto& source : config.sources) make_source(source, http, *assembly.private_http, assembly, problems);
    for (const auto& channel : config.channels) make_channel(channel, http, *assembly.private_http, assembly, problems);
    for (const auto& app : config.apps) make_receiver(app, assembly, problems);
    for (const auto& brand : config.brands) check_calendar(brand, {config.file, 1, 1}, problems);
    if (problems.empty()) return assembly;
    std::string text;
    for (const auto& line : problems.lines()) text += (text.empty() ? "" : "\n") + line;
    throw Error(Error::Kind::config, text);
}

void check_kinds(const config::Config& config) { assemble(config, no_http()); }

std::vector<std::string> beyond_terms(const config::Config& config) {
    std::vector<std::string> lines;
    for (const auto& source : config.sources) {
        const auto* kind = connectors::find_kind(source.kind);
        if (!kind || !source.matching || *source.matching <= kind->matching_most) continue;
        lines.push_back("source " + source.name + ": matching is \"" + std::string(word(*source.matching)) +
                        "\", more than the platform's terms allow without the people's consent (at most \"" +
                        std::string(word(kind->matching_most)) + "\"). " + kind->terms);
    }
    return lines;
}

Detail detail_of(const config::ChannelSettings& settings, const alerts::Channel& channel) {
    if (settings.kind == "log") return Detail::link;
    if (settings.detail) return *settings.detail;
    return channel.traits().edits ? Detail::masked : Detail::link;
}

std::string example_file() {
    std::string text = indent_note("larum.toml: every setting with its default. A line that begins with # is what larum does anyway.");
    for (const auto& section : config::sections()) {
        text += "\n" + indent_note(section.about);
        if (!section.table.empty()) text += "#" + section.table + "\n";
        text += config::example(section.settings);
        if (is_default_example(section)) {
            text += "\n" + indent_note("The default rules in full. Copy, change and uncomment all of them to have your own.");
            for (const auto& rule : config::default_rules()) {
                text += "#\n#[[brand.NAME.rule]]\n";
                const auto shown = config::show_rule(rule);
                for (std::size_t at = 0; at < shown.size();) {
                    const auto end = shown.find('\n', at);
                    text += "#" + shown.substr(at, end - at) + "\n";
                    at = end + 1;
                }
            }
        }
    }
    for (const auto* kind : connectors::all_kinds()) {
        text += "\n" + indent_note("Source of kind " + kind->name + ": " + kind->gives) + indent_note("Needs: " + kind->needs) +
                indent_note("Matching: " + kind->terms) + "#[source.NAME]\n#kind = \"" + kind->name + "\"\n" + config::example(kind->options);
        if (kind->make_receiver)
            text += "\n" + indent_note("Webhooks of " + kind->name) + "#[app.NAME]\n#kind = \"" + kind->name + "\"\n" + config::example(kind->app_options);
    }
    for (const auto* kind : alerts::all_kinds())
        text += "\n" + indent_note("Channel of kind " + kind->name + ": " + kind->about) + "#[channel.NAME]\n#kind = \"" + kind->name + "\"\n" +
                config::example(kind->options);
    return text;
}

std::string reference_page() {
    std::string text = "# Every setting\n\nMade by `larum check --reference`; a test keeps it true.\n";
    for (const auto& section : config::sections())
        text += "\n## " + (section.table.empty() ? "The top of the file" : "`" + section.table + "`") + "\n\n" + section.about + "\n\n" +
                config::reference(section.settings);
    text += "\n## Kinds of sources\n";
    for (const auto* kind : connectors::all_kinds()) {
        text += "\n### `kind = \"" + kind->name + "\"`\n\n" + kind->gives + "\n\nNeeds: " + kind->needs + "\n\nMatching at most `" +
                std::string(word(kind->matching_most)) + "`. " + kind->terms + "\n\n" + config::reference(kind->options);
        if (kind->make_receiver) text += "\n`[app.NAME]` with `kind = \"" + kind->name + "\"`:\n\n" + config::reference(kind->app_options);
    }
    text += "\n## Kinds of channels\n";
    for (const auto* kind : alerts::all_kinds())
        text += "\n### `kind = \"" + kind->name + "\"`\n\n" + kind->about + "\n\n" + config::reference(kind->options);
    return text;
}

} // namespace larum
