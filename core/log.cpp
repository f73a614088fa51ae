#include "core/log.h"

#include "core/error.h"
#include "core/time.h"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

namespace larum::log {

namespace {

/// One object a line: {"time","level","text"}.
class JsonFormatter final : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto time = std::chrono::time_point_cast<Span>(message.time);
        const nlohmann::json line = {{"time", format_time(time)},
                                     {"level", std::string(spdlog::level::to_string_view(message.level).data())},
                                     {"text", std::string(message.payload.data(), message.payload.size())}};
        const auto text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

std::shared_ptr<spdlog::logger> make(const std::string& format) {
    if (format == "auto" && std::getenv("JOURNAL_STREAM"))
        return std::make_shared<spdlog::logger>("larum", std::make_shared<spdlog::sinks::systemd_sink_mt>());
    auto made = std::make_shared<spdlog::logger>("larum", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    if (format == "json")
        made->set_formatter(std::make_unique<JsonFormatter>());
    else
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
    return made;
}

std::shared_ptr<spdlog::logger>& logger() {
    static auto current = make("text");
    return current;
}

} // namespace

void start(Level level, const std::string& format) {
    if (format != "auto" && format != "text" && format != "json")
        throw Error(Error::Kind::config, "log.format is \"" + format + "\"; expected auto, text or json");
    static constexpr spdlog::level::level_enum levels[] = {spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                                           spdlog::level::err};
    auto made = make(format);
    made->set_level(levels[static_cast<int>(level)]);
    made->flush_on(spdlog::level::debug);
    spdlog::set_default_logger(made); // for those who log by spdlog's own name
    logger() = std::move(made);
}

void debug(const std::string& text) { logger()->debug("{}", text); }
void info(const std::string& text) { logger()->info("{}", text); }
void warn(const std::string& text) { logger()->warn("{}", text); }
void error(const std::string& text) { logger()->error("{}", text); }

} // namespace larum::log
