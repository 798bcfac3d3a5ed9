// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/range_timer.hpp"

#include "collector/cuda/error.hpp"
#include "workloads/gemm/operand_kernels.hpp"

namespace ridge::worker {

RangeTimer::RangeTimer(workloads::GemmRunner& runner, std::size_t l2Bytes)
    : m_runner(runner),
      m_written(2 * l2Bytes),
      m_read(2 * l2Bytes),
      m_sink(sizeof(unsigned)),
      m_start(cuda::makeEvent()),
      m_stop(cuda::makeEvent()) {
    cuda::check(cudaMemsetAsync(m_read.data(), 0, m_read.bytes(), runner.stream()));
}

void RangeTimer::flush() {
    cuda::check(cudaMemsetAsync(m_written.data(), 0, m_written.bytes(), m_runner.stream()));
    cuda::check(workloads::readThrough(m_read.data(), m_read.bytes(), static_cast<unsigned*>(m_sink.data()),
                                       m_runner.stream()));
}

double RangeTimer::timeNs(const std::function<void()>& work, std::uint64_t leadNs) {
    cuda::check(workloads::occupy(leadNs, m_runner.stream()));
    cuda::check(cudaEventRecord(m_start.get(), m_runner.stream()));
    work();
    cuda::check(cudaEventRecord(m_stop.get(), m_runner.stream()));
    m_runner.wait();
    return 1e6 * cuda::elapsedMs(m_start, m_stop);
}

}  // namespace ridge::worker
