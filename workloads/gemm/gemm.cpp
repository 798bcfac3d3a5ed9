// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/gemm.hpp"

#include <fmt/core.h>

#include <utility>

#include "collector/cuda/error.hpp"
#include "db/model/error.hpp"
#include "workloads/gemm/fixed_tile.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::workloads {
namespace {

constexpr std::size_t boundary = 256;

std::size_t alignedBytes(const GemmProblem& problem, std::int64_t rows, std::int64_t columns) {
    const auto elements = static_cast<std::size_t>(rows * columns * problem.products);
    return (elements * bytesOf(problem.type) + boundary - 1) / boundary * boundary;
}

std::size_t inputBytes(const GemmProblem& problem) {
    return alignedBytes(problem, problem.m, problem.k);
}

std::byte* offset(void* base, std::size_t bytes) {
    return static_cast<std::byte*>(base) + bytes;
}

}  // namespace

std::optional<std::string> fixedTileRefusal(const GemmProblem& problem) {
    if (problem.type != DType::bf16) return "the fixed-tile kernel multiplies bf16 only";
    if (problem.products != 1) return "the fixed-tile kernel runs single products, not attention";
    if (problem.k % 8 != 0)
        return fmt::format("the fixed-tile kernel needs K to be a multiple of 8, not {}", problem.k);
    for (const std::int64_t n : problem.columns) {
        if (problem.layout == Layout::nn && n % 8 != 0) {
            return fmt::format("the fixed-tile kernel needs N to be a multiple of 8 in layout nn, not {}", n);
        }
    }
    return std::nullopt;
}

std::size_t weightBytes(const GemmProblem& problem) {
    std::size_t bytes = 0;
    for (const std::int64_t n : problem.columns) bytes += alignedBytes(problem, n, problem.k);
    return bytes;
}

std::size_t activationBytes(const GemmProblem& problem) {
    std::size_t bytes = inputBytes(problem);
    for (const std::int64_t n : problem.columns) bytes += alignedBytes(problem, problem.m, n);
    return bytes;
}

void GemmRunner::run(const GemmProblem& problem, const void* a, const void* b, void* c) {
    const auto* weight = static_cast<const std::byte*>(b);
    auto* output = static_cast<std::byte*>(c);
    for (const std::int64_t n : problem.columns) {
        const Cublas::Operands operands{a, weight, output, n};
        if (problem.implementation == Implementation::fixedTile) {
            runFixedTile(problem, operands);
        } else {
            if (!m_cublas) m_cublas.emplace(m_stream.get());
            m_cublas->multiply(problem, operands);
        }
        weight += alignedBytes(problem, n, problem.k);
        output += alignedBytes(problem, problem.m, n);
    }
}

void GemmRunner::runFixedTile(const GemmProblem& problem, const Cublas::Operands& operands) const {
    // A row that does not start on 16 bytes is a misaligned copy, which costs the whole context.
    if (const auto reason = fixedTileRefusal(problem)) {
        throw Error(ExitCode::failed, *reason, "measure this shape with implementation cublas");
    }
    cuda::check(launchFixedTile({operands.a, operands.b, operands.c, problem.m, operands.n, problem.k},
                                problem.layout, m_stream.get()));
}

void GemmRunner::wait() const {
    cuda::check(cudaStreamSynchronize(m_stream.get()));
}

Gemm::Gemm(GemmRunner& runner, GemmProblem problem, Copies copies, std::uint64_t seed)
    : m_runner(runner), m_problem(std::move(problem)) {
    m_weights = cuda::DeviceBuffer(weightBytes(m_problem) * static_cast<std::size_t>(copies.weights));
    m_activations =
        cuda::DeviceBuffer(activationBytes(m_problem) * static_cast<std::size_t>(copies.activations));
    const std::size_t size = bytesOf(m_problem.type);
    cuda::check(
        fillNormal(m_weights.data(), m_weights.bytes() / size, m_problem.type, seed, runner.stream()));
    // All bits set is a NaN in every dtype: an output that no launch wrote cannot pass for a result.
    cuda::check(cudaMemsetAsync(m_activations.data(), 0xff, m_activations.bytes(), runner.stream()));
    for (std::int64_t copy = 0; copy < copies.activations; ++copy) {
        cuda::check(fillNormal(input(copy), inputBytes(m_problem) / size, m_problem.type,
                               seed + 1 + static_cast<std::uint64_t>(copy), runner.stream()));
    }
    runner.wait();
}

void Gemm::launch(std::int64_t weightCopy, std::int64_t activationCopy) {
    m_runner.run(m_problem, input(activationCopy), weights(weightCopy), output(activationCopy));
}

void* Gemm::weights(std::int64_t copy) const noexcept {
    return offset(m_weights.data(), weightBytes(m_problem) * static_cast<std::size_t>(copy));
}

void* Gemm::input(std::int64_t copy) const noexcept {
    return offset(m_activations.data(), activationBytes(m_problem) * static_cast<std::size_t>(copy));
}

void* Gemm::output(std::int64_t copy) const noexcept {
    return offset(input(copy), inputBytes(m_problem));
}

}  // namespace ridge::workloads
