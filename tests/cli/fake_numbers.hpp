// SPDX-License-Identifier: Apache-2.0
// What the fakes measure where a test wants other numbers than theirs: FAKE_NUMBERS="KEY=VALUE,KEY=VALUE".
#pragma once

#include <cstdlib>
#include <optional>
#include <random>
#include <string>

namespace ridge::test {

inline std::optional<double> fakeNumber(const std::string& key) {
    const char* text = std::getenv("FAKE_NUMBERS");
    const std::string numbers = "," + std::string(text != nullptr ? text : "");
    const auto found = numbers.find("," + key + "=");
    if (found == std::string::npos) return std::nullopt;
    return std::strtod(numbers.c_str() + found + key.size() + 2, nullptr);
}

inline double fakeNumber(const std::string& key, double otherwise) {
    return fakeNumber(key).value_or(otherwise);
}

/// `value`, and up to the number `jitter` more of it.
inline double jittered(double value) {
    std::random_device random;
    return value * (1 + fakeNumber("jitter", 0) * std::uniform_real_distribution<>(0, 1)(random));
}

}  // namespace ridge::test
