// SPDX-License-Identifier: Apache-2.0
#include "collector/cuda/library_search.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace ridge::cuda {
namespace {

namespace fs = std::filesystem;
using Paths = std::vector<fs::path>;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

Paths foldersOf(const std::string& variable) {
    Paths folders;
    std::istringstream list(environment(variable.c_str()));
    for (std::string folder; std::getline(list, folder, ':');) {
        if (!folder.empty()) folders.emplace_back(folder);
    }
    return folders;
}

/// Names in `folder` that start with `prefix`, sorted.
Paths entriesOf(const fs::path& folder, const std::string& prefix) {
    Paths found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// PACKAGES/nvidia/cu13/lib holds every library of CUDA 13, PACKAGES/nvidia/cublas/lib and the like one each.
void appendWheels(const fs::path& packages, const std::string& soname, Paths& path) {
    for (const fs::path& wheel : entriesOf(packages / "nvidia", "")) {
        if (isThere(wheel / "lib" / soname)) path.push_back(wheel / "lib" / soname);
    }
}

void appendPython(const fs::path& prefix, const std::string& soname, Paths& path) {
    for (const char* library : {"lib", "lib64"}) {
        for (const fs::path& python : entriesOf(prefix / library, "python3")) {
            for (const char* packages : {"site-packages", "dist-packages"})
                appendWheels(python / packages, soname, path);
        }
    }
}

/// Where the Pythons of this environment have their lib folders.
Paths pythonPrefixes() {
    Paths prefixes{environment("VIRTUAL_ENV"), environment("CONDA_PREFIX")};
    if (const std::string home = environment("HOME"); !home.empty())
        prefixes.push_back(fs::path(home) / ".local");
    for (const fs::path& folder : foldersOf("PATH")) {
        if (!isThere(folder / "python3")) continue;
        std::error_code ignored;
        prefixes.push_back(folder.parent_path());
        prefixes.push_back(fs::canonical(folder / "python3", ignored).parent_path().parent_path());
        break;
    }
    prefixes.insert(prefixes.end(), {"/usr/local", "/usr"});
    prefixes.erase(std::remove(prefixes.begin(), prefixes.end(), fs::path()), prefixes.end());
    return prefixes;
}

Paths toolkits() {
    Paths roots;
    for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
        if (const std::string root = environment(variable); !root.empty()) roots.emplace_back(root);
    }
    roots.emplace_back("/usr/local/cuda");
    for (fs::path& versioned : entriesOf("/usr/local", "cuda-")) roots.push_back(std::move(versioned));
    return roots;
}

Paths withoutRepeats(const Paths& path) {
    Paths once;
    for (const fs::path& file : path) {
        if (std::find(once.begin(), once.end(), file) == once.end()) once.push_back(file);
    }
    return once;
}

}  // namespace

Paths searchPath(const WantedLibrary& wanted) {
    if (const fs::path own = environment(wanted.variable.c_str()); !own.empty()) {
        std::error_code ignored;
        return {fs::is_directory(own, ignored) ? own / wanted.soname : own};
    }
    Paths path;
    for (const fs::path& folder : foldersOf("RIDGE_LIBRARY_PATH")) {
        path.push_back(folder / wanted.soname);
        appendWheels(folder, wanted.soname, path);
    }
    path.push_back(wanted.buildFolder / wanted.soname);
    path.emplace_back(wanted.soname);
    for (const fs::path& root : toolkits()) {
        path.push_back(root / "lib64" / wanted.soname);
        path.push_back(root / "extras/CUPTI/lib64" / wanted.soname);
    }
    for (const fs::path& prefix : pythonPrefixes()) appendPython(prefix, wanted.soname, path);
    return withoutRepeats(path);
}

fs::path fileOf(const void* function) {
    Dl_info info{};
    if (dladdr(function, &info) == 0 || info.dli_fname == nullptr) return {};
    std::error_code error;
    fs::path file = fs::canonical(info.dli_fname, error);
    return error ? fs::path(info.dli_fname) : file;
}

}  // namespace ridge::cuda
