// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/lt_gemm.hpp"

#include <cublasLt.h>
#include <cuda_fp16.h>
#include <fmt/core.h>

#include <array>
#include <vector>

#include "collector/cuda/error.hpp"
#include "collector/cuda/handles.hpp"
#include "db/model/error.hpp"
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/gemm/cublas_library.hpp"

namespace ridge::workloads {
namespace {

constexpr std::size_t workspaceBytes = std::size_t{64} << 20;
constexpr int mostAlgorithms = 8;

struct Recipe {
    cudaDataType_t source, result;
    cublasComputeType_t compute;
    cudaDataType_t scale;
    std::size_t sourceBytes, resultBytes;
    std::uint32_t keep, set;  ///< of random words: sign and mantissa kept, the exponent of 1 set
    bool fastAccumulation = false;
};

Recipe recipeOf(LtType type) {
    switch (type) {
        case LtType::bf16:
            return {CUDA_R_16BF, CUDA_R_16BF, CUBLAS_COMPUTE_32F, CUDA_R_32F, 2, 2, 0x807f807f, 0x3f803f80};
        case LtType::fp16:
            return {CUDA_R_16F, CUDA_R_16F, CUBLAS_COMPUTE_32F, CUDA_R_32F, 2, 2, 0x83ff83ff, 0x3c003c00};
        case LtType::fp16Acc16:
            return {CUDA_R_16F, CUDA_R_16F, CUBLAS_COMPUTE_16F, CUDA_R_16F, 2, 2, 0x83ff83ff, 0x3c003c00};
        case LtType::tf32:
            return {CUDA_R_32F, CUDA_R_32F, CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F, 4, 4,
                    0x807fffff, 0x3f800000};
        case LtType::fp8:
            return {CUDA_R_8F_E4M3, CUDA_R_16BF, CUBLAS_COMPUTE_32F, CUDA_R_32F, 1, 2, 0x87878787,
                    0x38383838,     true};
        case LtType::int8:
            return {CUDA_R_8I, CUDA_R_32I, CUBLAS_COMPUTE_32I, CUDA_R_32I, 1, 4, 0xffffffff, 0};
    }
    throw Error(ExitCode::failed, "cuBLASLt is not used for this type");
}

struct Functions {
    decltype(&cublasLtCreate) create;
    decltype(&cublasLtDestroy) destroy;
    decltype(&cublasLtGetStatusString) statusString;
    decltype(&cublasLtMatmulDescCreate) createOperation;
    decltype(&cublasLtMatmulDescDestroy) destroyOperation;
    decltype(&cublasLtMatmulDescSetAttribute) setOperation;
    decltype(&cublasLtMatrixLayoutCreate) createLayout;
    decltype(&cublasLtMatrixLayoutDestroy) destroyLayout;
    decltype(&cublasLtMatmulPreferenceCreate) createPreference;
    decltype(&cublasLtMatmulPreferenceDestroy) destroyPreference;
    decltype(&cublasLtMatmulPreferenceSetAttribute) setPreference;
    decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic;
    decltype(&cublasLtMatmul) multiply;

    explicit Functions(void* library)
        : create(symbol<decltype(create)>(library, "cublasLtCreate")),
          destroy(symbol<decltype(destroy)>(library, "cublasLtDestroy")),
          statusString(symbol<decltype(statusString)>(library, "cublasLtGetStatusString")),
          createOperation(symbol<decltype(createOperation)>(library, "cublasLtMatmulDescCreate")),
          destroyOperation(symbol<decltype(destroyOperation)>(library, "cublasLtMatmulDescDestroy")),
          setOperation(symbol<decltype(setOperation)>(library, "cublasLtMatmulDescSetAttribute")),
          createLayout(symbol<decltype(createLayout)>(library, "cublasLtMatrixLayoutCreate")),
          destroyLayout(symbol<decltype(destroyLayout)>(library, "cublasLtMatrixLayoutDestroy")),
          createPreference(symbol<decltype(createPreference)>(library, "cublasLtMatmulPreferenceCreate")),
          destroyPreference(symbol<decltype(destroyPreference)>(library, "cublasLtMatmulPreferenceDestroy")),
          setPreference(symbol<decltype(setPreference)>(library, "cublasLtMatmulPreferenceSetAttribute")),
          heuristic(symbol<decltype(heuristic)>(library, "cublasLtMatmulAlgoGetHeuristic")),
          multiply(symbol<decltype(multiply)>(library, "cublasLtMatmul")) {}

    void check(cublasStatus_t status, const char* what) const {
        if (status == CUBLAS_STATUS_SUCCESS) return;
        throw Error(ExitCode::failed,
                    fmt::format("{} failed: {} ({})", what, statusString(status), static_cast<int>(status)),
                    "run 'ridge doctor'");
    }
};

}  // namespace

struct LtGemm::Implementation {
    Implementation(LtType type, std::int64_t rows, std::int64_t columns, std::int64_t depth,
                   cudaStream_t queue)
        : functions(openCublasLt()), recipe(recipeOf(type)), m(rows), n(columns), k(depth), stream(queue) {}
    ~Implementation() {
        if (preference != nullptr) functions.destroyPreference(preference);
        for (cublasLtMatrixLayout_t layout : {layoutD, layoutB, layoutA}) {
            if (layout != nullptr) functions.destroyLayout(layout);
        }
        if (operation != nullptr) functions.destroyOperation(operation);
        if (handle != nullptr) functions.destroy(handle);
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void describe() {
        functions.check(functions.create(&handle), "cublasLtCreate");
        functions.check(functions.createOperation(&operation, recipe.compute, recipe.scale),
                        "cublasLtMatmulDescCreate");
        const cublasOperation_t transposed = CUBLAS_OP_T;
        set(CUBLASLT_MATMUL_DESC_TRANSA, transposed);
        const std::int8_t fast = 1;
        if (recipe.fastAccumulation) set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, fast);
        layout(layoutA, recipe.source, k, m);
        layout(layoutB, recipe.source, k, n);
        layout(layoutD, recipe.result, m, n);
    }

    void allocate() {
        const auto bytes = [](std::int64_t rows, std::int64_t columns, std::size_t each) {
            return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * each;
        };
        a = cuda::DeviceBuffer(bytes(k, m, recipe.sourceBytes));
        b = cuda::DeviceBuffer(bytes(k, n, recipe.sourceBytes));
        d = cuda::DeviceBuffer(bytes(m, n, recipe.resultBytes));
        workspace = cuda::DeviceBuffer(workspaceBytes);
        cuda::check(fillRandom(a.data(), a.bytes(), recipe.keep, recipe.set, 1, stream));
        cuda::check(fillRandom(b.data(), b.bytes(), recipe.keep, recipe.set, 2, stream));
    }

    void choose() {
        functions.check(functions.createPreference(&preference), "cublasLtMatmulPreferenceCreate");
        functions.check(functions.setPreference(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                                &workspaceBytes, sizeof workspaceBytes),
                        "cublasLtMatmulPreferenceSetAttribute");
        std::array<cublasLtMatmulHeuristicResult_t, mostAlgorithms> results{};
        int found = 0;
        functions.check(functions.heuristic(handle, operation, layoutA, layoutB, layoutD, layoutD, preference,
                                            mostAlgorithms, results.data(), &found),
                        "cublasLtMatmulAlgoGetHeuristic");
        for (int i = 0; i < found; ++i) {
            const auto& result = results.at(static_cast<std::size_t>(i));
            if (result.state == CUBLAS_STATUS_SUCCESS) proposed.push_back(result.algo);
        }
        if (proposed.empty())
            throw Error(ExitCode::failed, "cuBLASLt has no algorithm for this type on this device",
                        "nothing to do: the ceiling stays unmeasured");
    }

    void launch(std::size_t algorithm) const {
        const float one = 1;
        const float zero = 0;
        const __half oneHalf = __float2half(1);
        const __half zeroHalf = __float2half(0);
        const std::int32_t oneWhole = 1;
        const std::int32_t zeroWhole = 0;
        const void* alpha = &one;
        const void* beta = &zero;
        if (recipe.scale == CUDA_R_16F) {
            alpha = &oneHalf;
            beta = &zeroHalf;
        } else if (recipe.scale == CUDA_R_32I) {
            alpha = &oneWhole;
            beta = &zeroWhole;
        }
        functions.check(
            functions.multiply(handle, operation, alpha, a.data(), layoutA, b.data(), layoutB, beta, d.data(),
                               layoutD, d.data(), layoutD, &proposed.at(algorithm), workspace.data(),
                               workspace.bytes(), stream),
            "cublasLtMatmul");
    }

    template <class Value>
    void set(cublasLtMatmulDescAttributes_t attribute, const Value& value) const {
        functions.check(functions.setOperation(operation, attribute, &value, sizeof value),
                        "cublasLtMatmulDescSetAttribute");
    }

    void layout(cublasLtMatrixLayout_t& target, cudaDataType_t type, std::int64_t rows,
                std::int64_t columns) const {
        functions.check(functions.createLayout(&target, type, static_cast<std::uint64_t>(rows),
                                               static_cast<std::uint64_t>(columns), rows),
                        "cublasLtMatrixLayoutCreate");
    }

    Functions functions;
    Recipe recipe;
    std::int64_t m, n, k;
    cudaStream_t stream;
    cublasLtHandle_t handle = nullptr;
    cublasLtMatmulDesc_t operation = nullptr;
    cublasLtMatrixLayout_t layoutA = nullptr, layoutB = nullptr, layoutD = nullptr;
    cublasLtMatmulPreference_t preference = nullptr;
    std::vector<cublasLtMatmulAlgo_t> proposed;
    cuda::DeviceBuffer a, b, d, workspace;
};

LtGemm::LtGemm(LtType type, std::int64_t m, std::int64_t n, std::int64_t k, cudaStream_t stream)
    : m_implementation(std::make_unique<Implementation>(type, m, n, k, stream)) {
    m_implementation->describe();
    m_implementation->choose();
    m_implementation->allocate();
}

LtGemm::~LtGemm() = default;

std::size_t LtGemm::algorithms() const noexcept {
    return m_implementation->proposed.size();
}

void LtGemm::launch(std::size_t algorithm) {
    m_implementation->launch(algorithm);
}

double LtGemm::operations() const noexcept {
    const auto& problem = *m_implementation;
    return 2.0 * static_cast<double>(problem.m) * static_cast<double>(problem.n) *
           static_cast<double>(problem.k);
}

}  // namespace ridge::workloads
