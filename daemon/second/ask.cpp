#include "daemon/second/carrier.h"

#include "connectors/shared/call.h"
#include "core/error.h"
#include "daemon/second/question.h"

namespace larum::second {

namespace {

constexpr std::size_t answer_bytes_max = 64u << 10;

HttpRequest request_of(const config::SecondOpinionSettings& settings, const std::string& words) {
    HttpRequest request;
    request.method = "POST";
    request.url = settings.url + "/chat/completions";
    request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
    if (!settings.key.empty()) request.headers.emplace_back("Authorization", "Bearer " + settings.key.reveal());
    request.body = question(settings.model, words);
    request.timeout = settings.timeout;
    request.body_bytes_max = answer_bytes_max;
    request.private_allowed = settings.private_allowed;
    return request;
}

} // namespace

Asking ask(Http& http, const config::SecondOpinionSettings& settings, const std::string& words, Time now) {
    HttpAnswer answer;
    try {
        answer = http.send(request_of(settings, words));
    } catch (const NoAnswer&) {
        return {std::nullopt, store::Unsaid::no_answer, "sent, but no answer came in time", std::nullopt};
    } catch (const Error& error) {
        if (error.kind() != Error::Kind::too_large) throw;
        return {std::nullopt, store::Unsaid::nonsense, "the answer was too long to be one", std::nullopt};
    }
    if (answer.status < 200 || answer.status > 299)
        return {std::nullopt, store::Unsaid::refused, "status " + std::to_string(answer.status), connectors::retry_after(answer.headers, now)};
    const auto said = read_answer(answer.body);
    if (!said) return {std::nullopt, store::Unsaid::nonsense, "the answer is not the JSON object that was asked for", std::nullopt};
    return {store::Opinion{said->complaint, said->repeat_contact}, {}, {}, std::nullopt};
}

std::string probe(Http& http, const config::SecondOpinionSettings& settings, Time now) {
    try {
        return ask(http, settings, "Third time I write about my parcel, and still no answer.", now).trouble;
    } catch (const Error& error) {
        return error.what();
    }
}

} // namespace larum::second
