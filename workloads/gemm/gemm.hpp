// SPDX-License-Identifier: Apache-2.0
// A GEMM problem with its operands on the device, launched again and again over copies of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "collector/cuda/handles.hpp"
#include "workloads/gemm/cublas.hpp"
#include "workloads/gemm/gemm_problem.hpp"

namespace ridge::workloads {

/// Why the fixed-tile kernel cannot run a problem; nullopt where it can.
[[nodiscard]] std::optional<std::string> fixedTileRefusal(const GemmProblem& problem);

/// Device bytes of one set of weights (B, for attention K or V) and of activations (A and C), every operand
/// on a 256-byte boundary.
[[nodiscard]] std::size_t weightBytes(const GemmProblem& problem);
[[nodiscard]] std::size_t activationBytes(const GemmProblem& problem);

/// The stream that everything of a worker runs on, and cuBLAS from its first product on.
class GemmRunner {
 public:
    GemmRunner() : m_stream(cuda::makeStream()) {}

    /// Launches one product per weight of the problem, without waiting. Pointers as Gemm lays them out.
    /// Throws ridge::Error (failed) where the implementation refuses the problem.
    void run(const GemmProblem& problem, const void* a, const void* b, void* c);
    /// Waits for the stream. Throws CudaError.
    void wait() const;
    [[nodiscard]] cudaStream_t stream() const noexcept { return m_stream.get(); }

 private:
    void runFixedTile(const GemmProblem& problem, const Cublas::Operands& operands) const;

    cuda::Stream m_stream;  // outlives the handle that uses it
    std::optional<Cublas> m_cublas;
};

/// Operands are normal random numbers, outputs are poisoned with NaN until a launch writes them.
class Gemm {
 public:
    struct Copies {
        std::int64_t weights = 1, activations = 1;
    };

    /// Throws CudaError when it does not fit.
    Gemm(GemmRunner& runner, GemmProblem problem, Copies copies, std::uint64_t seed);

    void launch(std::int64_t weightCopy, std::int64_t activationCopy);

    [[nodiscard]] const GemmProblem& problem() const noexcept { return m_problem; }
    /// Device addresses of a copy.
    [[nodiscard]] void* weights(std::int64_t copy) const noexcept;
    [[nodiscard]] void* input(std::int64_t copy) const noexcept;
    [[nodiscard]] void* output(std::int64_t copy) const noexcept;

 private:
    GemmRunner& m_runner;
    GemmProblem m_problem;
    cuda::DeviceBuffer m_weights, m_activations;
};

}  // namespace ridge::workloads
