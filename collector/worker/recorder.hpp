// SPDX-License-Identifier: Apache-2.0
// Records the closed forms on a GPU as fixtures, which tests evaluate where there is none.
#pragma once

#include <filesystem>

namespace ridge::worker {

/// One fixture FOLDER/CHIP/FORM for every one of shape::recordedForms() that device `ordinal` has a unit for;
/// two lines on stdout each, the second what was counted. A form that fails is told on stderr and leaves no
/// fixture; one whose counters contradict arithmetic is told and leaves it, as evidence; the number of both.
/// Throws ridge::Error (noGpu, notPermitted, failed) before the first.
[[nodiscard]] int recordFixtures(int ordinal, const std::filesystem::path& folder);

}  // namespace ridge::worker
