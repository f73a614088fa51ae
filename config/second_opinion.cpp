#include "config/second_opinion.h"

#include "core/address.h"

#include <algorithm>

namespace larum::config {

using namespace std::chrono_literals;

const Options<SecondOpinionSettings> second_opinion_options = {
    option("url", &SecondOpinionSettings::url,
           "Base address of an endpoint that speaks OpenAI's protocol (llama.cpp, vLLM, Ollama, ...); /chat/completions is added."),
    required("model", &SecondOpinionSettings::model, "The model's name, as the endpoint knows it."),
    option("key", &SecondOpinionSettings::key, "Sent as a bearer token where the endpoint asks for one."),
    option("private_allowed", &SecondOpinionSettings::private_allowed,
           "Calls to private and loopback addresses, the usual place of such an endpoint; set false for one that must be on the internet."),
    option("timeout", &SecondOpinionSettings::timeout, "How long an answer may take, 100ms to 30s."),
    option("per_day", &SecondOpinionSettings::per_day, "The most posts of each brand that are asked about in a day (UTC)."),
    option("from", &SecondOpinionSettings::from,
           "A post is borderline when `complaint` or `repeat_contact` has a probability from this one on ..."),
    option("to", &SecondOpinionSettings::to, "... up to this one. Only what is borderline can be moved."),
    option("brands", &SecondOpinionSettings::brands, "Brands whose posts may be asked about; left out: all."),
};

namespace {

bool is_clean(const std::string& url) {
    return std::none_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 127 || c == '?' || c == '#'; });
}

void check(const SecondOpinionSettings& settings, const Position& at, Problems& problems) {
    if (host_of(settings.url).empty() || !is_clean(settings.url))
        problems.add(at, "second_opinion.url must be an address like http://127.0.0.1:8080/v1, without user name, ? and #");
    if (settings.model.size() > 200) problems.add(at, "second_opinion.model is longer than 200 bytes; expected a model's name");
    if (settings.timeout < 100ms || settings.timeout > 30s) problems.add(at, "second_opinion.timeout must lie between 100ms and 30s");
    if (settings.per_day < 1 || settings.per_day > 1'000'000)
        problems.add(at, "second_opinion.per_day must lie between 1 and 1000000; to ask nobody, leave the table out");
    if (!(settings.from > 0 && settings.from < settings.to && settings.to < 1))
        problems.add(at, "second_opinion.from and .to must lie between 0 and 1, from below to");
}

} // namespace

std::string host_of(const std::string& url) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (url.rfind(scheme, 0) != 0) continue;
        const auto host = url.substr(scheme.size(), url.find_first_of("/?#", scheme.size()) - scheme.size());
        return host.find('@') == std::string::npos ? host : std::string();
    }
    return {};
}

bool is_surely_local(const std::string& url) {
    auto host = host_of(url);
    if (!host.empty() && host.front() == '[') {
        host = host.substr(1, host.find(']') - 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    const bool numeric = host.find(':') != std::string::npos ||
                         (!host.empty() && host.find_first_not_of("0123456789.") == std::string::npos);
    return host == "localhost" || (numeric && !is_public_address(host));
}

std::vector<std::string> warnings(const SecondOpinionSettings& settings) {
    if (is_surely_local(settings.url)) return {};
    const auto who = "second opinion: " + host_of(settings.url);
    std::vector<std::string> lines = {who + " may lie outside of your own network: redacted words of posts are still personal data. Name it as a "
                                            "recipient, have a contract with whoever runs it, and see docs/privacy.md"};
    if (settings.url.rfind("http://", 0) == 0) lines.push_back(who + " is called without TLS: words and key can be read on the way; expected https://");
    return lines;
}

bool SecondOpinionSettings::covers(std::string_view brand) const {
    return brands.empty() || std::find(brands.begin(), brands.end(), brand) != brands.end();
}

std::optional<SecondOpinionSettings> read_second_opinion(const Value& root, Problems& problems) {
    const auto* table = root.find("second_opinion");
    if (!table) return std::nullopt;
    if (!table->table()) {
        problems.add(table->at, "\"second_opinion\" must be a table, like [second_opinion]");
        return std::nullopt;
    }
    auto settings = read(second_opinion_options, *table, problems);
    while (!settings.url.empty() && settings.url.back() == '/') settings.url.pop_back();
    check(settings, table->at, problems);
    return settings;
}

} // namespace larum::config
