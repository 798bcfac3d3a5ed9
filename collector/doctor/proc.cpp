// SPDX-License-Identifier: Apache-2.0
#include "collector/doctor/proc.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace ridge::doctor {

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::map<std::string, std::string> environmentOf(const std::filesystem::path& file) {
    std::map<std::string, std::string> environment;
    std::istringstream entries(contentOf(file));
    for (std::string entry; std::getline(entries, entry, '\0');) {
        const auto equals = entry.find('=');
        if (equals != std::string::npos) environment[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return environment;
}

int wholeNumber(const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : -1;
}

}  // namespace ridge::doctor
