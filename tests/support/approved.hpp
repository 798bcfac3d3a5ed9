// SPDX-License-Identifier: Apache-2.0
// Approved text: output compared with a file of tests/data, which UPDATE_APPROVED=1 rewrites.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/catch.hpp"

namespace ridge::test {

/// Fails when `actual` is not the text of tests/data/NAME. With UPDATE_APPROVED=1 the file becomes `actual`.
inline void checkApproved(std::string_view name, const std::string& actual) {
    const auto file = std::filesystem::path(RIDGE_SOURCE_DIR) / "tests/data" / name;
    const char* update = std::getenv("UPDATE_APPROVED");
    if (update != nullptr && std::string_view(update) == "1") {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << actual;
    }
    std::ostringstream approved;
    approved << std::ifstream(file).rdbuf();
    INFO("approved text: " << file.string() << " (UPDATE_APPROVED=1 rewrites it)");
    CHECK(actual == approved.str());
}

}  // namespace ridge::test
