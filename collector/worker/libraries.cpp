// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/libraries.hpp"

#include <fmt/format.h>

#include "collector/cuda/library_search.hpp"
#include "collector/cupti/api.hpp"
#include "db/model/error.hpp"
#include "workloads/gemm/cublas_library.hpp"

namespace ridge::worker {
namespace {

template <class Find>
std::string line(const char* name, bool& complete, Find find) {
    try {
        return fmt::format("{:<7}  {}\n", name, find());
    } catch (const Error& error) {
        complete = false;
        return fmt::format("{:<7}  {}\n         {}\n", name, error.what(), error.hint());
    }
}

std::string cublas() {
    void* library = workloads::openCublas();
    const auto version = workloads::symbol<int (*)(int, int*)>(library, "cublasGetProperty");
    int parts[3]{};
    for (int part = 0; part < 3; ++part) version(part, &parts[part]);  // MAJOR_VERSION, MINOR_, PATCH_LEVEL
    return fmt::format("{}.{}.{} at {}", parts[0], parts[1], parts[2],
                       cuda::fileOf(reinterpret_cast<const void*>(version)).string());
}

}  // namespace

std::string describeLibraries(bool& complete) {
    complete = true;
    std::string text = line("CUPTI", complete, [] {
        const cupti::Library& library = cupti::library();
        return library.versionText() + " at " + library.path;
    });
    return text + line("cuBLAS", complete, cublas);
}

}  // namespace ridge::worker
