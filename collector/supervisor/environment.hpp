// SPDX-License-Identifier: Apache-2.0
// What a program is started with: its variables, as posix_spawn takes them.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ridge::supervisor {

/// This process's variables as "NAME=value", each of `added` in place of its own of that name.
[[nodiscard]] std::vector<std::string> environmentWith(const std::map<std::string, std::string>& added);

/// Into `texts`, which must outlive them and stay as they are, with a null pointer at the end.
[[nodiscard]] std::vector<char*> pointers(std::vector<std::string>& texts);

}  // namespace ridge::supervisor
