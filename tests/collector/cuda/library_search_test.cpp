// SPDX-License-Identifier: Apache-2.0
#include "collector/cuda/library_search.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge::cuda;
namespace fs = std::filesystem;

namespace {

/// A machine in a folder: nothing but what a test puts there, as far as variables can say.
class Machine {
 public:
    Machine() {
        for (const char* variable : {"RIDGE_CUPTI", "RIDGE_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH",
                                     "VIRTUAL_ENV", "CONDA_PREFIX", "HOME"})
            unsetenv(variable);
        set("PATH", m_root / "bin");
    }
    static void set(const char* variable, const fs::path& value) { setenv(variable, value.c_str(), 1); }
    /// An empty file at `path` below the root, with its folders.
    fs::path add(const fs::path& path) {
        fs::create_directories((m_root / path).parent_path());
        std::ofstream(m_root / path).flush();
        return m_root / path;
    }
    [[nodiscard]] const fs::path& root() const { return m_root.path(); }

 private:
    ridge::test::TemporaryFolder m_root;
};

const WantedLibrary cupti{"libcupti.so.13", "RIDGE_CUPTI", "/toolkit/lib"};

/// Where `file` stands in the search path; its end where it does not.
std::ptrdiff_t place(const fs::path& file) {
    const auto path = searchPath(cupti);
    return std::find(path.begin(), path.end(), file) - path.begin();
}

bool searched(const fs::path& file) {
    const auto path = searchPath(cupti);
    return std::find(path.begin(), path.end(), file) != path.end();
}

}  // namespace

TEST_CASE("the variable of a library replaces the whole search, as a file or as a folder") {
    Machine machine;
    Machine::set("RIDGE_CUPTI", "/nowhere/own.so");
    CHECK(searchPath(cupti) == std::vector<fs::path>{"/nowhere/own.so"});
    Machine::set("RIDGE_CUPTI", machine.root());
    CHECK(searchPath(cupti) == std::vector<fs::path>{machine.root() / "libcupti.so.13"});
}

TEST_CASE("folders that were named come before the build's toolkit, the loader's and the installed ones") {
    Machine machine;
    const fs::path wheel = machine.add("packages/nvidia/cuda_cupti/lib/libcupti.so.13");
    Machine::set("RIDGE_LIBRARY_PATH", "/a::" + (machine.root() / "packages").string());
    Machine::set("CUDA_HOME", "/home/cuda");
    CHECK(place("/a/libcupti.so.13") == 0);
    CHECK(place(wheel) < place("/toolkit/lib/libcupti.so.13"));
    CHECK(place("/toolkit/lib/libcupti.so.13") < place("libcupti.so.13"));
    CHECK(place("libcupti.so.13") < place("/home/cuda/lib64/libcupti.so.13"));
    CHECK(place("/home/cuda/extras/CUPTI/lib64/libcupti.so.13") <
          place("/usr/local/cuda/lib64/libcupti.so.13"));
    CHECK(searched("/usr/local/cuda/lib64/libcupti.so.13"));
}

TEST_CASE("the wheels of the Python in PATH are found, in the layouts of CUDA 13 and of one package each") {
    Machine machine;
    machine.add("env/bin/python3");
    const fs::path whole = machine.add("env/lib/python3.12/site-packages/nvidia/cu13/lib/libcupti.so.13");
    const fs::path single =
        machine.add("env/lib/python3.12/site-packages/nvidia/cuda_cupti/lib/libcupti.so.13");
    machine.add("env/lib/python3.12/site-packages/nvidia/cublas/lib/libcublas.so.13");
    CHECK_FALSE(searched(whole));
    Machine::set("PATH", "/nowhere:" + (machine.root() / "env/bin").string());
    CHECK(searched(whole));
    CHECK(searched(single));
    CHECK_FALSE(
        searched(machine.root() / "env/lib/python3.12/site-packages/nvidia/cublas/lib/libcupti.so.13"));
}

TEST_CASE("a Python that is a link is searched on both sides of it") {
    Machine machine;
    machine.add("real/bin/python3.12");
    const fs::path real = machine.add("real/lib/python3.12/site-packages/nvidia/cu13/lib/libcupti.so.13");
    const fs::path own = machine.add("env/lib/python3.12/site-packages/nvidia/cu13/lib/libcupti.so.13");
    fs::create_directories(machine.root() / "env/bin");
    fs::create_symlink(machine.root() / "real/bin/python3.12", machine.root() / "env/bin/python3");
    Machine::set("PATH", machine.root() / "env/bin");
    CHECK(place(own) < place(real));
    CHECK(searched(real));
}

TEST_CASE("no place is tried twice") {
    Machine machine;
    Machine::set("CUDA_HOME", "/usr/local/cuda");
    auto path = searchPath(cupti);
    const std::size_t all = path.size();
    std::sort(path.begin(), path.end());
    path.erase(std::unique(path.begin(), path.end()), path.end());
    CHECK(path.size() == all);
}

TEST_CASE("the file of a loaded function is told, links resolved") {
    CHECK_THAT(fileOf(reinterpret_cast<const void*>(&std::getenv)).string(), ContainsSubstring("libc"));
    CHECK(fileOf(nullptr).empty());
}
