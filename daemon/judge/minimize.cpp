#include "daemon/judge/minimize.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace larum::judging {

namespace {

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// The direction of L-BFGS from the last few steps.
Vector direction(const Vector& slope, const std::deque<std::pair<Vector, Vector>>& steps) {
    Vector q = slope;
    std::vector<double> alpha(steps.size());
    for (std::size_t k = steps.size(); k-- > 0;) {
        const auto& [s, y] = steps[k];
        alpha[k] = dot(s, q) / dot(s, y);
        for (std::size_t i = 0; i < q.size(); ++i) q[i] -= alpha[k] * y[i];
    }
    if (!steps.empty()) {
        const auto& [s, y] = steps.back();
        const double scale = dot(s, y) / dot(y, y);
        for (auto& one : q) one *= scale;
    }
    for (std::size_t k = 0; k < steps.size(); ++k) {
        const auto& [s, y] = steps[k];
        const double beta = dot(y, q) / dot(s, y);
        for (std::size_t i = 0; i < q.size(); ++i) q[i] += s[i] * (alpha[k] - beta);
    }
    for (auto& one : q) one = -one;
    return q;
}

} // namespace

Vector minimize(const Loss& loss, Vector w, int rounds) {
    const auto size = w.size();
    Vector slope(size), next(size), next_slope(size);
    double value = loss(w, slope);
    std::deque<std::pair<Vector, Vector>> steps;
    for (int round = 0; round < rounds; ++round) {
        auto to = direction(slope, steps);
        double downhill = dot(to, slope);
        if (downhill >= -1e-9) break;
        double step = steps.empty() ? std::min(1.0, 1 / std::sqrt(dot(slope, slope))) : 1.0, found = value;
        for (int tries = 0; tries < 30; ++tries, step /= 2) {
            for (std::size_t i = 0; i < size; ++i) next[i] = w[i] + step * to[i];
            found = loss(next, next_slope);
            if (found <= value + 1e-4 * step * downhill) break;
        }
        if (value - found < 1e-6 * std::abs(value)) break;
        Vector s(size), y(size);
        for (std::size_t i = 0; i < size; ++i) s[i] = next[i] - w[i], y[i] = next_slope[i] - slope[i];
        if (dot(s, y) > 1e-12) steps.emplace_back(std::move(s), std::move(y));
        if (steps.size() > 8) steps.pop_front();
        w.swap(next);
        slope.swap(next_slope);
        value = found;
    }
    return w;
}

} // namespace larum::judging
