// SPDX-License-Identifier: Apache-2.0
// Where the libraries of a CUDA toolkit lie on a machine that did not build this program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ridge::cuda {

struct WantedLibrary {
    std::string soname;                 ///< libcupti.so.13
    std::string variable;               ///< RIDGE_CUPTI: the file, or its folder, and nothing else
    std::filesystem::path buildFolder;  ///< of the toolkit this was built with
};

/// What dlopen is given, in order: the file that `variable` names alone, where it is set; else the folders of
/// RIDGE_LIBRARY_PATH (':' between them; the folder of Python packages will do), the toolkit of the build,
/// the plain soname (LD_LIBRARY_PATH, the system's cache), the toolkits of CUDA_HOME, CUDA_PATH and
/// /usr/local/cuda*, and what the wheels of the active and the installed Pythons brought along.
[[nodiscard]] std::vector<std::filesystem::path> searchPath(const WantedLibrary& wanted);

/// The file that a loaded function lies in, links resolved; empty where the loader does not know.
[[nodiscard]] std::filesystem::path fileOf(const void* function);

}  // namespace ridge::cuda
