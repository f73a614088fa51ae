#include "daemon/commands/on_connecting.h"

#include "core/error.h"
#include "core/text.h"
#include "daemon/commands/on_answers.h"
#include "daemon/commands/on_terminal.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

namespace larum::commands {

using connect::Answer;
using connect::Block;

namespace {

constexpr int tries_max = 5;

} // namespace

std::vector<Block> ConnectPlan::blocks() const {
    std::vector<Block> all;
    if (brand) all.push_back(*brand);
    all.push_back(source);
    if (app) all.push_back(*app);
    return all;
}

Interview::Interview(const connectors::Kind& kind, const ConnectFlags& flags, const config::Config* written,
                     bool names_brands, connect::Secrets& secrets)
    : kind_(kind), flags_(flags), written_(written), names_brands_(names_brands), secrets_(secrets),
      common_(common_settings()), options_{"source", "new", {}} {}

ConnectPlan Interview::run() {
    read_flags();
    plan_.talked = (stdin_is_terminal() && !flags_.yes) || something_is_missing();
    if (plan_.talked) introduce();
    choose_brand();
    choose_name();
    fill(options_, common_);
    fill(options_, kind_.options);
    ask_required();
    if (plan_.talked) offer_others();
    settle();
    choose_matching();
    choose_app();
    assemble();
    return plan_;
}

std::optional<ConnectPlan> Interview::mend() {
    if (!plan_.talked) return {};
    std::vector<Setting> given;
    for (const auto& one : kind_.options) given.push_back(one);
    const auto before = options_;
    if (!ask_chosen("Which settings do you want to give anew (names with blanks between; empty: none)? ",
                    given))
        return {};
    settle();
    // What the app took from the source it takes again.
    for (const auto& old : before.answers)
        if (const auto* same = plan_.app ? plan_.app->find(old.key) : nullptr;
            same && same->tried == old.tried)
            plan_.app->put(*options_.find(old.key));
    assemble();
    return plan_;
}

void Interview::assemble() {
    if (brand_) plan_.source.put(*brand_);
    plan_.source.put({"kind", config::quote(kind_.name), config::quote(kind_.name)});
    plan_.source.put(matching_);
    for (const auto& one : options_.answers) plan_.source.put(one);
}

// ---- flags -----------------------------------------------------------------------------------------------

const Interview::Setting& Interview::setting(const std::string& key) const {
    const bool of_app = key.starts_with(app_prefix);
    const auto* hook = of_app ? connect::webhook_kind(kind_) : nullptr;
    const auto plain = of_app ? key.substr(app_prefix.size()) : key;
    const auto* found =
        of_app ? (hook ? find(hook->app_options, plain) : nullptr) : find(kind_.options, plain);
    if (!found && !of_app) found = find(common_, plain);
    if (found) return *found;
    if (key == "brand" || key == "matching") throw wrong("\"" + key + "\" is given as --" + key);
    std::vector<std::string> names;
    for (const auto& one : kind_.options) names.push_back(one.name);
    for (const auto& one : common_) names.push_back(one.name);
    if (hook)
        for (const auto& one : hook->app_options) names.push_back(app_prefix + one.name);
    throw wrong("\"" + key + "\" is no setting of " + kind_.name + "; expected one of: " + joined(names));
}

void Interview::read_flags() {
    for (const auto& one : flags_.set) {
        const auto [key, value] = split("--set", one);
        if (connect::is_secret(setting(key)))
            throw wrong(
                key + " is a secret: what stands on a command line is seen by others; give it as --secret " +
                key + "=file:/path");
        set_[key].push_back(value);
    }
    for (const auto& one : flags_.secrets) {
        const auto [key, value] = split("--secret", one);
        if (!connect::is_secret(setting(key)))
            throw wrong(key + " is no secret; give it as --set " + key + "=…");
        if (!connect::is_reference(value))
            throw wrong("--secret " + key +
                        " takes file:/path, env:NAME or credential:NAME: what stands on a command line is "
                        "seen by others");
        secret_[key] = value;
    }
}

bool Interview::something_is_missing() const {
    for (const auto& one : kind_.options)
        if (one.required && !is_given(one.name)) return true;
    const bool no_brand = flags_.brand.empty() && (!written_ || written_->brands.size() > 1);
    return no_brand || flags_.matching.empty();
}

// ---- what the kind is ------------------------------------------------------------------------------------

void Interview::introduce() const {
    std::string text = '\n' + kind_.name + "\n\n" + wrapped("  gives    ", kind_.gives) +
                       wrapped("  needs    ", kind_.needs);
    for (std::size_t i = 0; i < kind_.cannot.size(); ++i)
        text += wrapped(i == 0 ? "  cannot   - " : "           - ", kind_.cannot[i]);
    if (!kind_.setup.empty()) text += "\nOn the platform, before you go on:\n";
    for (std::size_t i = 0; i < kind_.setup.size(); ++i)
        text += wrapped("  " + std::to_string(i + 1) + ". ", kind_.setup[i]);
    say(text + "\nMore: docs/sources/" + kind_.name + ".md\n\n");
}

// ---- names -----------------------------------------------------------------------------------------------

void Interview::choose_brand() {
    const auto quoted = [](const std::string& name) {
        return Answer{"brand", config::quote(name), config::quote(name)};
    };
    // A config without any [brand.NAME] reads for a brand named «default», which needs no mention.
    const bool implied = written_ && !names_brands_;
    auto name = flags_.brand;
    if (name.empty() && implied) return;
    if (name.empty() && written_ && written_->brands.size() == 1) name = written_->brands.front().name;
    if (name.empty() && written_) {
        std::vector<std::string> names;
        for (const auto& one : written_->brands) names.push_back(one.name);
        name = need(ask("For which brand is it read (" + joined(names) + ")? "), "the brand", "--brand NAME");
    }
    if (name.empty())
        name = need(
            ask("There is no config yet. Name of the brand that is watched (a permanent key, like acme): "),
            "the brand", "--brand NAME");
    check_name("a brand", name);
    brand_ = quoted(name);
    if (!written_ || implied) {
        plan_.brand = Block{"brand", name, {}};
        return;
    }
    if (!written_->find_brand(name)) throw wrong("the config has no brand \"" + name + "\"");
}

void Interview::choose_name() {
    auto free = kind_.name;
    for (int i = 2; written_ && written_->find_source(free); ++i) free = kind_.name + '-' + std::to_string(i);
    auto& name = plan_.source.name = flags_.name;
    if (name.empty() && plan_.talked)
        name = text::trim(ask("Name of the source, a permanent key [" + free + "]: ").value_or(""));
    if (name.empty()) name = free;
    plan_.source.group = "source";
    check_name("a source", name);
    if (written_ && written_->find_source(name))
        throw wrong("there is a [source." + name + "] already; choose another --name");
}

// ---- settings --------------------------------------------------------------------------------------------

Answer Interview::answered(const Setting& setting, const Block& block,
                           const std::vector<std::string>& typed) {
    if (!connect::is_secret(setting)) {
        const auto toml = connect::as_toml(setting, typed);
        return {setting.name, toml, toml};
    }
    const auto& secret = typed.front();
    if (connect::is_reference(secret)) return {setting.name, config::quote(secret), config::quote(secret)};
    const auto& owner = block.group == "app" ? block.name : plan_.source.name;
    return secrets_.keep(setting.name, owner + '.' + setting.name, secret);
}

void Interview::fill(Block& block, const std::vector<Setting>& settings) {
    const auto prefix = block.group == "app" ? app_prefix : "";
    for (const auto& one : settings) {
        if (const auto given = set_.find(prefix + one.name); given != set_.end())
            block.put(answered(one, block, given->second));
        if (const auto given = secret_.find(prefix + one.name); given != secret_.end())
            block.put(answered(one, block, {given->second}));
    }
}

/// What the kind says against this answer, so far as it is about this setting: «client_id is missing» beside
/// a refresh_token is settled when all answers are there.
std::string Interview::objection_to(const Setting& setting, const connectors::Kind& kind,
                                    const Block& block) const {
    const auto& known = block.group == "app" ? kind.app_options : kind.options;
    for (const auto& [key, said] : connect::objections(kind, block)) {
        const auto* about = find(known, said.substr(0, said.find_first_of(" :")));
        if (key == setting.name && (!about || about->name == setting.name)) return said;
    }
    return {};
}

std::optional<Answer> Interview::ask_for(const Setting& setting, const connectors::Kind& kind,
                                         const Block& block) {
    const auto flag = flag_of(setting, block.group == "app" ? app_prefix : "");
    if (!plan_.talked) throw wrong(setting.name + " is missing: " + setting.about + " Give it as " + flag);
    say(wrapped(setting.name + ": ", setting.about));
    for (int tries = 0; tries < tries_max; ++tries) {
        const auto typed =
            need(connect::is_secret(setting)
                     ? ask_hidden(
                           "  paste it (it is not shown), or say file:/path, env:NAME or credential:NAME > ")
                     : ask("  " + setting.kind + " > "),
                 setting.name, flag);
        if (typed.empty() && !setting.required) return {};
        std::string against = typed.empty() ? "it is needed" : "";
        try {
            if (against.empty()) {
                const auto answer = answered(setting, block, {typed});
                auto with = block;
                with.put(answer);
                against = objection_to(setting, kind, with);
                if (against.empty()) return answer;
            }
        } catch (const Error& error) {
            if (error.kind() != Error::Kind::config) throw;
            against = error.what();
        }
        say(wrapped("  ✗ ", against));
    }
    throw wrong(setting.name + ": no answer that fits");
}

void Interview::ask_required() {
    for (const auto& one : kind_.options)
        if (one.required && !options_.find(one.name)) options_.put(*ask_for(one, kind_, options_));
}

void Interview::offer_others() {
    std::vector<Setting> others;
    for (const auto* list : {&kind_.options, &std::as_const(common_)})
        for (const auto& one : *list)
            if (!options_.find(one.name) && one.name != "seen") others.push_back(one);
    say("\nThese may be set, too:\n");
    for (const auto& one : others) {
        const auto now =
            one.name == "interval" ? config::quote(config::write_duration(kind_.interval)) : one.fallback;
        say(wrapped("  " + one.name + ": ",
                    one.about + (now.empty() || now == "\"\"" ? "" : " Now " + now + ".")));
    }
    ask_chosen("Which of them do you want to set (names with blanks between; empty: none)? ", others);
}

/// False when none was chosen.
bool Interview::ask_chosen(const std::string& question, const std::vector<Setting>& settings) {
    for (int tries = 0; tries < tries_max; ++tries) {
        std::istringstream names(ask(question).value_or(""));
        std::set<std::string> chosen;
        bool known = true;
        for (std::string name; names >> name; chosen.insert(name))
            if (!find(settings, name)) say("  ✗ there is no \"" + name + "\" among them\n"), known = false;
        if (!known) continue;
        // In the kind's own order: what others build on stands first.
        for (const auto& one : settings)
            if (chosen.count(one.name))
                if (const auto answer = ask_for(one, kind_, options_)) options_.put(*answer);
        return !chosen.empty();
    }
    return false;
}

/// What only all answers together show: a kind may want one of two settings.
void Interview::settle() {
    for (int tries = 0;; ++tries) {
        const auto against = connect::objections(kind_, options_);
        if (against.empty()) return;
        std::string text;
        for (const auto& [key, said] : against)
            text += (text.empty() ? "" : "\n") + std::string("connect: ") +
                    (key.empty() || said.starts_with(key) ? "" : key + ": ") + said;
        if (!plan_.talked || tries == tries_max) throw Error(Error::Kind::config, text);
        say('\n' + text + '\n');
        offer_others();
    }
}

// ---- matching --------------------------------------------------------------------------------------------

void Interview::choose_matching() {
    const std::string most(word(kind_.matching_most));
    auto typed = flags_.matching;
    if (typed.empty()) {
        say('\n' +
            wrapped("", "How far posts may be matched to your customers: full (all evidence), own_data (only "
                        "numbers, addresses and handles that they gave you) or off.") +
            wrapped("  terms: ", kind_.terms + " At most \"" + most + "\" without the people's consent."));
        typed = need(ask("matching (full, own_data or off) > "), "matching", "--matching full|own_data|off");
    }
    const auto matching = from_word<Matching>(typed);
    if (!matching) throw wrong("matching is \"" + typed + "\"; expected full, own_data or off");
    if (*matching > kind_.matching_most && !flags_.yes) {
        const auto why =
            "matching \"" + typed +
            "\" is more than the platform's terms allow without the people's consent (at most \"" + most +
            "\"). " + kind_.terms;
        if (!plan_.talked) throw wrong(why + " If you have that consent, say --yes.");
        say(wrapped("", why));
        if (need(ask("Do you have that consent? Type yes > "), "your consent", "--yes") != "yes")
            throw wrong("nothing was written");
    }
    matching_ = {"matching", config::quote(typed), config::quote(typed)};
}

} // namespace larum::commands
