#pragma once

#include "config/config.h"
#include "daemon/connect/block.h"
#include "daemon/connect/secrets.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// The conversation of `larum connect`: what flags leave open is asked, setting by setting, in the kind's own
/// words.
namespace larum::commands {

struct ConnectFlags {
    std::string kind;
    std::string name;
    std::string brand;
    std::string matching;
    std::string app;
    std::vector<std::string> set;     ///< «key=value»
    std::vector<std::string> secrets; ///< «key=file:/path»
    bool dry_run = false;
    bool yes = false;
    bool force = false;
};

/// What will stand in the config.
struct ConnectPlan {
    connect::Block source;
    std::optional<connect::Block> brand; ///< of a config that has none yet
    std::optional<connect::Block> app;   ///< a new one
    std::string hears; ///< name of the app, new or not, that takes its webhooks; may be empty
    std::vector<std::pair<std::string, std::string>>
        made;            ///< words of the app that larum made and the platform must know
    bool talked = false; ///< a person answered

    std::vector<connect::Block> blocks() const;
};

class Interview {
public:
    /// `written`: the config as it stands; nothing when there is no file. `names_brands`: it has a
    /// [brand.NAME].
    Interview(const connectors::Kind& kind, const ConnectFlags& flags, const config::Config* written,
              bool names_brands, connect::Secrets& secrets);

    /// Throws Error::Kind::config when a flag is wrong, or an answer is missing and nobody gives it.
    ConnectPlan run();

    /// The platform refused: settings of the source may be given anew. Nothing when nobody wants that.
    std::optional<ConnectPlan> mend();

private:
    using Setting = config::Description;

    void assemble();
    bool ask_chosen(const std::string& question, const std::vector<Setting>& settings);
    void read_flags();
    bool something_is_missing() const;
    void introduce() const;
    void choose_brand();
    void choose_name();
    void fill(connect::Block& block, const std::vector<Setting>& settings);
    void ask_required();
    void offer_others();
    void settle();
    void choose_matching();
    void choose_app();
    void fill_app(const connectors::Kind& hook);
    bool answer_for_app(const Setting& setting);

    const Setting& setting(const std::string& key) const;
    connect::Answer answered(const Setting& setting, const connect::Block& block,
                             const std::vector<std::string>& typed);
    std::string objection_to(const Setting& setting, const connectors::Kind& kind,
                             const connect::Block& block) const;
    /// Nothing: it may be left out, and is.
    std::optional<connect::Answer> ask_for(const Setting& setting, const connectors::Kind& kind,
                                           const connect::Block& block);
    bool is_given(const std::string& key) const { return set_.count(key) + secret_.count(key) > 0; }

    const connectors::Kind& kind_;
    const ConnectFlags& flags_;
    const config::Config* written_;
    bool names_brands_;
    connect::Secrets& secrets_;
    std::vector<Setting> common_; ///< settings of every source that may be given
    std::map<std::string, std::vector<std::string>> set_;
    std::map<std::string, std::string> secret_;
    connect::Block options_; ///< the kind's own settings
    connect::Answer matching_;
    std::optional<connect::Answer> brand_;
    ConnectPlan plan_;
};

} // namespace larum::commands
