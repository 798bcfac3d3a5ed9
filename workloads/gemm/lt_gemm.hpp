// SPDX-License-Identifier: Apache-2.0
// A matrix product through cuBLASLt, for types that only it takes and for a choice of algorithms.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace ridge::workloads {

/// Sources and accumulator: fp32 but where named; int8 accumulates in int32, fp8 is E4M3 with the tensor
/// core's own (fast) accumulation.
enum class LtType { bf16, fp16, fp16Acc16, tf32, fp8, int8 };

/// D[m,n] = A'[m,k] B[k,n], column-major with A stored [k,m]: the one layout that every type has. Operands
/// are random, of magnitude 1 to 2 (int8: any byte). Not thread-safe.
class LtGemm {
 public:
    /// `m`, `n`, `k` are multiples of 16. Throws ridge::Error (failed) where cuBLAS has nothing for the type
    /// on this device or is not there, CudaError where the operands do not fit.
    LtGemm(LtType type, std::int64_t m, std::int64_t n, std::int64_t k, cudaStream_t stream);
    ~LtGemm();
    LtGemm(const LtGemm&) = delete;
    LtGemm& operator=(const LtGemm&) = delete;

    /// How many algorithms cuBLAS proposes, the one it thinks fastest first; at least 1.
    [[nodiscard]] std::size_t algorithms() const noexcept;
    /// Queues one product. Throws ridge::Error (failed).
    void launch(std::size_t algorithm);
    /// 2 m n k.
    [[nodiscard]] double operations() const noexcept;

 private:
    struct Implementation;
    std::unique_ptr<Implementation> m_implementation;
};

}  // namespace ridge::workloads
