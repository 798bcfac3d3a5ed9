// SPDX-License-Identifier: Apache-2.0
// Rows of v_points for programs: CSV and JSON with every digit.
#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "collector/cli/point_table.hpp"

namespace ridge::cli {
namespace {

std::string field(const std::string& text) {
    const bool plain =
        !text.empty() && text.find_first_of(",\"\r\n") == std::string::npos && text.front() != '#';
    if (plain) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string field(const db::Cell& cell) {
    return std::visit(
        [](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::monostate>)
                return {};
            else if constexpr (std::is_same_v<Value, std::string>)
                return field(value);
            else
                return fmt::format("{}", value);
        },
        cell);
}

nlohmann::ordered_json value(const db::Cell& cell) {
    return std::visit(
        [](const auto& held) -> nlohmann::ordered_json {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>)
                return nullptr;
            else
                return held;
        },
        cell);
}

}  // namespace

std::string csv(const db::Table& points) {
    std::string text;
    for (const std::string& column : points.columns) {
        if (const std::string_view unit = unitOf(column); !unit.empty())
            text += fmt::format("# {}: {}\n", column, unit);
    }
    for (std::size_t i = 0; i < points.columns.size(); ++i)
        text += (i == 0 ? "" : ",") + field(points.columns[i]);
    text += "\n";
    for (const auto& row : points.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + field(row[i]);
        text += "\n";
    }
    return text;
}

std::string json(const db::Table& points) {
    nlohmann::ordered_json array = nlohmann::ordered_json::array();
    for (const auto& row : points.rows) {
        nlohmann::ordered_json object;
        for (std::size_t i = 0; i < row.size(); ++i) object[points.columns[i]] = value(row[i]);
        array.push_back(std::move(object));
    }
    return array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ridge::cli
