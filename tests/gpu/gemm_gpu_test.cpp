// SPDX-License-Identifier: Apache-2.0
// Products, operands and invariance on a device, against a reference on the CPU.
#include <cuda_runtime_api.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "collector/cuda/error.hpp"
#include "tests/support/catch.hpp"
#include "workloads/gemm/gemm.hpp"
#include "workloads/invariant/invariance.hpp"

using namespace ridge;
using namespace ridge::workloads;

namespace {

std::vector<float> download(const void* source, std::size_t elements) {
    std::vector<std::uint16_t> words(elements);
    cuda::check(cudaMemcpy(words.data(), source, elements * 2, cudaMemcpyDeviceToHost));
    std::vector<float> values(elements);
    for (std::size_t i = 0; i < elements; ++i)
        values[i] = std::bit_cast<float>(std::uint32_t{words[i]} << 16);
    return values;
}

/// Largest |C - reference| over what bf16 rounding of the result and fp32 summation may leave; below 1
/// passes, NaN (an output that nobody wrote) does not.
double worstError(const GemmProblem& problem, std::int64_t n, const void* a, const void* b, const void* c) {
    const auto size = [&](std::int64_t rows, std::int64_t columns) {
        return static_cast<std::size_t>(rows * columns * problem.products);
    };
    const auto left = download(a, size(problem.m, problem.k));
    const auto right = download(b, size(n, problem.k));
    const auto result = download(c, size(problem.m, n));
    double worst = 0;
    for (std::int64_t product = 0; product < problem.products; ++product) {
        for (std::int64_t row = 0; row < problem.m; ++row) {
            for (std::int64_t column = 0; column < n; ++column) {
                double sum = 0;
                double magnitude = 0;
                for (std::int64_t i = 0; i < problem.k; ++i) {
                    const std::int64_t inB =
                        problem.layout == Layout::nt ? column * problem.k + i : i * n + column;
                    const double term =
                        static_cast<double>(
                            left[static_cast<std::size_t>((product * problem.m + row) * problem.k + i)]) *
                        static_cast<double>(right[static_cast<std::size_t>(product * n * problem.k + inB)]);
                    sum += term;
                    magnitude += std::abs(term);
                }
                const double got = result[static_cast<std::size_t>((product * problem.m + row) * n + column)];
                const double allowed = std::abs(sum) / 256 + 1e-5 * magnitude + 1e-6;
                if (std::isnan(got)) return got;
                worst = std::max(worst, std::abs(got - sum) / allowed);
            }
        }
    }
    return worst;
}

/// Runs the second of two copies and checks its first weight.
void requireProduct(const GemmProblem& problem) {
    INFO("M=" << problem.m << " N=" << problem.columns.front() << " K=" << problem.k
              << " products=" << problem.products << (problem.layout == Layout::nt ? " nt" : " nn")
              << (problem.implementation == Implementation::cublas ? " cublas" : " fixed-tile"));
    GemmRunner runner;
    Gemm gemm(runner, problem, {2, 2}, 7);
    const auto before = download(gemm.output(1), 1);
    REQUIRE(std::isnan(before[0]));
    gemm.launch(1, 1);
    runner.wait();
    REQUIRE(worstError(problem, problem.columns.front(), gemm.input(1), gemm.weights(1), gemm.output(1)) < 1);
}

}  // namespace

TEST_CASE("the fixed-tile kernel agrees with the reference at ragged shapes") {
    for (const Layout layout : {Layout::nn, Layout::nt}) {
        for (const std::int64_t m : {1, 10, 127, 128, 129, 300}) {
            requireProduct({m, 200, {136}, 1, DType::bf16, layout, Implementation::fixedTile});
        }
        requireProduct({64, 8, {8}, 1, DType::bf16, layout, Implementation::fixedTile});
        requireProduct({257, 1024, {392}, 1, DType::bf16, layout, Implementation::fixedTile});
    }
    requireProduct({130, 72, {131}, 1, DType::bf16, Layout::nt, Implementation::fixedTile});
}

TEST_CASE("cuBLAS agrees with the reference, attention's batches too", "[cublas]") {
    for (const Layout layout : {Layout::nn, Layout::nt}) {
        requireProduct({33, 200, {136, 40, 40}, 1, DType::bf16, layout, Implementation::cublas});
        requireProduct({5, 64, {201}, 6, DType::bf16, layout, Implementation::cublas});
        requireProduct({1, 201, {64}, 6, DType::bf16, layout, Implementation::cublas});
    }
}

TEST_CASE("inputs are normal random numbers") {
    GemmRunner runner;
    const Gemm gemm(runner, {256, 512, {256}, 1, DType::bf16, Layout::nn, Implementation::fixedTile}, {}, 7);
    const std::size_t elements = std::size_t{256} * 512;
    for (const void* operand : {gemm.input(0), gemm.weights(0)}) {
        double sum = 0;
        double squares = 0;
        for (const float value : download(operand, elements)) {
            sum += value;
            squares += static_cast<double>(value) * value;
        }
        CHECK_THAT(sum / static_cast<double>(elements), WithinAbs(0, 0.02));
        CHECK_THAT(squares / static_cast<double>(elements), WithinRel(1, 0.02));
    }
}

TEST_CASE("the fixed-tile kernel is batch-invariant and deterministic", "[timing]") {
    GemmRunner runner;
    for (const Layout layout : {Layout::nn, Layout::nt}) {
        const Invariance found =
            testInvariance(runner, {1, 4096, {1024}, 1, DType::bf16, layout, Implementation::fixedTile});
        CHECK(found.invariant);
        CHECK(found.deterministic);
    }
}
