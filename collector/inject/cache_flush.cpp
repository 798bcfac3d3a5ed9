// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/cache_flush.hpp"

#include <array>
#include <cstddef>

#include "collector/inject/own_calls.hpp"
#include "collector/inject/own_kernels.hpp"

namespace ridge::inject {
namespace {

bool read(const cupti::Driver& driver, CUfunction& reader, CUdeviceptr from, std::size_t bytes) noexcept {
    if (reader == nullptr) reader = ownKernel(driver, readKernel);
    if (reader == nullptr || driver.launchKernelEx == nullptr) return false;
    auto chunks = static_cast<unsigned>(bytes / 16);
    std::array<void*, 2> arguments{&from, &chunks};
    CUlaunchConfig config{};
    config.gridDimX = 1024, config.gridDimY = config.gridDimZ = 1;
    config.blockDimX = 256, config.blockDimY = config.blockDimZ = 1;
    return driver.launchKernelEx(&config, reader, arguments.data(), nullptr) == CUDA_SUCCESS;
}

}  // namespace

Flushed flushCaches(const cupti::Driver& driver, int ordinal, CUfunction& reader) noexcept {
    const OwnCalls own;
    int l2 = 0;
    CUdeviceptr buffer = 0;
    if (driver.deviceGetAttribute(&l2, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, ordinal) != CUDA_SUCCESS || l2 <= 0)
        return Flushed::no;
    const std::size_t bytes = 2 * static_cast<std::size_t>(l2);
    if (driver.memAlloc(&buffer, 2 * bytes) != CUDA_SUCCESS) return Flushed::no;
    const bool written = driver.memsetD8(buffer, 0, bytes) == CUDA_SUCCESS;
    const bool clean = written && read(driver, reader, buffer + bytes, bytes);
    const bool done = driver.ctxSynchronize() == CUDA_SUCCESS;
    if (driver.memFree(buffer) != CUDA_SUCCESS || !written || !done) return Flushed::no;
    return clean ? Flushed::yes : Flushed::dirty;
}

const char* noteOf(Flushed flushed) noexcept {
    switch (flushed) {
        case Flushed::no:
            return "caches were not flushed: the device has no memory left for it; those points say warm";
        case Flushed::dirty:
            return "what flushing the caches wrote may reach DRAM inside what is measured, up to the L2's "
                   "size: "
                   "this driver takes no kernel of ours to read it out before";
        case Flushed::yes:
            break;
    }
    return nullptr;
}

}  // namespace ridge::inject
