// SPDX-License-Identifier: Apache-2.0
// Index arithmetic of the fixed-tile kernel, usable on host and device so that tests can walk it without a
// GPU.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#define RIDGE_HOST_DEVICE __host__ __device__
#else
#define RIDGE_HOST_DEVICE
#endif

namespace ridge::workloads::tile {

// One configuration for every shape: that is what makes the result of a row independent of M.
inline constexpr int tileM = 128, tileN = 128, tileK = 64;
inline constexpr int stages = 3;
inline constexpr int threads = 256, lanes = 32;
inline constexpr int warpsM = 2, warpsN = 4;                          ///< 8 warps side by side in one tile
inline constexpr int warpM = tileM / warpsM, warpN = tileN / warpsN;  ///< 64 x 32 outputs a warp
inline constexpr int mmaM = 16, mmaN = 8, mmaK = 16;                  ///< mma.sync.m16n8k16
inline constexpr int rowGroup = 8;                                    ///< tile rows that share a raster band

// Shared memory is addressed in chunks of 16 bytes, the width of cp.async and of an ldmatrix row.
inline constexpr int elementBytes = 2, chunkElements = 8, chunkBytes = 16;
inline constexpr int chunksA = tileM * tileK / chunkElements;
inline constexpr int chunksB = tileN * tileK / chunkElements;
inline constexpr int stageBytes = (chunksA + chunksB) * chunkBytes;
inline constexpr int sharedBytes = stages * stageBytes;  ///< 96 KiB: fits every device from sm_80 on

struct Cell {
    int row, column;
};
struct TileIndex {
    std::int64_t row, column;
};

/// Chunk of element (row, chunk) in a tile stored with `chunksPerRow` chunks a row. XOR with the row spreads
/// eight rows of one column of chunks over all 32 banks.
RIDGE_HOST_DEVICE constexpr int swizzled(int row, int chunk, int chunksPerRow) {
    return row * chunksPerRow + (chunk ^ (row & 7));
}

/// (row, chunk) that a thread copies in its `step`-th copy; neighbours take neighbouring chunks of a row.
RIDGE_HOST_DEVICE constexpr Cell copySlot(int thread, int step, int chunksPerRow) {
    const int index = step * threads + thread;
    return {index / chunksPerRow, index % chunksPerRow};
}

// Chunks whose addresses lane `lane` of a warp gives to ldmatrix.x4 in the `step`-th 16 values of k. Register
// r of every lane then comes from the matrix that lanes 8 r to 8 r + 7 point at: PTX ISA, ldmatrix.

/// For 16 rows of A: register order is rows 0-7 | 8-15 of k 0-7, then of k 8-15, as fragment A of m16n8k16
/// has it.
RIDGE_HOST_DEVICE constexpr int chunkA(int row0, int step, int lane) {
    return swizzled(row0 + (lane & 15), step * 2 + (lane >> 4), tileK / chunkElements);
}

/// For 16 columns of B stored [N,K]: k 0-7 | 8-15 of columns 0-7, then of columns 8-15: two fragments B.
RIDGE_HOST_DEVICE constexpr int chunkNt(int column0, int step, int lane) {
    return swizzled(column0 + (lane & 7) + ((lane >> 4) << 3), step * 2 + ((lane >> 3) & 1),
                    tileK / chunkElements);
}

/// For 16 columns of B stored [K,N], loaded with .trans: the same register order.
RIDGE_HOST_DEVICE constexpr int chunkNn(int column0, int step, int lane) {
    return swizzled(step * mmaK + (lane & 15), column0 / chunkElements + (lane >> 4), tileN / chunkElements);
}

/// (row, column) in a 16x8 block of C of accumulator `index` (0 to 3) of a lane: PTX ISA, m16n8k16, C
/// fragment.
RIDGE_HOST_DEVICE constexpr Cell accumulatorCell(int lane, int index) {
    return {(lane >> 2) + ((index >> 1) << 3), ((lane & 3) << 1) + (index & 1)};
}

RIDGE_HOST_DEVICE constexpr std::int64_t tilesIn(std::int64_t extent, int tile) {
    return (extent + tile - 1) / tile;
}

/// Tile of a block: bands of `rowGroup` tile rows, walked column by column, so that blocks that run together
/// share rows of A and columns of B in L2.
RIDGE_HOST_DEVICE constexpr TileIndex rasterTile(std::int64_t block, std::int64_t rows,
                                                 std::int64_t columns) {
    const std::int64_t band = rowGroup * columns;
    const std::int64_t firstRow = block / band * rowGroup;
    const std::int64_t height = rows - firstRow < rowGroup ? rows - firstRow : rowGroup;
    const std::int64_t inBand = block % band;
    return {firstRow + inBand % height, inBand / height};
}

}  // namespace ridge::workloads::tile
