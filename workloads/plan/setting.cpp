// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/setting.hpp"

#include <utility>

namespace ridge::plan {

std::vector<Setting> settingsOf(const Series& series) {
    std::vector<Setting> settings{{}};
    for (const auto& [axis, values] : series.axes) {
        std::vector<Setting> longer;
        for (const Setting& setting : settings) {
            for (const std::int64_t value : values) {
                longer.push_back(setting);
                longer.back()[axis] = value;
            }
        }
        settings = std::move(longer);
    }
    return settings;
}

std::optional<std::string> unknownPlaceholder(const Series& series) {
    const std::string& label = series.label;
    for (auto open = label.find('{'); open != std::string::npos; open = label.find('{', open + 1)) {
        const auto close = label.find('}', open);
        const std::string text = label.substr(open, close == std::string::npos ? close : close - open + 1);
        if (close == std::string::npos || !series.axes.contains(text.substr(1, text.size() - 2))) return text;
    }
    return std::nullopt;
}

std::string labelOf(const Series& series, const Setting& setting) {
    std::string label = series.label;
    for (const auto& [axis, value] : setting) {
        const std::string placeholder = "{" + axis + "}";
        for (auto at = label.find(placeholder); at != std::string::npos; at = label.find(placeholder, at)) {
            label.replace(at, placeholder.size(), std::to_string(value));
        }
    }
    return label;
}

}  // namespace ridge::plan
