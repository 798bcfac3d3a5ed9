// SPDX-License-Identifier: Apache-2.0
// Streams that are recording a CUDA graph: a launch into one does not run, and measuring beside one could
// invalidate what it records.
#pragma once

#include <cuda.h>

#include <atomic>
#include <mutex>
#include <set>

namespace ridge::inject {

/// Any thread may call.
class Captures {
 public:
    [[nodiscard]] bool any() const noexcept { return m_count.load() != 0; }
    void began(CUstream stream) {
        const std::lock_guard lock(m_mutex);
        m_streams.insert(stream);
        m_count = m_streams.size();
    }
    /// An end that came from the wrong thread, or for a stream that records nothing, ended nothing.
    void ended(CUstream stream, CUresult result) {
        if (result == CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD) return;
        const std::lock_guard lock(m_mutex);
        if (const auto one = m_streams.find(stream); one != m_streams.end()) m_streams.erase(one);
        m_count = m_streams.size();
    }

 private:
    std::mutex m_mutex;
    std::multiset<CUstream> m_streams;  ///< CU_STREAM_PER_THREAD is one handle for a stream of each thread
    std::atomic<std::size_t> m_count{0};
};

}  // namespace ridge::inject
