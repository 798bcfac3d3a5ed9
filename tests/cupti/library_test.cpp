// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "collector/cupti/api.hpp"
#include "collector/cupti/toolkit.hpp"
#include "db/model/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
namespace fs = std::filesystem;

namespace {

const std::string soname = "libcupti.so." + std::to_string(cupti::cudaMajor);
const char* const wheelFolder = cupti::cudaMajor == 13 ? "nvidia/cu13/lib" : "nvidia/cuda_cupti/lib";

/// An environment variable for a scope.
class Variable {
 public:
    Variable(const char* name, const std::string& value) : m_name(name) {
        if (const char* before = std::getenv(name)) m_before = before;
        setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() {
        if (m_before) {
            setenv(m_name, m_before->c_str(), 1);
        } else {
            unsetenv(m_name);
        }
    }

 private:
    const char* m_name;
    std::optional<std::string> m_before;
};

std::string loadError() {
    try {
        static_cast<void>(cupti::loadLibrary());
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::failed);
        CHECK_THAT(error.hint(), ContainsSubstring("RIDGE_CUPTI"));
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("libcupti is found, in the version of the build, and remembers where") {
    const cupti::Library& library = cupti::library();
    CHECK(cupti::serves(library.version));
    CHECK(library.versionText().starts_with(std::to_string(cupti::cudaMajor) + "."));
    CHECK_THAT(library.path, ContainsSubstring("libcupti.so"));
    CHECK(fs::exists(library.path));
}

TEST_CASE("RIDGE_CUPTI replaces the whole search path, as a folder or as a file") {
    {
        const Variable own("RIDGE_CUPTI", "/nowhere/" + soname);
        CHECK(cupti::searchPath() == std::vector<fs::path>{"/nowhere/" + soname});
    }
    const Variable own("RIDGE_CUPTI", "/");
    CHECK(cupti::searchPath() == std::vector<fs::path>{"/" + soname});
}

TEST_CASE("the plain soname and the wheels of the active environment are searched") {
    const test::TemporaryFolder prefix;
    const fs::path wheel = prefix / "lib/python3.11/site-packages" / wheelFolder;
    fs::create_directories(wheel);
    std::ofstream(wheel / soname).flush();  // only wheels that have it are searched
    const Variable noOwn("RIDGE_CUPTI", "");
    const Variable environment("VIRTUAL_ENV", prefix.path().string());
    const auto path = cupti::searchPath();
    CHECK(std::count(path.begin(), path.end(), fs::path(soname)) == 1);
    CHECK(std::count(path.begin(), path.end(), wheel / soname) == 1);
}

TEST_CASE("a place without a usable libcupti is named with what is wrong there") {
    {
        const Variable own("RIDGE_CUPTI", "/nowhere/" + soname);
        CHECK_THAT(loadError(), ContainsSubstring("/nowhere/" + soname + " (not there)"));
    }
    const Variable own("RIDGE_CUPTI", "libm.so.6");
    CHECK_THAT(loadError(), ContainsSubstring("libm.so.6 (has no cuptiGetVersion)"));
}
