#include "daemon/web/request.h"

#include <nlohmann/json.hpp>

namespace larum::web {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The value of `name` in a list «a=1 SEPARATOR b=2».
std::string_view named(std::string_view list, char separator, std::string_view name) {
    while (!list.empty()) {
        const auto end = list.find(separator);
        auto one = list.substr(0, end);
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        if (one.size() > name.size() && one.substr(0, name.size()) == name && one[name.size()] == '=')
            return one.substr(name.size() + 1);
    }
    return {};
}

} // namespace

std::string decode_url(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        if (escape) {
            plain += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

std::string Request::query(std::string_view name) const {
    const auto mark = target.find('?');
    if (mark == std::string::npos) return {};
    return decode_url(named(std::string_view(target).substr(mark + 1), '&', name));
}

std::string Request::cookie(std::string_view name) const {
    const auto all = header("Cookie");
    return std::string(named(all, ';', name));
}

std::string Request::part(std::string_view name) const {
    const auto found = captured.find(name);
    return found == captured.end() ? std::string{} : found->second;
}

Response Response::json(int status, std::string body) {
    Response response;
    response.status = status;
    response.type = "application/json; charset=utf-8";
    response.body = std::move(body);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

Response Response::error(int status, std::string_view code, std::string_view what) {
    const nlohmann::json body = {{"error", code}, {"what", what}};
    return json(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

} // namespace larum::web
