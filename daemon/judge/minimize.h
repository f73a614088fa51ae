#pragma once

#include <functional>
#include <vector>

namespace larum::judging {

using Vector = std::vector<double>;

/// A loss at a point; writes its slope there into the second argument, which has the same size.
using Loss = std::function<double(const Vector&, Vector&)>;

/// The point near the least loss, by L-BFGS from `start`; at most `rounds` steps.
Vector minimize(const Loss& loss, Vector start, int rounds);

} // namespace larum::judging
