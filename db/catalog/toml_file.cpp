// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/toml_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "db/catalog/share.hpp"

namespace ridge::catalog {
namespace fs = std::filesystem;
namespace {

Error errorAt(const fs::path& file, const toml::source_position& position, const std::string& reason,
              std::string hint = {}) {
    return {ExitCode::usage,
            fmt::format("{}:{}:{}: {}", file.string(), position.line, position.column, reason),
            std::move(hint)};
}

/// toml++ reports an absent key as a null node; the table itself then says where to look.
const toml::node& requireNode(const fs::path& file, const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) throw tomlError(file, table, fmt::format("'{}' is missing", key));
    return *node;
}

std::string textOf(const fs::path& file, const toml::node& node, std::string_view key) {
    const auto text = node.value_exact<std::string>();
    if (!text) throw tomlError(file, node, fmt::format("'{}' must be a text in quotes", key));
    return *text;
}

double numberOf(const fs::path& file, const toml::node& node, std::string_view key) {
    const auto number = node.is_number() ? node.value<double>() : std::nullopt;
    if (!number || !std::isfinite(*number)) {
        throw tomlError(file, node, fmt::format("'{}' must be a finite number", key));
    }
    return *number;
}

double positiveOf(const fs::path& file, const toml::node& node, std::string_view key) {
    const double number = numberOf(file, node, key);
    if (number <= 0) throw tomlError(file, node, fmt::format("'{}' must be above 0, not {}", key, number));
    return number;
}

}  // namespace

toml::table parseToml(const fs::path& file) {
    std::error_code ignored;
    std::ifstream stream(file, std::ios::binary);
    if (fs::is_directory(file, ignored) || !stream) {
        throw Error(ExitCode::failed, fmt::format("cannot read '{}'", file.string()),
                    "check that the file exists and that you may read it");
    }
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    try {
        return toml::parse(text, file.string());
    } catch (const toml::parse_error& error) {
        throw errorAt(file, error.source().begin, std::string(error.description()));
    }
}

Error tomlError(const fs::path& file, const toml::node& node, const std::string& reason) {
    return errorAt(file, node.source().begin, reason);
}

void requireKnownKeys(const fs::path& file, const toml::table& table,
                      std::initializer_list<std::string_view> known) {
    // A table is sorted by key, a reader works from top to bottom: report the first in the file.
    const toml::key* unknown = nullptr;
    for (const auto& [key, node] : table) {
        if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
        const auto& begin = key.source().begin;
        if (unknown == nullptr || begin < unknown->source().begin) unknown = &key;
    }
    if (unknown == nullptr) return;
    const auto near = nearest(unknown->str(), std::vector<std::string>(known.begin(), known.end()));
    const std::string hint = near.empty() ? fmt::format("known here: {}", fmt::join(known, ", "))
                                          : fmt::format("did you mean '{}'?", near.front());
    throw errorAt(file, unknown->source().begin, fmt::format("unknown key '{}'", unknown->str()), hint);
}

std::string requireString(const fs::path& file, const toml::table& table, std::string_view key) {
    return textOf(file, requireNode(file, table, key), key);
}

double requireNumber(const fs::path& file, const toml::table& table, std::string_view key) {
    return numberOf(file, requireNode(file, table, key), key);
}

std::string stringOr(const fs::path& file, const toml::table& table, std::string_view key,
                     std::string fallback) {
    const toml::node* node = table.get(key);
    return node == nullptr ? std::move(fallback) : textOf(file, *node, key);
}

double numberOr(const fs::path& file, const toml::table& table, std::string_view key, double fallback) {
    const toml::node* node = table.get(key);
    return node == nullptr ? fallback : numberOf(file, *node, key);
}

bool boolOr(const fs::path& file, const toml::table& table, std::string_view key, bool fallback) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return fallback;
    const auto value = node->value_exact<bool>();
    if (!value) throw tomlError(file, *node, fmt::format("'{}' must be true or false", key));
    return *value;
}

double requirePositive(const fs::path& file, const toml::table& table, std::string_view key) {
    return positiveOf(file, requireNode(file, table, key), key);
}

double positiveOr(const fs::path& file, const toml::table& table, std::string_view key, double fallback) {
    const toml::node* node = table.get(key);
    return node == nullptr ? fallback : positiveOf(file, *node, key);
}

std::string choiceOr(const fs::path& file, const toml::table& table, std::string_view key,
                     std::string fallback, std::initializer_list<std::string_view> allowed) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return fallback;
    std::string text = textOf(file, *node, key);
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
        throw tomlError(file, *node,
                        fmt::format("'{}' must be one of {}, not '{}'", key, fmt::join(allowed, ", "), text));
    }
    return text;
}

const toml::table& requireTable(const fs::path& file, const toml::table& table, std::string_view key) {
    const toml::table* found = tableOrNull(file, table, key);
    if (found == nullptr) throw tomlError(file, table, fmt::format("[{}] is missing", key));
    return *found;
}

const toml::table* tableOrNull(const fs::path& file, const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return nullptr;
    if (!node->is_table()) throw tomlError(file, *node, fmt::format("'{}' must be a table: [{}]", key, key));
    return node->as_table();
}

std::vector<const toml::table*> tablesOf(const fs::path& file, const toml::table& table,
                                         std::string_view key) {
    std::vector<const toml::table*> result;
    const toml::node* node = table.get(key);
    if (node == nullptr) return result;
    if (!node->is_array()) {
        throw tomlError(file, *node, fmt::format("'{}' must be a list of tables: [[{}]]", key, key));
    }
    for (const toml::node& item : *node->as_array()) {
        if (!item.is_table()) {
            throw tomlError(file, item, fmt::format("'{}' must be a list of tables: [[{}]]", key, key));
        }
        result.push_back(item.as_table());
    }
    return result;
}

}  // namespace ridge::catalog
