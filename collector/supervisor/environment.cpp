// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/environment.hpp"

#include <unistd.h>

#include <string_view>

namespace ridge::supervisor {

std::vector<std::string> environmentWith(const std::map<std::string, std::string>& added) {
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (added.count(std::string(text.substr(0, text.find('=')))) == 0) merged.emplace_back(text);
    }
    for (const auto& [name, value] : added) merged.push_back(std::string(name).append("=").append(value));
    return merged;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    result.reserve(texts.size() + 1);
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace ridge::supervisor
