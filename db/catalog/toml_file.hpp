// SPDX-License-Identifier: Apache-2.0
// Reads TOML with errors that name file, line and column, and refuses keys nobody reads.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "db/model/error.hpp"

namespace ridge::catalog {

/// Throws ridge::Error (usage) "FILE:LINE:COLUMN: reason" when the file does not parse; (failed) when it
/// cannot be read.
[[nodiscard]] toml::table parseToml(const std::filesystem::path& file);

/// ridge::Error (usage) "FILE:LINE:COLUMN: reason" at a node of a parsed file.
[[nodiscard]] Error tomlError(const std::filesystem::path& file, const toml::node& node,
                              const std::string& reason);

/// Throws tomlError for the first key of `table` that is not in `known`, with the nearest known one.
void requireKnownKeys(const std::filesystem::path& file, const toml::table& table,
                      std::initializer_list<std::string_view> known);

/// Typed, required or defaulted values; each throws tomlError when the type is wrong or the key is missing.
[[nodiscard]] std::string requireString(const std::filesystem::path& file, const toml::table& table,
                                        std::string_view key);
[[nodiscard]] double requireNumber(const std::filesystem::path& file, const toml::table& table,
                                   std::string_view key);
[[nodiscard]] std::string stringOr(const std::filesystem::path& file, const toml::table& table,
                                   std::string_view key, std::string fallback);
[[nodiscard]] double numberOr(const std::filesystem::path& file, const toml::table& table,
                              std::string_view key, double fallback);
[[nodiscard]] bool boolOr(const std::filesystem::path& file, const toml::table& table, std::string_view key,
                          bool fallback);

/// A finite number above zero. Throws tomlError otherwise.
[[nodiscard]] double requirePositive(const std::filesystem::path& file, const toml::table& table,
                                     std::string_view key);
[[nodiscard]] double positiveOr(const std::filesystem::path& file, const toml::table& table,
                                std::string_view key, double fallback);

/// One of `allowed`. Throws tomlError that lists them.
[[nodiscard]] std::string choiceOr(const std::filesystem::path& file, const toml::table& table,
                                   std::string_view key, std::string fallback,
                                   std::initializer_list<std::string_view> allowed);

/// The table `[key]`. Throws tomlError when it is missing or no table; the pointer form allows its absence.
[[nodiscard]] const toml::table& requireTable(const std::filesystem::path& file, const toml::table& table,
                                              std::string_view key);
[[nodiscard]] const toml::table* tableOrNull(const std::filesystem::path& file, const toml::table& table,
                                             std::string_view key);
/// The tables `[[key]]` in file order, none when the key is absent. Throws tomlError for any other type.
[[nodiscard]] std::vector<const toml::table*> tablesOf(const std::filesystem::path& file,
                                                       const toml::table& table, std::string_view key);

}  // namespace ridge::catalog
