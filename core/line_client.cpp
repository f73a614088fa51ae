#include "core/line_client.h"

#include "core/line_forms.h"

#include <utility> // before Boost 1.74's awaitable, which forgets it

#include <boost/asio/ssl/context.hpp>

namespace larum {

namespace {

using boost::asio::ssl::context;

class BeastLineClient final : public LineClient {
public:
    BeastLineClient() {
        tls_.set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1);
        tls_.set_default_verify_paths();
    }

    std::unique_ptr<OpenLine> open(const LineRequest& request, std::stop_token stop) override {
        for (const auto& [name, value] : request.headers)
            if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
                throw Error(Error::Kind::bug, "a request header must not hold a line break");
        auto target = target_of(request);
        if (request.form == LineRequest::Form::websocket) return open_websocket(request, std::move(target), std::move(stop), tls_);
        return open_answer(request, std::move(target), std::move(stop), tls_);
    }

private:
    context tls_{context::tls_client};
};

} // namespace

std::unique_ptr<LineClient> make_line_client() { return std::make_unique<BeastLineClient>(); }

} // namespace larum
