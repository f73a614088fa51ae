#pragma once

#include <stdexcept>
#include <string>

namespace larum {

/// A failure that ends the work at hand. `kind` says what the catcher should do; the text says who and
/// what in one line for the person on duty, without secrets and without a customer's data.
class Error : public std::runtime_error {
public:
    enum class Kind {
        config,      ///< the operator must mend a file or a flag: exit 2
        input,       ///< a document or row is not what it should be
        unreachable, ///< the other side did not answer (DNS, TCP, TLS, time-out): try again
        refused,     ///< the other side said no
        too_large,   ///< an answer passed its bound
        database,    ///< the database is away or failed: try again
        stopped,     ///< the work was cancelled by a drain
        bug,         ///< our own mistake
    };

    Error(Kind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

} // namespace larum
