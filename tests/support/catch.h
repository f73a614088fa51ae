#pragma once

#include <string>

// Catch2 2.13 (Debian 12) and 3.x (Debian 13) under one name.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
using Catch::Approx;
namespace larum::test {
inline auto contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
} // namespace larum::test
#else
#include <catch2/catch.hpp>
namespace larum::test {
inline auto contains(const std::string& part) { return Catch::Matchers::Contains(part); }
} // namespace larum::test
#endif
