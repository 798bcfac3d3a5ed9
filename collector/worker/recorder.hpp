// SPDX-License-Identifier: Apache-2.0
// Records the closed forms on a GPU as fixtures, which tests evaluate where there is none.
#pragma once

#include <filesystem>

namespace ridge::worker {

/// One fixture FOLDER/CHIP/FORM for every closed form that device `ordinal` has a unit for, and one of a
/// range without any work; a line on stdout each. A form that fails is told on stderr and leaves no fixture;
/// the number of those. Throws ridge::Error (noGpu, notPermitted, failed) before the first.
[[nodiscard]] int recordFixtures(int ordinal, const std::filesystem::path& folder);

}  // namespace ridge::worker
