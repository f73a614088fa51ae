#include "core/line_forms.h"
#include "core/line_wire.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace larum {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using error_code = LineWire::error_code;

namespace {

constexpr std::uint32_t header_bytes_max = 64u << 10;

/// An answer that does not end.
class AnswerLine final : public OpenLine {
public:
    AnswerLine(const LineRequest& request, LineTarget target, std::stop_token stop, asio::ssl::context& tls)
        : wire_(request, std::move(target), std::move(stop), tls),
          text_(request.form == LineRequest::Form::lines ? LineText::Form::lines : LineText::Form::event_stream, request.frame_bytes_max) {
        wire_.connect();
        ask();
        parser_.header_limit(header_bytes_max);
        parser_.body_limit(std::numeric_limits<std::uint64_t>::max()); // it never ends; Boost 1.74 takes «none» for none at all
        wire_.finish([&](auto handler) { http::async_read_header(wire_, read_, parser_, std::move(handler)); });
        if (parser_.get().result() != http::status::ok)
            throw line_refused(wire_.target(), parser_.get().result_int(), parser_.get(), rest_of_refusal());
    }

    std::optional<LineFrame> next(Span wait) override {
        const auto end = LineWire::Clock::now() + wait;
        while (true) {
            if (auto frame = text_.take()) return frame;
            if (!reading_) read_some();
            const auto began = LineWire::Clock::now();
            const bool came = wire_.turn(done_, std::min<LineWire::Clock::duration>(end - began, wire_.request().silence - silent_));
            if (!came) {
                silent_ += LineWire::Clock::now() - began;
                if (silent_ >= wire_.request().silence) throw wire_.silent();
                return {};
            }
            silent_ = {};
            take_over();
        }
    }

private:
    void ask() {
        http::request<http::empty_body> request(http::verb::get, wire_.target().resource, 11);
        request.set(http::field::host, wire_.target().authority());
        request.set(http::field::accept, wire_.request().form == LineRequest::Form::event_stream ? "text/event-stream" : "*/*");
        request.set(http::field::user_agent, line_user_agent);
        for (const auto& [name, value] : wire_.request().headers) request.set(name, value);
        wire_.finish([&](auto handler) { http::async_write(wire_, request, std::move(handler)); });
    }

    void read_some() {
        done_ = false;
        reading_ = true;
        parser_.get().body().data = piece_.data();
        parser_.get().body().size = piece_.size();
        parser_.get().body().more = true;
        http::async_read_some(wire_, read_, parser_, [this](error_code failed, std::size_t) {
            result_ = failed;
            done_ = true;
        });
    }

    std::string_view came() const { return {piece_.data(), piece_.size() - parser_.get().body().size}; }

    /// What a read brought, before what it failed with.
    void take_over() {
        reading_ = false;
        text_.feed(came());
        if (result_ && result_ != http::error::need_buffer) throw wire_.lost(result_);
        if (parser_.is_done()) throw wire_.lost(asio::error::eof);
    }

    /// As much of it as comes in time.
    std::string rest_of_refusal() {
        std::string body;
        while (!parser_.is_done() && body.size() < line_refusal_bytes_max) {
            read_some();
            if (!wire_.turn(done_)) break;
            body.append(came());
            if (result_ && result_ != http::error::need_buffer) break;
        }
        return body;
    }

    LineWire wire_;
    LineText text_;
    beast::flat_buffer read_{256u << 10};
    http::response_parser<http::buffer_body> parser_;
    std::array<char, 16384> piece_{};
    LineWire::Clock::duration silent_{}; ///< waited for, since anything came
    bool reading_ = false;
    bool done_ = false;
    error_code result_;
};

} // namespace

std::unique_ptr<OpenLine> open_answer(const LineRequest& request, LineTarget target, std::stop_token stop, asio::ssl::context& tls) {
    return std::make_unique<AnswerLine>(request, std::move(target), std::move(stop), tls);
}

} // namespace larum
