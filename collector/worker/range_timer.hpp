// SPDX-License-Identifier: Apache-2.0
// Times work on the GPU's own clock, and empties the L2 before it.
#pragma once

#include <cstddef>
#include <functional>

#include "collector/cuda/handles.hpp"
#include "workloads/gemm/gemm.hpp"

namespace ridge::worker {

class RangeTimer {
 public:
    /// Holds four times `l2Bytes` of device memory for flushing. Throws CudaError.
    RangeTimer(workloads::GemmRunner& runner, std::size_t l2Bytes);

    /// Queues an L2 flush: twice the L2 is written, so that nothing of the operands stays, then as much
    /// elsewhere is read, so that the dirty lines of the write reach DRAM before and not inside what is
    /// measured next.
    void flush();

    /// Nanoseconds between two events around what `work` queues, GPU kept busy for `leadNs` before; waits for
    /// the end.
    [[nodiscard]] double timeNs(const std::function<void()>& work, std::uint64_t leadNs);

 private:
    workloads::GemmRunner& m_runner;
    cuda::DeviceBuffer m_written, m_read, m_sink;
    cuda::Event m_start, m_stop;
};

}  // namespace ridge::worker
