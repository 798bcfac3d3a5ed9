// SPDX-License-Identifier: Apache-2.0
// Kernels that load one unit of a device to its limit, and do nothing else; every launch's bytes and FLOPs
// follow from its arguments alone.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace ridge::workloads {

enum class StreamKind { read, write, copy, triad };
enum class ChainType { fp64, fp32, half2 };
enum class MmaType { bf16, fp16, fp16Acc16, tf32, int8 };

inline constexpr unsigned loadThreads = 256;  ///< a block, in all of these kernels that work
inline constexpr unsigned warpThreads = 32;
inline constexpr std::size_t chunkBytes = 16;
inline constexpr std::size_t chunksPerThread = 4;  ///< in flight at once
/// What one block streams in one step; arrays are multiples of it.
inline constexpr std::size_t tileBytes = loadThreads * chunksPerThread * chunkBytes;

/// Arrays of `bytes` each (a multiple of tileBytes). read: a; write: a; copy: b = a; triad: c = a + s b in
/// fp32. Unused ones may be null.
struct StreamArrays {
    void *a = nullptr, *b = nullptr, *c = nullptr;
    std::size_t bytes = 0;
};

/// Blocks of these kernels that the current device holds at once. Throws nothing: returns the CUDA status.
[[nodiscard]] cudaError_t residentBlocks(StreamKind kind, unsigned* blocks);
[[nodiscard]] cudaError_t residentL2Blocks(unsigned* blocks);
[[nodiscard]] cudaError_t residentBlocks(ChainType type, unsigned* blocks);
[[nodiscard]] cudaError_t residentBlocks(MmaType type, unsigned* blocks);

/// `sink` (device memory, 4 bytes) is written only for a value that does not come up.
[[nodiscard]] cudaError_t launchStream(StreamKind kind, const StreamArrays& arrays, unsigned blocks,
                                       unsigned* sink, cudaStream_t stream);

/// Every thread reads `chunksEach` (a multiple of chunksPerThread) times 16 bytes of the `bytes` (a multiple
/// of 16) at `source`, past the L1: blocks x loadThreads x chunksEach x 16 bytes in all.
[[nodiscard]] cudaError_t launchL2Read(const void* source, std::size_t bytes, int chunksEach, unsigned blocks,
                                       unsigned* sink, cudaStream_t stream);

/// Independent multiply-adds a thread executes for each of `iterations`.
inline constexpr std::int64_t chains = 16, chainSteps = 16;
/// Executes blocks x loadThreads x iterations x chains x chainSteps fused multiply-adds (half2: each of two
/// lanes), and no other floating-point arithmetic.
[[nodiscard]] cudaError_t launchChains(ChainType type, int iterations, unsigned blocks, unsigned* sink,
                                       cudaStream_t stream);

/// The fp32 chains with every multiply-add under a predicate that only the first `lanes` threads of a warp
/// have true: all threads issue what launchChains would, only those execute it.
[[nodiscard]] cudaError_t launchPredicated(int iterations, unsigned lanes, unsigned blocks, unsigned* sink,
                                           cudaStream_t stream);
/// A kernel that does nothing.
[[nodiscard]] cudaError_t launchEmpty(cudaStream_t stream);

/// mma.sync instructions a warp executes for each of `iterations`.
inline constexpr std::int64_t mmaChains = 8, mmaSteps = 2;
/// FLOPs (int8: operations) of one mma.sync of a warp: 2 m n k of m16n8k16, tf32 m16n8k8, int8 m16n8k32.
[[nodiscard]] constexpr double mmaOperations(MmaType type) noexcept {
    const int k = type == MmaType::tf32 ? 8 : type == MmaType::int8 ? 32 : 16;
    return 2.0 * 16 * 8 * k;
}
[[nodiscard]] cudaError_t launchMma(MmaType type, int iterations, unsigned blocks, unsigned* sink,
                                    cudaStream_t stream);

/// Random words: (random & keep) | set. `bytes` is a multiple of 4.
[[nodiscard]] cudaError_t fillRandom(void* target, std::size_t bytes, std::uint32_t keep, std::uint32_t set,
                                     std::uint64_t seed, cudaStream_t stream);

/// What a thread saw of the SM's clock.
struct ClockReading {
    std::uint64_t cycles = 0, nanoseconds = 0;
};
/// Watches the SM clock for about `nanoseconds` and writes what it saw to `reading` (device memory).
[[nodiscard]] cudaError_t launchClockProbe(std::uint64_t nanoseconds, ClockReading* reading,
                                           cudaStream_t stream);

}  // namespace ridge::workloads
