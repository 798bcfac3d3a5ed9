// SPDX-License-Identifier: Apache-2.0
#include "collector/cuda/handles.hpp"

#include "collector/cuda/error.hpp"

namespace ridge::cuda {

Stream makeStream() {
    cudaStream_t stream = nullptr;
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    return Stream(stream);
}

Event makeEvent() {
    cudaEvent_t event = nullptr;
    check(cudaEventCreate(&event));
    return Event(event);
}

double elapsedMs(const Event& start, const Event& stop) {
    float milliseconds = 0;
    check(cudaEventElapsedTime(&milliseconds, start.get(), stop.get()));
    return static_cast<double>(milliseconds);
}

DeviceBuffer::DeviceBuffer(std::size_t bytes) : m_bytes(bytes) {
    if (bytes == 0) return;
    void* memory = nullptr;
    const cudaError_t status = cudaMalloc(&memory, bytes);
    // A refused allocation leaves its code behind; the next launch check would report it as its own.
    if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
    check(status);
    m_memory.reset(memory);
}

}  // namespace ridge::cuda
