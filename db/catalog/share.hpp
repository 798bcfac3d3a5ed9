// SPDX-License-Identifier: Apache-2.0
// Finds the program's data files: plans, models, devices, metrics, figures, published numbers.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::catalog {

/// RIDGE_SHARE where set, then ../share/ridgepoint beside the program, then the source folder of the build.
/// Throws ridge::Error (failed) listing what was tried when none of them exists.
[[nodiscard]] std::filesystem::path shareDirectory();

/// Names (file stems, sorted) of the `*.toml` in shareDirectory()/kind, e.g. kind = "plans".
[[nodiscard]] std::vector<std::string> names(std::string_view kind);

/// The file of a NAME in share or of a PATH (anything with a '/' or ending in .toml). Throws ridge::Error
/// (usage) "no plan 'x'" with the nearest names and the command that lists them; `noun` is the singular for
/// messages ("plan").
[[nodiscard]] std::filesystem::path fileOf(std::string_view kind, std::string_view noun,
                                           std::string_view nameOrPath);

/// Up to three of `candidates` that resemble `name` (edit distance, without case), best first.
[[nodiscard]] std::vector<std::string> nearest(std::string_view name,
                                               const std::vector<std::string>& candidates);

}  // namespace ridge::catalog
