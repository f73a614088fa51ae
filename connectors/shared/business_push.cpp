#include "connectors/shared/business_push.h"

#include "connectors/shared/json.h"
#include "core/error.h"
#include "core/text.h"

#include <initializer_list>

namespace larum::connectors::business {

// ------------------------------------------------------------------------------------------------

const config::Options<pubsub::Sender>& app_options() {
    using config::option;
    static const config::Options<pubsub::Sender> all = {
        option("audience", &pubsub::Sender::audience,
               "Audience as entered at the push subscription of Cloud Pub/Sub."),
        option("emails", &pubsub::Sender::emails,
               "E-mail addresses of the service accounts that may push; two while one takes over from the "
               "other."),
        option("certificates", &pubsub::Sender::certificates,
               "File with Google's certificates (https://www.googleapis.com/oauth2/v1/certs), kept fresh by "
               "a timer: they change every few days. "
               "Without it a push is not believed and only lets the sources be read at once."),
    };
    return all;
}

namespace {

/// «9876» out of «accounts/1234/locations/9876/reviews/x», after `word`.
std::string id_after(const std::string& name, std::string_view word) {
    const auto at = name.find(word);
    if (at == name.npos) return {};
    const auto start = at + word.size();
    return name.substr(start, name.find('/', start) - start);
}

std::string first_text(const json::Json& object, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (auto text = json::text(object, name); !text.empty()) return text;
    return {};
}

class BusinessReceiver final : public Receiver {
public:
    explicit BusinessReceiver(pubsub::Sender sender) : sender_(std::move(sender)) {}

    WebhookAnswer accept(const WebhookRequest& request, Time now) const override {
        return pubsub::accept(sender_, request, now);
    }

    std::vector<WebhookEntry> entries(const WebhookBody& kept) const override {
        const auto notice = json::parse(pubsub::published(kept.body));
        if (!notice.is_object())
            throw Error(Error::Kind::input, "google_business: the notification is no JSON");
        const auto type = first_text(notice, {"notificationType", "type"});
        auto name = first_text(notice, {"reviewName", "review", "name"});
        if (name.find("/locations/") == name.npos) name = first_text(notice, {"locationName", "location"});
        WebhookEntry entry;
        entry.account = id_after(name, "accounts/");
        const auto location = id_after(name, "locations/");
        if (type != "NEW_REVIEW" && type != "UPDATED_REVIEW")
            entry.page.unknown.push_back(type.empty() ? "notification without a type"
                                                      : text::shorten(type, 64));
        else if (!location.empty())
            entry.poll.push_back("reviews:" + location);
        return {entry};
    }

    std::size_t body_bytes_max() const override { return 64 * 1024; }

private:
    pubsub::Sender sender_;
};

} // namespace

std::unique_ptr<Receiver> make_receiver(const config::Value& table,
                                        const std::vector<std::string>& common_keys,
                                        config::Problems& problems) {
    auto sender = config::read(app_options(), table, problems, common_keys);
    if (!sender.certificates.empty() && (sender.audience.empty() || sender.emails.empty()))
        problems.add(
            table.at,
            "certificates needs audience and emails beside it: else anybody's token of Google would be good");
    return std::make_unique<BusinessReceiver>(std::move(sender));
}

} // namespace larum::connectors::business
