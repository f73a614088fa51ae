#include "daemon/service/metrics.h"

#include "daemon/version.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

namespace larum::service {

namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Families in the order in which they are first named.
class Families {
public:
    void gauge(const std::string& name, const std::string& help, const Labels& labels, double value) {
        auto& metric = add(name, help, prometheus::MetricType::Gauge, labels);
        metric.gauge.value = value;
    }
    void counter(const std::string& name, const std::string& help, const Labels& labels, double value) {
        auto& metric = add(name, help, prometheus::MetricType::Counter, labels);
        metric.counter.value = value;
    }
    std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

private:
    prometheus::ClientMetric& add(const std::string& name, const std::string& help, prometheus::MetricType type, const Labels& labels) {
        auto found = std::find_if(families_.begin(), families_.end(), [&](const auto& one) { return one.name == name; });
        if (found == families_.end()) {
            prometheus::MetricFamily family;
            family.name = name;
            family.help = help;
            family.type = type;
            found = families_.insert(families_.end(), std::move(family));
        }
        auto& metric = found->metric.emplace_back();
        for (const auto& [label, value] : labels) metric.label.push_back({label, value});
        return metric;
    }

    std::vector<prometheus::MetricFamily> families_;
};

void add_brand(Families& families, const store::BrandVitals& brand) {
    const Labels labels = {{"brand", brand.brand}};
    families.gauge("larum_triage_waiting_pages", "Saved pages that wait to be decided.", labels, double(brand.pages_waiting));
    families.gauge("larum_triage_oldest_seconds", "Age of the oldest page that waits.", labels, brand.oldest_page_seconds);
    families.gauge("larum_alerts_due", "Alerts that should have been sent by now.", labels, double(brand.alerts_due));
    families.gauge("larum_alerts_oldest_due_seconds", "Age of the oldest of them.", labels, brand.oldest_alert_seconds);
    families.gauge("larum_escalations_open", "Escalations that nobody has settled.", labels, double(brand.escalations_open));
    families.gauge("larum_dead_letters", "What could not be handled and waits for a person.", labels, double(brand.dead_letters));
    const auto ended = [&](const char* how, std::int64_t count) {
        families.gauge("larum_alerts_ended", "Alerts kept in the store by how they ended.", {{"brand", brand.brand}, {"how", how}}, double(count));
    };
    ended("delivered", brand.alerts_delivered);
    ended("refused", brand.alerts_refused);
    ended("folded", brand.alerts_folded);
}

void add_source(Families& families, const store::SourceVitals& source) {
    const Labels labels = {{"brand", source.brand}, {"source", source.source}};
    families.gauge("larum_source_ok", "1 while the source's last call went well.", labels, source.failing ? 0 : 1);
    families.counter("larum_source_posts_total", "Posts that the source delivered.", labels, double(source.posts));
    if (source.ok_seconds_ago)
        families.gauge("larum_source_ok_age_seconds", "Since the last call that went well.", labels, *source.ok_seconds_ago);
    if (source.item_seconds_ago)
        families.gauge("larum_source_item_age_seconds", "Since the newest item seen.", labels, *source.item_seconds_ago);
    families.gauge("larum_source_gaps_open", "Stretches that are not read now.", labels, double(source.gaps_open));
    families.counter("larum_source_gaps_lost_total", "Stretches that cannot be read any more.", labels, double(source.gaps_lost));
    families.counter("larum_source_webhook_misses_total", "Posts that no webhook brought and a poll found.", labels, double(source.webhook_misses));
    families.gauge("larum_source_permissions_missing", "Permissions that the credential lacks.", labels, double(source.permissions_missing));
    if (source.expires_in_seconds)
        families.gauge("larum_source_credential_expires_seconds", "Until the credential ends.", labels, *source.expires_in_seconds);
}

void add_app(Families& families, const store::AppVitals& app) {
    const auto count = [&](const char* how, std::int64_t number) {
        families.counter("larum_webhooks_total", "Webhook requests by what became of them.", {{"app", app.app}, {"how", how}}, double(number));
    };
    count("verified", app.counts.verified);
    count("forged", app.counts.forged);
    count("unclaimed", app.counts.unclaimed);
    count("rung", app.counts.rung);
    count("duplicate", app.counts.duplicate);
    count("unkept", app.counts.unkept);
}

} // namespace

std::string metrics_text(const store::Vitals& vitals) {
    Families families;
    families.gauge("larum_info", "What runs here.", {{"version", version}}, 1);
    for (const auto& brand : vitals.brands) add_brand(families, brand);
    for (const auto& source : vitals.sources) add_source(families, source);
    for (const auto& app : vitals.apps) add_app(families, app);
    families.gauge("larum_webhooks_waiting", "Stored webhook bodies that wait to be split.", {}, double(vitals.webhooks.waiting));
    families.gauge("larum_webhooks_oldest_seconds", "Age of the oldest of them.", {}, vitals.webhooks.oldest_seconds);
    for (const auto& one : vitals.unknown_webhooks)
        families.counter("larum_webhook_unknown_total", "Events of kinds that larum does not know, by webhook app or source.", {{"app", one.app}, {"event", one.name}},
                         double(one.count));
    for (const auto& one : vitals.opinions)
        families.gauge("larum_second_opinions", "Second opinions kept in the store by what became of them.",
                       {{"brand", one.brand}, {"how", one.how}}, double(one.count));
    return families.text();
}

} // namespace larum::service
