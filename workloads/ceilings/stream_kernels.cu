// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load_kernels.hpp"
#include "workloads/ceilings/random_words.cuh"

namespace ridge::workloads {
namespace {

/// No random word sum is known not to be this, so the compiler must compute it.
constexpr unsigned improbable = 0x9e3779b9u;

__device__ unsigned folded(const uint4& chunk) {
    return chunk.x ^ chunk.y ^ chunk.z ^ chunk.w;
}

/// Calls body(first chunk of this thread) for every tile of this block; the thread's further chunks are
/// loadThreads apart, so that a warp's 16-byte accesses are adjacent.
template <class Body>
__device__ void forEachTile(std::size_t chunks, Body body) {
    constexpr std::size_t tileChunks = loadThreads * chunksPerThread;
    const std::size_t tiles = chunks / tileChunks;
    for (std::size_t tile = blockIdx.x; tile < tiles; tile += gridDim.x)
        body(tile * tileChunks + threadIdx.x);
}

__global__ void __launch_bounds__(loadThreads)
    readStream(const uint4* __restrict__ a, std::size_t chunks, unsigned* sink) {
    unsigned sum = 0;
    forEachTile(chunks, [&](std::size_t first) {
        uint4 chunk[chunksPerThread];
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) chunk[i] = __ldcs(a + first + i * loadThreads);
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) sum ^= folded(chunk[i]);
    });
    if (sum == improbable) *sink = sum;
}

__global__ void __launch_bounds__(loadThreads) writeStream(uint4* __restrict__ a, std::size_t chunks) {
    forEachTile(chunks, [&](std::size_t first) {
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) {
            // Words that differ from chunk to chunk, for two multiplications: hardware may compress repeats.
            const unsigned word = static_cast<unsigned>(first + i * loadThreads) * improbable;
            __stcs(a + first + i * loadThreads, uint4{word, word * improbable, ~word, word ^ improbable});
        }
    });
}

__global__ void __launch_bounds__(loadThreads)
    copyStream(const uint4* __restrict__ a, uint4* __restrict__ b, std::size_t chunks) {
    forEachTile(chunks, [&](std::size_t first) {
        uint4 chunk[chunksPerThread];
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) chunk[i] = __ldcs(a + first + i * loadThreads);
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) __stcs(b + first + i * loadThreads, chunk[i]);
    });
}

__global__ void __launch_bounds__(loadThreads)
    triadStream(const float4* __restrict__ a, const float4* __restrict__ b, float4* __restrict__ c,
                float scale, std::size_t chunks) {
    forEachTile(chunks, [&](std::size_t first) {
        float4 left[chunksPerThread];
        float4 right[chunksPerThread];
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) {
            left[i] = __ldcs(a + first + i * loadThreads);
            right[i] = __ldcs(b + first + i * loadThreads);
        }
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) {
            __stcs(c + first + i * loadThreads,
                   float4{fmaf(scale, right[i].x, left[i].x), fmaf(scale, right[i].y, left[i].y),
                          fmaf(scale, right[i].z, left[i].z), fmaf(scale, right[i].w, left[i].w)});
        }
    });
}

/// ld.global.cg: the L1 does not keep what it passes on, so every read is the L2's.
__global__ void __launch_bounds__(loadThreads)
    readL2(const uint4* source, unsigned chunks, int chunksEach, unsigned* sink) {
    const unsigned threads = gridDim.x * loadThreads;
    const unsigned step = threads % chunks;
    unsigned at = (blockIdx.x * loadThreads + threadIdx.x) % chunks;
    unsigned sum = 0;
    for (int done = 0; done < chunksEach; done += static_cast<int>(chunksPerThread)) {
        uint4 chunk[chunksPerThread];
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) {
            chunk[i] = __ldcg(source + at);
            at += step;
            if (at >= chunks) at -= chunks;
        }
#pragma unroll
        for (unsigned i = 0; i < chunksPerThread; ++i) sum ^= folded(chunk[i]);
    }
    if (sum == improbable) *sink = sum;
}

__global__ void randomKernel(std::uint32_t* target, std::size_t words, std::uint32_t keep, std::uint32_t set,
                             std::uint64_t seed) {
    const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
    for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < words;
         i += stride)
        target[i] = (randomWord(seed, i) & keep) | set;
}

__device__ std::uint64_t globalTime() {
    std::uint64_t now = 0;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
    return now;
}

/// The global timer ticks in steps of up to a microsecond: both readings are taken right after a tick.
__device__ ClockReading atTick() {
    const std::uint64_t before = globalTime();
    std::uint64_t now = before;
    while (now == before) now = globalTime();
    return {static_cast<std::uint64_t>(clock64()), now};
}

__global__ void clockKernel(std::uint64_t nanoseconds, ClockReading* reading) {
    const ClockReading start = atTick();
    ClockReading end = start;
    while (end.nanoseconds - start.nanoseconds < nanoseconds) end = atTick();
    *reading = {end.cycles - start.cycles, end.nanoseconds - start.nanoseconds};
}

template <class Kernel>
cudaError_t resident(Kernel kernel, unsigned* blocks) {
    return residentBlocksOf(reinterpret_cast<const void*>(kernel), blocks);
}

}  // namespace

cudaError_t residentBlocks(StreamKind kind, unsigned* blocks) {
    switch (kind) {
        case StreamKind::read:
            return resident(readStream, blocks);
        case StreamKind::write:
            return resident(writeStream, blocks);
        case StreamKind::copy:
            return resident(copyStream, blocks);
        case StreamKind::triad:
            return resident(triadStream, blocks);
    }
    return cudaErrorInvalidValue;
}

cudaError_t residentL2Blocks(unsigned* blocks) {
    return resident(readL2, blocks);
}

cudaError_t launchStream(StreamKind kind, const StreamArrays& arrays, unsigned blocks, unsigned* sink,
                         cudaStream_t stream) {
    const std::size_t chunks = arrays.bytes / chunkBytes;
    auto* const a = static_cast<uint4*>(arrays.a);
    switch (kind) {
        case StreamKind::read:
            readStream<<<blocks, loadThreads, 0, stream>>>(a, chunks, sink);
            break;
        case StreamKind::write:
            writeStream<<<blocks, loadThreads, 0, stream>>>(a, chunks);
            break;
        case StreamKind::copy:
            copyStream<<<blocks, loadThreads, 0, stream>>>(a, static_cast<uint4*>(arrays.b), chunks);
            break;
        case StreamKind::triad:
            triadStream<<<blocks, loadThreads, 0, stream>>>(static_cast<const float4*>(arrays.a),
                                                            static_cast<const float4*>(arrays.b),
                                                            static_cast<float4*>(arrays.c), 0.37f, chunks);
            break;
    }
    return cudaGetLastError();
}

cudaError_t launchL2Read(const void* source, std::size_t bytes, int chunksEach, unsigned blocks,
                         unsigned* sink, cudaStream_t stream) {
    readL2<<<blocks, loadThreads, 0, stream>>>(static_cast<const uint4*>(source),
                                               static_cast<unsigned>(bytes / chunkBytes), chunksEach, sink);
    return cudaGetLastError();
}

cudaError_t fillRandom(void* target, std::size_t bytes, std::uint32_t keep, std::uint32_t set,
                       std::uint64_t seed, cudaStream_t stream) {
    constexpr unsigned fillBlocks = 4096;
    randomKernel<<<fillBlocks, loadThreads, 0, stream>>>(static_cast<std::uint32_t*>(target),
                                                         bytes / sizeof(std::uint32_t), keep, set, seed);
    return cudaGetLastError();
}

cudaError_t launchClockProbe(std::uint64_t nanoseconds, ClockReading* reading, cudaStream_t stream) {
    clockKernel<<<1, 1, 0, stream>>>(nanoseconds, reading);
    return cudaGetLastError();
}

}  // namespace ridge::workloads
