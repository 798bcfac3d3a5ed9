// SPDX-License-Identifier: Apache-2.0
// The hardware counters that a metric is computed from, as the library below CUPTI knows them.
#pragma once

#include <set>
#include <string>

namespace ridge::test {

/// The chips that the library plans for and does not tell the raw counters of: none since CUDA 13.0.
[[nodiscard]] std::set<std::string> chipsWithoutRawCounters();

/// By the library's own names, which are hashes. Throws std::runtime_error where it does not tell.
[[nodiscard]] std::set<std::string> rawCountersOf(const std::string& chip, const std::string& metric);

}  // namespace ridge::test
