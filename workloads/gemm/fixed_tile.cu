// SPDX-License-Identifier: Apache-2.0
#include <cuda_bf16.h>

#include "workloads/gemm/fixed_tile.hpp"
#include "workloads/gemm/tile_layout.hpp"

namespace ridge::workloads {
namespace {

using namespace tile;

constexpr int blocksM = warpM / mmaM;  // 16-row blocks of a warp
constexpr int blocksN = warpN / mmaN;  // 8-column blocks of a warp

/// Copies 16 bytes, or writes 16 zero bytes where `inside` is false (source size 0 reads nothing).
__device__ void copyChunk(std::uint32_t target, const __nv_bfloat16* source, bool inside) {
    const int bytes = inside ? chunkBytes : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(target), "l"(source), "r"(bytes)
                 : "memory");
}

/// Copies a tile of `rows` x (chunksPerRow * 8) elements that starts at (row0, column0) of a matrix with
/// `extentRows` x `extentColumns` elements; what lies outside becomes zero.
template <int rows, int chunksPerRow>
__device__ void copyTile(std::uint32_t target, const __nv_bfloat16* matrix, std::int64_t row0,
                         std::int64_t column0, std::int64_t extentRows, std::int64_t extentColumns) {
    static_assert(rows * chunksPerRow % threads == 0);
#pragma unroll
    for (int step = 0; step < rows * chunksPerRow / threads; ++step) {
        const Cell slot = copySlot(static_cast<int>(threadIdx.x), step, chunksPerRow);
        const std::int64_t row = row0 + slot.row;
        const std::int64_t column = column0 + slot.column * chunkElements;
        const bool inside = row < extentRows && column < extentColumns;
        const __nv_bfloat16* source = inside ? matrix + row * extentColumns + column : matrix;
        const int chunk = swizzled(slot.row, slot.column, chunksPerRow);
        copyChunk(target + static_cast<std::uint32_t>(chunk * chunkBytes), source, inside);
    }
}

__device__ void loadMatrices(std::uint32_t (&to)[4], std::uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];\n"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address)
                 : "memory");
}

__device__ void loadMatricesTransposed(std::uint32_t (&to)[4], std::uint32_t address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];\n"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address)
                 : "memory");
}

__device__ void multiplyAdd(float (&c)[4], const std::uint32_t (&a)[4], std::uint32_t b0, std::uint32_t b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};\n"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

/// Adds the products of one stage to a warp's accumulators, k ascending.
template <Layout layout>
__device__ void multiplyStage(float (&sums)[blocksM][blocksN][4], std::uint32_t tileA, std::uint32_t tileB,
                              int warpRow, int warpColumn, int lane) {
#pragma unroll
    for (int step = 0; step < tileK / mmaK; ++step) {
        std::uint32_t a[blocksM][4];
        std::uint32_t b[blocksN / 2][4];
#pragma unroll
        for (int i = 0; i < blocksM; ++i) {
            const int chunk = chunkA(warpRow + i * mmaM, step, lane);
            loadMatrices(a[i], tileA + static_cast<std::uint32_t>(chunk * chunkBytes));
        }
#pragma unroll
        for (int j = 0; j < blocksN / 2; ++j) {
            const int column = warpColumn + j * 2 * mmaN;
            if constexpr (layout == Layout::nt) {
                const int chunk = chunkNt(column, step, lane);
                loadMatrices(b[j], tileB + static_cast<std::uint32_t>(chunk * chunkBytes));
            } else {
                const int chunk = chunkNn(column, step, lane);
                loadMatricesTransposed(b[j], tileB + static_cast<std::uint32_t>(chunk * chunkBytes));
            }
        }
#pragma unroll
        for (int i = 0; i < blocksM; ++i) {
#pragma unroll
            for (int j = 0; j < blocksN; ++j)
                multiplyAdd(sums[i][j], a[i], b[j / 2][j % 2 * 2], b[j / 2][j % 2 * 2 + 1]);
        }
    }
}

/// Two neighbouring outputs of a row; as one 4-byte store where the row start is even.
__device__ void storePair(__nv_bfloat16* c, std::int64_t row, std::int64_t column, std::int64_t n, float low,
                          float high) {
    __nv_bfloat16* target = c + row * n + column;
    if (n % 2 == 0 && column + 1 < n) {
        *reinterpret_cast<__nv_bfloat162*>(target) = __floats2bfloat162_rn(low, high);
        return;
    }
    if (column < n) target[0] = __float2bfloat16_rn(low);
    if (column + 1 < n) target[1] = __float2bfloat16_rn(high);
}

template <Layout layout>
__global__ void __launch_bounds__(threads)
    fixedTileKernel(const __nv_bfloat16* a, const __nv_bfloat16* b, __nv_bfloat16* c, std::int64_t m,
                    std::int64_t n, std::int64_t k) {
    extern __shared__ __align__(128) unsigned char shared[];
    const auto base = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
    const TileIndex at = rasterTile(blockIdx.x, tilesIn(m, tileM), tilesIn(n, tileN));
    const std::int64_t row0 = at.row * tileM;
    const std::int64_t column0 = at.column * tileN;
    const int stepsK = static_cast<int>(tilesIn(k, tileK));

    const auto copyStage = [&](int step) {
        const std::uint32_t target = base + static_cast<std::uint32_t>(step % stages * stageBytes);
        const std::uint32_t targetB = target + chunksA * chunkBytes;
        const std::int64_t k0 = static_cast<std::int64_t>(step) * tileK;
        copyTile<tileM, tileK / chunkElements>(target, a, row0, k0, m, k);
        if constexpr (layout == Layout::nt) {
            copyTile<tileN, tileK / chunkElements>(targetB, b, column0, k0, n, k);
        } else {
            copyTile<tileK, tileN / chunkElements>(targetB, b, k0, column0, k, n);
        }
    };

    // One commit a step, also where nothing is left to copy: the wait below counts groups.
#pragma unroll
    for (int step = 0; step < stages - 1; ++step) {
        if (step < stepsK) copyStage(step);
        asm volatile("cp.async.commit_group;\n" ::: "memory");
    }

    const int lane = static_cast<int>(threadIdx.x) % lanes;
    const int warp = static_cast<int>(threadIdx.x) / lanes;
    const int warpRow = warp / warpsN * warpM;
    const int warpColumn = warp % warpsN * warpN;
    float sums[blocksM][blocksN][4] = {};
    for (int step = 0; step < stepsK; ++step) {
        // At most the newest stages - 2 groups may be in flight, so this step's has landed; behind the
        // barrier it has for every thread, and nobody reads the stage any more that the next copy overwrites.
        asm volatile("cp.async.wait_group %0;\n" ::"n"(stages - 2) : "memory");
        __syncthreads();
        if (step + stages - 1 < stepsK) copyStage(step + stages - 1);
        asm volatile("cp.async.commit_group;\n" ::: "memory");
        const std::uint32_t tileA = base + static_cast<std::uint32_t>(step % stages * stageBytes);
        multiplyStage<layout>(sums, tileA, tileA + chunksA * chunkBytes, warpRow, warpColumn, lane);
    }

#pragma unroll
    for (int i = 0; i < blocksM; ++i) {
#pragma unroll
        for (int j = 0; j < blocksN; ++j) {
#pragma unroll
            for (int half = 0; half < 4; half += 2) {
                const Cell cell = accumulatorCell(lane, half);
                const std::int64_t row = row0 + warpRow + i * mmaM + cell.row;
                const std::int64_t column = column0 + warpColumn + j * mmaN + cell.column;
                if (row < m) storePair(c, row, column, n, sums[i][j][half], sums[i][j][half + 1]);
            }
        }
    }
}

template <Layout layout>
cudaError_t launch(const FixedTileArguments& arguments, cudaStream_t stream) {
    const auto kernel = fixedTileKernel<layout>;
    // Above 48 KiB a kernel has to ask; asking again costs about a microsecond and needs no state per device.
    const cudaError_t asked =
        cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, sharedBytes);
    if (asked != cudaSuccess) return asked;
    const std::int64_t blocks = tilesIn(arguments.m, tileM) * tilesIn(arguments.n, tileN);
    kernel<<<static_cast<unsigned>(blocks), threads, sharedBytes, stream>>>(
        static_cast<const __nv_bfloat16*>(arguments.a), static_cast<const __nv_bfloat16*>(arguments.b),
        static_cast<__nv_bfloat16*>(arguments.c), arguments.m, arguments.n, arguments.k);
    return cudaGetLastError();
}

}  // namespace

cudaError_t launchFixedTile(const FixedTileArguments& arguments, Layout layout, cudaStream_t stream) {
    return layout == Layout::nt ? launch<Layout::nt>(arguments, stream)
                                : launch<Layout::nn>(arguments, stream);
}

}  // namespace ridge::workloads
