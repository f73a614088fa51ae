#include "daemon/commands/on_connecting.h"

#include "core/crypto.h"
#include "core/error.h"
#include "core/text.h"
#include "daemon/commands/on_answers.h"
#include "daemon/commands/on_terminal.h"

#include <algorithm>

/// The webhook app of a source that is connected.
namespace larum::commands {

using connect::Block;

void Interview::choose_app() {
    const auto* hook = connect::webhook_kind(kind_);
    if (!hook) {
        if (!flags_.app.empty()) throw wrong(kind_.name + " takes no webhooks; leave --app out");
        return;
    }
    auto name = flags_.app;
    if (name.empty() && written_)
        for (const auto& app : written_->apps)
            if (const auto* kind = connectors::find_kind(app.kind);
                kind && connect::webhook_family(*kind) == connect::webhook_family(kind_))
                name = app.name;
    if (name.empty() && plan_.talked)
        name = text::trim(
            ask("\nWebhooks bring posts in seconds, but the platform must reach larum from the internet.\n"
                "Name of the webhook app, a part of its address (empty: none, larum polls) > ")
                .value_or(""));
    if (name.empty()) return;
    check_name("an app", name);
    plan_.hears = name;
    const bool there = written_ && std::any_of(written_->apps.begin(), written_->apps.end(),
                                               [&](const config::App& one) { return one.name == name; });
    if (!there) fill_app(*hook);
    if (const auto* says = find(kind_.options, "webhooks");
        says && says->kind == config::Kind<bool>::name() && !options_.find("webhooks"))
        options_.put({"webhooks", "true", "true"});
}

void Interview::fill_app(const connectors::Kind& hook) {
    plan_.app = Block{"app", plan_.hears, {{"kind", config::quote(hook.name), config::quote(hook.name)}}};
    fill(*plan_.app, hook.app_options);
    for (const auto& one : hook.app_options)
        if (one.required && !plan_.app->find(one.name) && !answer_for_app(one))
            plan_.app->put(*ask_for(one, hook, *plan_.app));
    std::string text;
    for (const auto& [key, said] : connect::objections(hook, *plan_.app))
        text += (text.empty() ? "" : "\n") + std::string("connect: app: ") + said;
    if (!text.empty()) throw Error(Error::Kind::config, text);
}

/// An app's secret is the source's own of that name; a word that the platform is told is made here.
bool Interview::answer_for_app(const Setting& setting) {
    if (!connect::is_secret(setting)) return false;
    if (const auto* same = options_.find(setting.name)) return plan_.app->put(*same), true;
    if (setting.name != "verify_token") return false;
    const auto made = to_hex(random_bytes(16));
    plan_.made.emplace_back(setting.name, made);
    plan_.app->put(secrets_.keep(setting.name, plan_.app->name + '.' + setting.name, made));
    return true;
}

} // namespace larum::commands
