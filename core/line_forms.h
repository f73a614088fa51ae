#pragma once

#include "core/line_target.h"

#include <memory>
#include <stop_token>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace larum {

/// The lines that `LineClient` opens, each in a source of its own: Boost.Beast takes its time to compile.
std::unique_ptr<OpenLine> open_websocket(const LineRequest& request, LineTarget target, std::stop_token stop, boost::asio::ssl::context& tls);
std::unique_ptr<OpenLine> open_answer(const LineRequest& request, LineTarget target, std::stop_token stop, boost::asio::ssl::context& tls);

inline constexpr const char* line_user_agent = "larum/0.1";
inline constexpr std::size_t line_refusal_bytes_max = 64u << 10;

/// Of an answer with Beast's fields.
template <class Fields>
LineRefused line_refused(const LineTarget& target, int status, const Fields& fields, std::string body) {
    HttpAnswer answer;
    answer.status = status;
    for (const auto& one : fields) answer.headers.emplace_back(std::string(one.name_string()), std::string(one.value()));
    answer.body = body.substr(0, line_refusal_bytes_max);
    return LineRefused(target.host + ": status " + std::to_string(status), std::move(answer));
}

} // namespace larum
