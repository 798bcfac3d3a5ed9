// SPDX-License-Identifier: Apache-2.0
#include "workloads/invariant/invariance.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "collector/cuda/error.hpp"
#include "db/model/error.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::workloads {
namespace {

constexpr std::array<std::int64_t, 4> heights{1, 10, 128, 2048};
constexpr std::int64_t tallest = heights.back();
constexpr int iterations = 10;
constexpr std::uint64_t seed = 177;

/// A at the tallest M, one weight, and three outputs: of row 0 at the first M, of the first and of the
/// current iteration.
class Experiment {
 public:
    Experiment(GemmRunner& runner, GemmProblem problem) : m_runner(runner), m_problem(std::move(problem)) {
        m_problem.m = tallest;
        m_problem.columns.resize(1);
        const std::size_t size = bytesOf(m_problem.type);
        const auto outputs = static_cast<std::size_t>(tallest * m_problem.columns.front());
        m_a = cuda::DeviceBuffer(static_cast<std::size_t>(tallest * m_problem.k) * size);
        m_b = cuda::DeviceBuffer(static_cast<std::size_t>(m_problem.columns.front() * m_problem.k) * size);
        m_row = cuda::DeviceBuffer(rowBytes());
        m_first = cuda::DeviceBuffer(outputs * size);
        m_current = cuda::DeviceBuffer(outputs * size);
        m_differences = cuda::DeviceBuffer(sizeof(unsigned long long));
    }

    void fill(bool random) {
        const std::size_t size = bytesOf(m_problem.type);
        for (const auto* buffer : {&m_a, &m_b}) {
            const std::size_t elements = buffer->bytes() / size;
            cuda::check(random ? fillNormal(buffer->data(), elements, m_problem.type, seed + buffer->bytes(),
                                            stream())
                               : fillLinear(buffer->data(), elements, m_problem.type, stream()));
        }
    }

    /// Adds the findings of one kind of input to `result`.
    void run(Invariance& result) {
        for (const std::int64_t height : heights) {
            for (int iteration = 0; iteration < iterations; ++iteration) {
                multiply(height);
                if (height == heights.front() && iteration == 0) keep(m_row, rowBytes());
                if (iteration == 0) keep(m_first, rowBytes() * static_cast<std::size_t>(height));
                result.invariant = result.invariant && equal(m_row, rowBytes());
                result.deterministic =
                    result.deterministic && equal(m_first, rowBytes() * static_cast<std::size_t>(height));
            }
            requireWritten();
        }
    }

 private:
    [[nodiscard]] cudaStream_t stream() const noexcept { return m_runner.stream(); }
    [[nodiscard]] std::size_t rowBytes() const {
        return static_cast<std::size_t>(m_problem.columns.front()) * bytesOf(m_problem.type);
    }

    void multiply(std::int64_t height) {
        m_problem.m = height;
        cuda::check(cudaMemsetAsync(m_current.data(), 0xff, m_current.bytes(), stream()));
        m_runner.run(m_problem, m_a.data(), m_b.data(), m_current.data());
    }

    void keep(const cuda::DeviceBuffer& target, std::size_t bytes) {
        cuda::check(
            cudaMemcpyAsync(target.data(), m_current.data(), bytes, cudaMemcpyDeviceToDevice, stream()));
    }

    [[nodiscard]] bool equal(const cuda::DeviceBuffer& expected, std::size_t bytes) {
        unsigned long long found = 0;
        auto* counter = static_cast<unsigned long long*>(m_differences.data());
        cuda::check(cudaMemsetAsync(counter, 0, sizeof found, stream()));
        cuda::check(countDifferences(m_current.data(), expected.data(), bytes / 2, counter, stream()));
        cuda::check(cudaMemcpyAsync(&found, counter, sizeof found, cudaMemcpyDeviceToHost, stream()));
        m_runner.wait();
        return found == 0;
    }

    /// Two outputs that nobody wrote are equal too: row 0 must hold something else than the poison.
    void requireWritten() {
        std::vector<std::byte> row(rowBytes());
        cuda::check(
            cudaMemcpyAsync(row.data(), m_current.data(), row.size(), cudaMemcpyDeviceToHost, stream()));
        m_runner.wait();
        if (std::all_of(row.begin(), row.end(), [](std::byte value) { return value == std::byte{0xff}; })) {
            throw Error(ExitCode::failed, "the invariance test found its output unwritten",
                        "run 'ridge doctor'");
        }
    }

    GemmRunner& m_runner;
    GemmProblem m_problem;
    cuda::DeviceBuffer m_a, m_b, m_row, m_first, m_current, m_differences;
};

}  // namespace

Invariance testInvariance(GemmRunner& runner, GemmProblem problem) {
    Invariance result{true, true};
    Experiment experiment(runner, std::move(problem));
    for (const bool random : {false, true}) {
        experiment.fill(random);
        experiment.run(result);
    }
    return result;
}

std::size_t invarianceBytes(GemmProblem problem) {
    problem.m = tallest;
    return weightBytes(problem) + 2 * activationBytes(problem);
}

}  // namespace ridge::workloads
