#include "connectors/connector.h"
#include "connectors/shared/host.h"
#include "connectors/shared/json.h"
#include "connectors/shared/mime.h"
#include "core/crypto.h"
#include "core/mailbox.h"
#include "core/reported.h"
#include "core/text.h"

#include <algorithm>

/// Posts that people hand in by mail, where no API reads: a mail with a link and what is written there. Only listed
/// senders are believed; what anybody else writes is counted and forgotten.
namespace larum::connectors {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t mails_at_once = 20;
constexpr std::size_t mail_bytes_max = 512u << 10;
constexpr Span oldest_date = 24h * 30; ///< what a mail claims to be older than this is taken for new

struct Settings {
    std::string server;
    std::string user;
    config::Secret password;
    std::string folder = "INBOX";
    std::vector<std::string> from;
    std::string authenticated_by;
    std::string ca_file;
    Span history = 24h * 7;
    bool private_allowed = false;
};

const config::Options<Settings>& options() {
    static const config::Options<Settings> all = {
        config::required("server", &Settings::server, "The mail server: imaps://imap.example.org:993, or imap:// with STARTTLS."),
        config::required("user", &Settings::user, "Name to sign in with."),
        config::required("password", &Settings::password, "Password that goes with it; an app password where the provider has them."),
        config::option("folder", &Settings::folder, "Folder that is read."),
        config::required("from", &Settings::from, "Who is believed: addresses such as anna@acme.example, or domains such as acme.example for everybody there."),
        config::option("authenticated_by", &Settings::authenticated_by,
                       "Name of your own mail server in its Authentication-Results header, such as mx.acme.example: only mail that it found genuine (dmarc=pass) is believed. "
                       "Without it the From line alone is believed, which anybody can write."),
        config::option("ca_file", &Settings::ca_file, "Certificates to trust instead of the system's, PEM."),
        config::option("history", &Settings::history, "How far back the first reading goes."),
    };
    return all;
}

MailboxPlace read_place(const std::string& cursor) {
    const auto kept = json::parse(cursor);
    const auto bounded = [&](const char* name) { return static_cast<std::uint32_t>(std::clamp<std::int64_t>(json::count(kept, name).value_or(0), 0, UINT32_MAX)); };
    return {bounded("validity"), bounded("last")};
}

std::string write_place(const MailboxPlace& place) { return json::Json{{"validity", place.validity}, {"last", place.last}}.dump(); }

/// What stands below «-- » is a signature, unless the link stands there too: then it was forwarded.
std::string without_signature(const std::string& text, const std::string& link) {
    const auto at = text.find("\n-- \n");
    return at == text.npos || (!link.empty() && text.find(link) > at) ? text : text::trim(text.substr(0, at));
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// A header without what stands in quotes or comments: an envelope sender chooses the words there, «dmarc=pass» too.
std::string bare(const std::string& header) {
    std::string kept;
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const char c = header[i];
        if ((quoted || depth > 0) && c == '\\') {
            ++i;
        } else if (quoted || (c == '"' && depth == 0)) {
            quoted = quoted != (c == '"');
        } else if (c == '(' || (c == ')' && depth > 0)) {
            depth += c == '(' ? 1 : -1;
            if (depth == 0) kept += ' ';
        } else if (depth == 0) {
            kept += c;
        }
    }
    return kept;
}

class ByMail final : public Connector {
public:
    ByMail(Settings settings, Mailbox* mailbox) : settings_(std::move(settings)), mailbox_(mailbox) {}

    std::vector<StreamChange> streams() const override { return {{"mail", false, {}, {}}}; }

    PollResult poll(const Stream& stream, Call& call) override {
        MailboxRead read;
        if (auto failed = ask(read_place(stream.cursor), call.now, mails_at_once, read)) return {*failed, {}};
        PollResult result;
        for (const auto& mail : read.mails) take(mail.bytes, call.now, result.page);
        std::stable_sort(result.page.posts.begin(), result.page.posts.end(), [](const Post& a, const Post& b) { return a.posted_at < b.posted_at; });
        result.page.more = read.more;
        result.page.cursor = write_place(read.place);
        return result;
    }

    Probe probe(Call& call) override {
        MailboxRead read;
        Probe probe;
        if (auto failed = ask({}, call.now, 0, read)) probe.outcome = *failed;
        probe.account = settings_.user;
        probe.type = "mailbox";
        if (settings_.authenticated_by.empty()) probe.notes.push_back("senders are believed by their From line alone, which anybody can write: set authenticated_by");
        return probe;
    }

private:
    std::optional<Outcome> ask(const MailboxPlace& place, Time now, std::size_t most, MailboxRead& read) const {
        if (!mailbox_) return Outcome{Ending::broken, "mailbox: this program has no mail client", {}, false};
        MailboxAccess access;
        access.server = settings_.server;
        access.folder = settings_.folder;
        access.user = settings_.user;
        access.password = settings_.password.reveal();
        access.ca_file = settings_.ca_file;
        access.private_allowed = access.without_tls = settings_.private_allowed;
        try {
            read = mailbox_->read(access, place, now - settings_.history, most, mail_bytes_max);
            return std::nullopt;
        } catch (const SignInRefused& error) {
            return Outcome{Ending::reauth, std::string("mailbox: ") + error.what(), {}, true};
        } catch (const Error& error) {
            const bool passing = error.kind() == Error::Kind::unreachable;
            return Outcome{passing ? Ending::later : Ending::broken, std::string("mailbox: ") + error.what(), {}, true};
        }
    }

    /// What is not believed or says nothing is counted by its reason and never kept: it may be anybody's mail.
    void take(const std::string& bytes, Time now, Page& page) const {
        const auto mail = read_mail(bytes);
        if (mail.automatic) return page.unknown.push_back("mail by a machine or a list");
        if (!is_listed(mail.from_address)) return page.unknown.push_back("mail from a sender who is not listed");
        if (!is_genuine(mail)) return page.unknown.push_back("mail that the mail server did not find genuine");
        auto post = post_of(mail, bytes, now);
        if (post.text.empty()) return page.unknown.push_back("mail without words");
        page.posts.push_back(std::move(post));
    }

    bool is_listed(const std::string& address) const {
        return !address.empty() && std::any_of(settings_.from.begin(), settings_.from.end(), [&](const std::string& listed) {
            const auto one = lower(listed);
            return one.find('@') == one.npos ? address.ends_with('@' + one) : address == one;
        });
    }

    /// «mx.acme.example; dmarc=pass …»: the server's name stands first, and only the topmost header is its own.
    bool is_genuine(const MailText& mail) const {
        if (settings_.authenticated_by.empty()) return true;
        const auto said = bare(mail.authentication);
        const auto by = lower(settings_.authenticated_by);
        if (!said.starts_with(by) || (said.size() > by.size() && said[by.size()] != ';' && said[by.size()] != ' ')) return false;
        for (auto at = said.find(';'); at != said.npos; at = said.find(';', at + 1)) {
            const auto result = text::trim(said.substr(at + 1, said.find(';', at + 1) - at - 1));
            if (result == "dmarc=pass" || result.starts_with("dmarc=pass ")) return true;
        }
        return false;
    }

    static Post post_of(const MailText& mail, const std::string& bytes, Time now) {
        const auto link = first_link(mail.text);
        auto post = reported_post(link);
        if (link.empty()) post.id = "reported:" + sha256_hex(mail.message_id.empty() ? bytes : mail.message_id).substr(0, 32);
        post.text = without_signature(mail.text, link);
        if (text::trim(post.text) == link) post.text = mail.subject;
        const bool plausible = mail.date && *mail.date <= now && *mail.date >= now - oldest_date;
        post.posted_at = plausible ? *mail.date : now;
        const auto name = mail.from_name.empty() ? mail.from_address.substr(0, mail.from_address.find('@')) : mail.from_name;
        post.reported_by = name + ", by mail";
        return post;
    }

    Settings settings_;
    Mailbox* mailbox_;
};

bool is_server(const std::string& text) {
    const auto rest = text.starts_with("imaps://") ? text.substr(8) : text.starts_with("imap://") ? text.substr(7) : std::string();
    return !rest.empty() && rest.find_first_of("/@?# \t;") == rest.npos;
}

Made make(const config::Value& table, const std::vector<std::string>& common_keys, config::Problems& problems, Services services) {
    auto settings = config::read(options(), table, problems, common_keys);
    settings.private_allowed = private_allowed(table);
    if (table.find("server") && !is_server(settings.server)) problems.add(table.at, "server must be like imaps://imap.example.org:993");
    if (table.find("from") && settings.from.empty()) problems.add(table.at, "from is empty: nobody would be believed");
    for (const auto& one : settings.from)
        if (one.empty() || one.find('.') == one.npos || one.find_first_of(" <>,*") != one.npos)
            problems.add(table.at, "from must hold addresses or domains, not \"" + one + "\"");
    auto credential = sha256_hex("mailbox\n" + settings.server + '\n' + settings.user);
    return {std::make_unique<ByMail>(std::move(settings), services.mailbox), std::move(credential)};
}

} // namespace

const Kind& mailbox_kind() {
    static const Kind kind = [] {
        Kind made;
        made.name = "mailbox";
        made.platform = "web";
        made.gives = "posts that people hand in by mail, with link and words, marked by whom: from groups, videos and other places that no API reads";
        made.needs = "a mailbox of its own, read by IMAP, and the list of who may hand in";
        made.terms = "The rules of the place where a post was read go on to hold. What is handed in is matched by own data only.";
        made.options = config::describe(options());
        made.interval = 2min;
        made.matching_most = Matching::own_data;
        made.calls_per_second = 0.2;
        made.burst = 3;
        made.make = make;
        made.cannot = {"Only what the mail says is known: larum does not open the link.", "Attachments are never kept; a screenshot says nothing.",
                       "Edits and deletions of the post itself are not seen."};
        made.setup = {"Make a mailbox for this alone, such as larum-report@acme.example, with an app password.",
                      "Tell colleagues: mail the link and copy what is written there.",
                      "List their addresses or your domain as from, and set authenticated_by to the name that your mail server writes into Authentication-Results."};
        return made;
    }();
    return kind;
}

} // namespace larum::connectors
