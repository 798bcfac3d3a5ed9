// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/cublas.hpp"

#include <cublas_v2.h>
#include <dlfcn.h>
#include <fmt/core.h>

#include <filesystem>

#include "collector/cuda/library_search.hpp"
#include "db/model/error.hpp"
#include "workloads/gemm/cublas_library.hpp"

namespace ridge::workloads {
namespace {

constexpr bool isCuda13 = CUDART_VERSION >= 13000;
constexpr const char* soname = isCuda13 ? "libcublas.so.13" : "libcublas.so.12";
constexpr const char* ltSoname = isCuda13 ? "libcublasLt.so.13" : "libcublasLt.so.12";
/// The size cuBLAS itself takes on Hopper; given explicitly, the choice of algorithms does not depend on what
/// else was allocated.
constexpr std::size_t workspaceBytes = std::size_t{32} << 20;

struct Types {
    cudaDataType_t data;
    cublasComputeType_t compute;
};

Types typesOf(DType type) {
    switch (type) {
        case DType::bf16:
            return {CUDA_R_16BF, CUBLAS_COMPUTE_32F};
        case DType::fp16:
            return {CUDA_R_16F, CUBLAS_COMPUTE_32F};
        case DType::tf32:
            return {CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32};
        case DType::fp32:
            return {CUDA_R_32F, CUBLAS_COMPUTE_32F};
        case DType::fp64:
            return {CUDA_R_64F, CUBLAS_COMPUTE_64F};
    }
    throw Error(ExitCode::failed, "cuBLAS is not used for this dtype");
}

}  // namespace

// The names behind cublas_v2.h's macros are the ones the library exports; the _64 forms take 64-bit sizes
// and, unlike the others, are not overloaded.
struct Cublas::Functions {
    decltype(&cublasCreate_v2) create;
    decltype(&cublasDestroy_v2) destroy;
    decltype(&cublasSetStream_v2) setStream;
    decltype(&cublasSetWorkspace_v2) setWorkspace;
    decltype(&cublasGetStatusString) statusString;
    decltype(&cublasGemmEx_64) gemm;
    decltype(&cublasGemmStridedBatchedEx_64) gemmBatched;

    explicit Functions(void* library)
        : create(symbol<decltype(create)>(library, "cublasCreate_v2")),
          destroy(symbol<decltype(destroy)>(library, "cublasDestroy_v2")),
          setStream(symbol<decltype(setStream)>(library, "cublasSetStream_v2")),
          setWorkspace(symbol<decltype(setWorkspace)>(library, "cublasSetWorkspace_v2")),
          statusString(symbol<decltype(statusString)>(library, "cublasGetStatusString")),
          gemm(symbol<decltype(gemm)>(library, "cublasGemmEx_64")),
          gemmBatched(symbol<decltype(gemmBatched)>(library, "cublasGemmStridedBatchedEx_64")) {}

    void check(cublasStatus_t status, const char* what) const {
        if (status == CUBLAS_STATUS_SUCCESS) return;
        throw Error(ExitCode::failed,
                    fmt::format("{} failed: {} ({})", what, statusString(status), static_cast<int>(status)),
                    "run 'ridge doctor'");
    }
};

void* openCublas() {
    std::string tried;
    for (const std::filesystem::path& candidate :
         cuda::searchPath({soname, "RIDGE_CUBLAS", RIDGE_TOOLKIT_LIBRARIES})) {
        if (void* library = dlopen(candidate.c_str(), RTLD_LAZY | RTLD_LOCAL)) return library;
        const char* reason = dlerror();
        tried += fmt::format("ridge-worker: {}: {}\n", candidate.string(),
                             reason != nullptr ? reason : "does not open");
    }
    std::fputs(tried.c_str(), stderr);
    throw Error(ExitCode::failed, fmt::format("cuBLAS was not found: no {} could be opened", soname),
                "name the library in RIDGE_CUBLAS, or its folder in RIDGE_LIBRARY_PATH");
}

void* openCublasLt() {
    static_cast<void>(openCublas());
    // Already in the process under its own name, from wherever cuBLAS found it.
    if (void* library = dlopen(ltSoname, RTLD_LAZY | RTLD_LOCAL)) return library;
    throw Error(ExitCode::failed, fmt::format("cuBLAS brought no {} along", ltSoname),
                "name a whole cuBLAS in RIDGE_CUBLAS: both libraries in one folder");
}

Cublas::Cublas(cudaStream_t stream)
    : m_functions(std::make_unique<Functions>(openCublas())), m_workspace(workspaceBytes) {
    cublasHandle_t handle = nullptr;
    m_functions->check(m_functions->create(&handle), "cublasCreate");
    try {
        // cublasSetStream resets the workspace, so it comes first.
        m_functions->check(m_functions->setStream(handle, stream), "cublasSetStream");
        m_functions->check(m_functions->setWorkspace(handle, m_workspace.data(), m_workspace.bytes()),
                           "cublasSetWorkspace");
    } catch (...) {
        m_functions->destroy(handle);
        throw;
    }
    m_handle = handle;
}

Cublas::~Cublas() {
    m_functions->destroy(static_cast<cublasHandle_t>(m_handle));
}

void Cublas::multiply(const GemmProblem& problem, const Operands& operands) {
    // cuBLAS is column-major: a row-major C = A B is its C' = B' A', where the transposes are the memory as
    // it is.
    const auto [data, compute] = typesOf(problem.type);
    const float one32 = 1;
    const float zero32 = 0;
    const double one64 = 1;
    const double zero64 = 0;
    const bool isDouble = problem.type == DType::fp64;
    const void* alpha = isDouble ? static_cast<const void*>(&one64) : &one32;
    const void* beta = isDouble ? static_cast<const void*>(&zero64) : &zero32;
    const bool transposed = problem.layout == Layout::nt;
    const cublasOperation_t operationB = transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    const std::int64_t m = problem.m;
    const std::int64_t n = operands.n;
    const std::int64_t k = problem.k;
    const std::int64_t ldb = transposed ? k : n;
    auto* const handle = static_cast<cublasHandle_t>(m_handle);
    if (problem.products == 1) {
        m_functions->check(
            m_functions->gemm(handle, operationB, CUBLAS_OP_N, n, m, k, alpha, operands.b, data, ldb,
                              operands.a, data, k, beta, operands.c, data, n, compute, CUBLAS_GEMM_DEFAULT),
            "cublasGemmEx");
        return;
    }
    m_functions->check(
        m_functions->gemmBatched(handle, operationB, CUBLAS_OP_N, n, m, k, alpha, operands.b, data, ldb,
                                 n * k, operands.a, data, k, m * k, beta, operands.c, data, n, m * n,
                                 problem.products, compute, CUBLAS_GEMM_DEFAULT),
        "cublasGemmStridedBatchedEx");
}

}  // namespace ridge::workloads
