// SPDX-License-Identifier: Apache-2.0
// Catch2, version 3 where the system has it, version 2 elsewhere.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#if __has_include(<catch2/catch_all.hpp>)
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
#else
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
// NOLINTNEXTLINE(readability-identifier-naming): Catch2 3 names it so
inline auto ContainsSubstring(const std::string& text) {
    return Catch::Matchers::Contains(text);
}
#endif
