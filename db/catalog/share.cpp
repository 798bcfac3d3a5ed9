// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/share.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <numeric>
#include <optional>

#include "db/model/error.hpp"

namespace ridge::catalog {
namespace fs = std::filesystem;
namespace {

bool isDirectory(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

/// Empty where the system does not tell which program this is.
fs::path installedShare() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return {};
    return (program.parent_path() / "../share/ridgepoint").lexically_normal();
}

/// Lower-case letters and digits only, so that "rtx4090" and "RTX 4090" are the same text.
std::string folded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0) result.push_back(static_cast<char>(std::tolower(byte)));
    }
    return result;
}

/// Whether every word of `name` is somewhere in the folded candidate: "a100-pcie" in "A100 80GB PCIe".
bool holdsEveryWord(std::string_view name, const std::string& candidate) {
    std::string word;
    for (const char c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            word.push_back(c);
            continue;
        }
        if (candidate.find(folded(word)) == std::string::npos) return false;
        word.clear();
    }
    return candidate.find(folded(word)) != std::string::npos;
}

struct Distance {
    std::size_t within = 0;  ///< edits that turn the name into some part of the candidate
    std::size_t whole = 0;   ///< edits that turn the name into all of the candidate
    auto operator<=>(const Distance&) const = default;
};

/// Levenshtein distance to the best part of `candidate` or, with `whole`, to all of it.
std::size_t edits(const std::string& name, const std::string& candidate, bool whole) {
    std::vector<std::size_t> row(candidate.size() + 1, 0);
    if (whole) std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= name.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= candidate.size(); ++j) {
            const std::size_t replaced = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return whole ? row.back() : *std::min_element(row.begin(), row.end());
}

std::string suggestion(std::string_view kind, const std::vector<std::string>& near) {
    std::string list = fmt::format("`ridge list {}` lists all", kind);
    if (near.empty()) return list;
    return fmt::format("did you mean '{}'? {}", fmt::join(near, "' or '"), list);
}

}  // namespace

fs::path shareDirectory() {
    if (const char* variable = std::getenv("RIDGE_SHARE"); variable != nullptr && *variable != '\0') {
        if (isDirectory(variable)) return variable;
        throw Error(ExitCode::failed, fmt::format("RIDGE_SHARE names '{}', which is not a folder", variable),
                    "unset RIDGE_SHARE, or set it to the folder that holds plans, devices and figures");
    }
    fs::path installed = installedShare();
    if (!installed.empty() && isDirectory(installed)) return installed;
    fs::path source = RIDGE_SOURCE_SHARE;
    if (isDirectory(source)) return source;
    throw Error(ExitCode::failed,
                fmt::format("the program's data files were not found; tried {} and {}", installed.string(),
                            source.string()),
                "set RIDGE_SHARE to the folder that holds plans, devices and figures");
}

std::vector<std::string> names(std::string_view kind) {
    std::vector<std::string> result;
    const fs::path folder = shareDirectory() / kind;
    if (!isDirectory(folder)) return result;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".toml") result.push_back(entry.path().stem().string());
    }
    std::sort(result.begin(), result.end());
    return result;
}

fs::path fileOf(std::string_view kind, std::string_view noun, std::string_view nameOrPath) {
    if (nameOrPath.find('/') != std::string_view::npos || nameOrPath.ends_with(".toml")) {
        std::error_code ignored;
        if (fs::is_regular_file(nameOrPath, ignored)) return nameOrPath;
        throw Error(ExitCode::usage, fmt::format("no {} file '{}'", noun, nameOrPath),
                    fmt::format("check the path, or give a name: `ridge list {}` lists them", kind));
    }
    const std::vector<std::string> known = names(kind);
    if (std::find(known.begin(), known.end(), nameOrPath) != known.end()) {
        return shareDirectory() / kind / fmt::format("{}.toml", nameOrPath);
    }
    throw Error(ExitCode::usage, fmt::format("no {} '{}'", noun, nameOrPath),
                suggestion(kind, nearest(nameOrPath, known)));
}

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates) {
    const std::string wanted = folded(name);
    if (wanted.empty()) return {};
    const std::size_t tolerated = wanted.size() * 2 / 5;
    std::vector<std::pair<Distance, std::string>> near;
    for (const std::string& candidate : candidates) {
        const std::string text = folded(candidate);
        const std::size_t within = holdsEveryWord(name, text) ? 0 : edits(wanted, text, false);
        const Distance distance{within, edits(wanted, text, true)};
        if (distance.within <= tolerated) near.emplace_back(distance, candidate);
    }
    std::stable_sort(near.begin(), near.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> result;
    for (const auto& entry : near) {
        if (result.size() < 3) result.push_back(entry.second);
    }
    return result;
}

}  // namespace ridge::catalog
