// SPDX-License-Identifier: Apache-2.0
// cuBLAS, opened at the first product: linking it would cost every start of the program 0.1 to 0.8 s.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "collector/cuda/handles.hpp"
#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::workloads {

/// One handle on one stream. Not thread-safe.
class Cublas {
 public:
    /// Looks along cuda::searchPath (RIDGE_CUBLAS). Throws ridge::Error (failed) when no candidate opens,
    /// naming each with its reason on stderr.
    explicit Cublas(cudaStream_t stream);
    ~Cublas();
    Cublas(const Cublas&) = delete;
    Cublas& operator=(const Cublas&) = delete;

    /// Device pointers of one weight of a problem: A [products][m,k], B [products][k,n] or [n,k], C
    /// [products][m,n].
    struct Operands {
        const void* a;
        const void* b;
        void* c;
        std::int64_t n;
    };
    /// Launches C = A B with fp32 accumulation (fp64 for fp64). Throws ridge::Error (failed).
    void multiply(const GemmProblem& problem, const Operands& operands);

 private:
    struct Functions;
    std::unique_ptr<Functions> m_functions;
    void* m_handle = nullptr;  ///< cublasHandle_t
    cuda::DeviceBuffer m_workspace;
};

}  // namespace ridge::workloads
