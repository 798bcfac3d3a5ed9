// SPDX-License-Identifier: Apache-2.0
// ridge doctor --selftest: counters held against arithmetic, GPU by GPU.
#pragma once

#include <string>

namespace ridge::cli {

struct SelftestOptions {
    bool wanted = false;
    std::string file;     ///< empty: ridge.db
    std::string devices;  ///< as --device is typed; empty: the first GPU
    std::string commandLine;
};

/// Returns the exit code: 0 when every closed form agrees or does not apply, 1 when one is off or failed.
/// Throws ridge::Error (noGpu, notPermitted, failed).
[[nodiscard]] int selftest(const SelftestOptions& options, bool json);

}  // namespace ridge::cli
