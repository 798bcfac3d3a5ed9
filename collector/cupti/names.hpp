// SPDX-License-Identifier: Apache-2.0
// Texts as the array of C strings that CUPTI takes.
#pragma once

#include <string>
#include <vector>

namespace ridge::cupti {

/// Valid as long as `texts` is neither changed nor destroyed.
[[nodiscard]] inline std::vector<const char*> pointersTo(const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    pointers.reserve(texts.size());
    for (const std::string& text : texts) pointers.push_back(text.c_str());
    return pointers;
}

}  // namespace ridge::cupti
