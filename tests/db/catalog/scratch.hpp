// SPDX-License-Identifier: Apache-2.0
// A folder that is gone at the end of a test, and what a call throws, as one text.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "db/model/error.hpp"

namespace ridge::test {

class Scratch {
 public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ridge-catalog-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no scratch folder");
        m_path = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
    [[nodiscard]] std::filesystem::path write(const std::filesystem::path& name,
                                              std::string_view text) const {
        auto file = m_path / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }

 private:
    std::filesystem::path m_path;
};

/// "EXIT-CODE what | hint" with the scratch folder left out of the text; "nothing thrown" where nothing was.
inline std::string thrown(const Scratch& scratch, const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        std::string text = std::to_string(static_cast<int>(error.code())) + " " + error.what();
        if (!error.hint().empty()) text += " | " + error.hint();
        const std::string folder = scratch.path().string() + "/";
        for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
            text.erase(at, folder.size());
        }
        return text;
    }
    return "nothing thrown";
}

}  // namespace ridge::test
