// SPDX-License-Identifier: Apache-2.0
// Reading the small text files of /proc and /sys.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ridge::doctor {

/// Empty where it cannot be read.
[[nodiscard]] std::string contentOf(const std::filesystem::path& file);

/// NAME=VALUE of a file such as /proc/self/environ, where a zero byte ends each.
[[nodiscard]] std::map<std::string, std::string> environmentOf(const std::filesystem::path& file);

/// The number that is all of `text`; -1 for anything else.
[[nodiscard]] int wholeNumber(const std::string& text);

}  // namespace ridge::doctor
