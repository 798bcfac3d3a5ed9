// SPDX-License-Identifier: Apache-2.0
// Owners of streams, events and device memory; each is released with its scope.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <memory>
#include <type_traits>

namespace ridge::cuda {

/// A failing release is ignored: it can only repeat the error that the scope is being left for.
template <class Handle, auto release>
struct Release {
    void operator()(Handle handle) const noexcept { static_cast<void>(release(handle)); }
};

template <class Handle, auto release>
using UniqueHandle = std::unique_ptr<std::remove_pointer_t<Handle>, Release<Handle, release>>;

using Stream = UniqueHandle<cudaStream_t, cudaStreamDestroy>;
using Event = UniqueHandle<cudaEvent_t, cudaEventDestroy>;

/// A stream that does not wait for the default stream.
[[nodiscard]] Stream makeStream();
[[nodiscard]] Event makeEvent();
/// Milliseconds between two recorded events in device time. Throws CudaError.
[[nodiscard]] double elapsedMs(const Event& start, const Event& stop);

/// Device memory of a fixed size; empty until assigned. cudaMalloc aligns it to at least 256 bytes.
class DeviceBuffer {
 public:
    DeviceBuffer() = default;
    /// Throws CudaError (cudaErrorMemoryAllocation) when it does not fit; `bytes` may be 0.
    explicit DeviceBuffer(std::size_t bytes);

    [[nodiscard]] void* data() const noexcept { return m_memory.get(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes; }

 private:
    UniqueHandle<void*, cudaFree> m_memory;
    std::size_t m_bytes = 0;
};

}  // namespace ridge::cuda
