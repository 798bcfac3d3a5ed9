// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/axis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "db/catalog/toml_file.hpp"

namespace ridge::plan {
namespace fs = std::filesystem;
namespace {

std::int64_t rangeEnd(const fs::path& file, const toml::table& range, std::string_view key,
                      std::string_view axis) {
    const toml::node* node = range.get(key);
    if (node == nullptr) {
        throw catalog::tomlError(file, range, fmt::format("the range of axis '{}' lacks '{}'", axis, key));
    }
    const std::int64_t value = positiveInteger(file, *node, key);
    if (!std::has_single_bit(static_cast<std::uint64_t>(value))) {
        throw catalog::tomlError(
            file, *node,
            fmt::format("'{}' must be a power of two, not {}; a list takes any values", key, value));
    }
    return value;
}

std::vector<std::int64_t> powersOfTwo(const fs::path& file, const toml::table& range, std::string_view axis) {
    catalog::requireKnownKeys(file, range, {"from", "to"});
    const std::int64_t from = rangeEnd(file, range, "from", axis);
    const std::int64_t to = rangeEnd(file, range, "to", axis);
    if (from > to) {
        throw catalog::tomlError(file, range,
                                 fmt::format("the range of axis '{}' is empty: {} to {}", axis, from, to));
    }
    std::vector<std::int64_t> values;
    for (std::int64_t value = from; value <= to; value *= 2) values.push_back(value);
    return values;
}

void requireDistinct(const fs::path& file, const toml::node& node, std::string_view axis,
                     const std::vector<std::int64_t>& values) {
    for (auto value = values.begin(); value != values.end(); ++value) {
        if (std::find(values.begin(), value, *value) != value) {
            throw catalog::tomlError(file, node, fmt::format("axis '{}' holds {} twice", axis, *value));
        }
    }
}

}  // namespace

std::int64_t positiveInteger(const fs::path& file, const toml::node& node, std::string_view what) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > largestValue) {
        throw catalog::tomlError(file, node,
                                 fmt::format("'{}' must be a whole number from 1 to {}", what, largestValue));
    }
    return *value;
}

std::vector<std::int64_t> positiveIntegers(const fs::path& file, const toml::node& node,
                                           std::string_view what) {
    const toml::array* list = node.as_array();
    if (list == nullptr || list->empty()) {
        throw catalog::tomlError(file, node,
                                 fmt::format("'{}' must be a list of at least one whole number", what));
    }
    std::vector<std::int64_t> values;
    for (const toml::node& item : *list) values.push_back(positiveInteger(file, item, what));
    return values;
}

Axes readAxes(const fs::path& file, const toml::table& table) {
    catalog::requireKnownKeys(file, table, {axisNames[0], axisNames[1], axisNames[2], axisNames[3]});
    Axes axes;
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        const toml::table* range = node.as_table();
        if (range == nullptr && !node.is_array()) {
            throw catalog::tomlError(
                file, node, fmt::format("axis '{}' must be a list or {{ from = 1, to = 64 }}", name));
        }
        axes[name] = range != nullptr ? powersOfTwo(file, *range, name) : positiveIntegers(file, node, name);
        requireDistinct(file, node, name, axes[name]);
    }
    return axes;
}

}  // namespace ridge::plan
