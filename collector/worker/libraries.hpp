// SPDX-License-Identifier: Apache-2.0
// Which of the libraries that are opened at run time this machine has, and where.
#pragma once

#include <string>

namespace ridge::worker {

/// A line for CUPTI and one for cuBLAS: its file and version, or what was tried. Opens both, which takes a
/// second; needs no GPU. `complete` becomes whether both are there.
[[nodiscard]] std::string describeLibraries(bool& complete);

}  // namespace ridge::worker
