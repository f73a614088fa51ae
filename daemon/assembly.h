#pragma once

#include "alerts/channel.h"
#include "config/config.h"
#include "connectors/connector.h"
#include "core/mailbox.h"

#include <map>
#include <memory>
#include <string>

namespace larum {

/// An app of a platform, which sends the webhooks of all sources that hear it.
struct App {
    const connectors::Kind* kind = nullptr;
    std::unique_ptr<connectors::Receiver> receiver;
};

/// Everything that a config names, made ready to use: the only place that turns kinds into parts.
/// Holds a reference to the Http it was made with; sources and channels whose setting allows it may call
/// private addresses.
struct Assembly {
    std::map<std::string, connectors::Made> sources;                  ///< by source name
    std::map<std::string, std::unique_ptr<alerts::Channel>> channels; ///< by channel name
    std::map<std::string, App> apps;                                  ///< by app name
    std::unique_ptr<Http> private_http;
    std::unique_ptr<Mailbox> mailbox;
};

/// Throws Error::Kind::config with a line per problem: unknown kinds, wrong options of a kind, a matching that is
/// missing.
Assembly assemble(const config::Config& config, Http& http);

/// Like `assemble`, but only to find the problems.
void check_kinds(const config::Config& config);

/// Sources whose matching goes further than the platform's terms allow without consent, a line each. The operator
/// may have that consent; larum says so and does not judge.
std::vector<std::string> beyond_terms(const config::Config& config);

/// How much this channel carries of a person: its setting, else masked where it can edit, else link. The log
/// channel carries links only, whatever its setting says.
Detail detail_of(const config::ChannelSettings& settings, const alerts::Channel& channel);

/// larum.toml with every setting, its default and what it does, the kinds of sources and channels included.
std::string example_file();

/// The same as Markdown.
std::string reference_page();

} // namespace larum
