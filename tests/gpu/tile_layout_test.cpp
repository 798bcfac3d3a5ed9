// SPDX-License-Identifier: Apache-2.0
#include "workloads/gemm/tile_layout.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "tests/support/catch.hpp"
#include "workloads/gemm/gemm_problem.hpp"

namespace {

using namespace ridge::workloads;
using namespace ridge::workloads::tile;

using Chunks = std::vector<std::array<float, chunkElements>>;
using Fragment = std::array<std::array<std::array<float, 2>, 4>, lanes>;  // [lane][register][half]

/// ldmatrix.x4 as the PTX ISA describes it: lane 8 r + i gives the address of row i of matrix r; without
/// .trans a lane gets two neighbours of row lane / 4, with .trans two neighbours of column lane / 4.
template <class ChunkOf>
Fragment loadMatrices(const Chunks& shared, ChunkOf chunkOf, bool transposed) {
    Fragment fragment{};
    for (int lane = 0; lane < lanes; ++lane) {
        for (int matrix = 0; matrix < 4; ++matrix) {
            for (int half = 0; half < 2; ++half) {
                const int pair = 2 * (lane % 4) + half;
                const int row = transposed ? pair : lane / 4;
                const int column = transposed ? lane / 4 : pair;
                const auto chunk = static_cast<std::size_t>(chunkOf(8 * matrix + row));
                fragment[static_cast<std::size_t>(lane)][static_cast<std::size_t>(matrix)]
                        [static_cast<std::size_t>(half)] = shared.at(chunk)[static_cast<std::size_t>(column)];
            }
        }
    }
    return fragment;
}

struct Matrix {
    std::int64_t rows, columns;
    std::vector<float> values;
    [[nodiscard]] float at(std::int64_t row, std::int64_t column) const {
        return row < rows && column < columns ? values[static_cast<std::size_t>(row * columns + column)]
                                              : 0.0F;
    }
};

/// Small integers, so that sums are exact in any order.
Matrix counted(std::int64_t rows, std::int64_t columns, int seed) {
    Matrix matrix{rows, columns, std::vector<float>(static_cast<std::size_t>(rows * columns))};
    int state = seed;
    for (float& value : matrix.values) {
        state = (state * 1103 + 12345) % 65536;
        value = static_cast<float>(state % 9 - 4);
    }
    return matrix;
}

Chunks copyTile(const Matrix& matrix, std::int64_t row0, std::int64_t column0, int rows, int chunksPerRow) {
    Chunks shared(static_cast<std::size_t>(rows * chunksPerRow));
    for (int step = 0; step < rows * chunksPerRow / threads; ++step) {
        for (int thread = 0; thread < threads; ++thread) {
            const Cell slot = copySlot(thread, step, chunksPerRow);
            auto& chunk = shared.at(static_cast<std::size_t>(swizzled(slot.row, slot.column, chunksPerRow)));
            for (int i = 0; i < chunkElements; ++i) {
                chunk[static_cast<std::size_t>(i)] =
                    matrix.at(row0 + slot.row, column0 + i + std::int64_t{slot.column} * chunkElements);
            }
        }
    }
    return shared;
}

/// mma.m16n8k16 with fragments A and B as the PTX ISA lays them out; `pair` selects the 8 columns of two.
void multiplyAdd(std::array<std::array<float, 8>, 16>& c, const Fragment& a, const Fragment& b,
                 std::size_t pair) {
    std::array<std::array<float, 16>, 16> rowsA{};
    std::array<std::array<float, 8>, 16> rowsB{};
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        for (std::size_t half = 0; half < 2; ++half) {
            const std::size_t pairOfK = 2 * (lane % 4) + half;
            for (std::size_t r = 0; r < 4; ++r)
                rowsA[lane / 4 + 8 * (r % 2)][pairOfK + 8 * (r / 2)] = a[lane][r][half];
            for (std::size_t r = 0; r < 2; ++r)
                rowsB[pairOfK + 8 * r][lane / 4] = b[lane][2 * pair + r][half];
        }
    }
    for (std::size_t row = 0; row < 16; ++row) {
        for (std::size_t column = 0; column < 8; ++column) {
            for (std::size_t k = 0; k < 16; ++k) c[row][column] += rowsA[row][k] * rowsB[k][column];
        }
    }
}

struct Output {
    std::vector<float> values;
    std::vector<int> writes;
};

void runWarp(const Matrix& a, const Matrix& b, Layout layout, std::int64_t row0, std::int64_t column0,
             int warp, std::int64_t n, Output& output) {
    const int warpRow = warp / warpsN * warpM;
    const int warpColumn = warp % warpsN * warpN;
    std::array<std::array<std::array<std::array<float, 8>, 16>, warpN / mmaN>, warpM / mmaM> sums{};
    for (std::int64_t k0 = 0; k0 < a.columns; k0 += tileK) {
        const Chunks sharedA = copyTile(a, row0, k0, tileM, tileK / chunkElements);
        const Chunks sharedB = layout == Layout::nt ? copyTile(b, column0, k0, tileN, tileK / chunkElements)
                                                    : copyTile(b, k0, column0, tileK, tileN / chunkElements);
        for (int step = 0; step < tileK / mmaK; ++step) {
            for (std::size_t j = 0; j < warpN / mmaN; ++j) {
                const int column = warpColumn + static_cast<int>(j / 2) * 2 * mmaN;
                const auto chunkB = [&](int lane) {
                    return layout == Layout::nt ? chunkNt(column, step, lane) : chunkNn(column, step, lane);
                };
                const Fragment fragmentB = loadMatrices(sharedB, chunkB, layout == Layout::nn);
                for (std::size_t i = 0; i < warpM / mmaM; ++i) {
                    const auto chunkOfA = [&](int lane) {
                        return chunkA(warpRow + static_cast<int>(i) * mmaM, step, lane);
                    };
                    multiplyAdd(sums[i][j], loadMatrices(sharedA, chunkOfA, false), fragmentB, j % 2);
                }
            }
        }
    }
    for (std::size_t i = 0; i < warpM / mmaM; ++i) {
        for (std::size_t j = 0; j < warpN / mmaN; ++j) {
            for (int lane = 0; lane < lanes; ++lane) {
                for (int index = 0; index < 4; ++index) {
                    const Cell cell = accumulatorCell(lane, index);
                    const auto row = row0 + warpRow + static_cast<std::int64_t>(i) * mmaM + cell.row;
                    const auto column =
                        column0 + warpColumn + static_cast<std::int64_t>(j) * mmaN + cell.column;
                    if (row >= a.rows || column >= n) continue;
                    const auto at = static_cast<std::size_t>(row * n + column);
                    // C fragment by the PTX ISA: register pair p of a lane is row lane / 4 + 8 p.
                    const auto sumRow =
                        static_cast<std::size_t>(lane) / 4 + 8 * (static_cast<std::size_t>(index) / 2);
                    const auto sumColumn =
                        2 * (static_cast<std::size_t>(lane) % 4) + static_cast<std::size_t>(index) % 2;
                    output.values[at] = sums[i][j][sumRow][sumColumn];
                    ++output.writes[at];
                }
            }
        }
    }
}

Output runKernel(const Matrix& a, const Matrix& b, Layout layout, std::int64_t n) {
    Output output{std::vector<float>(static_cast<std::size_t>(a.rows * n)),
                  std::vector<int>(static_cast<std::size_t>(a.rows * n))};
    const std::int64_t rows = tilesIn(a.rows, tileM);
    const std::int64_t columns = tilesIn(n, tileN);
    for (std::int64_t block = 0; block < rows * columns; ++block) {
        const TileIndex at = rasterTile(block, rows, columns);
        for (int warp = 0; warp < threads / lanes; ++warp) {
            runWarp(a, b, layout, at.row * tileM, at.column * tileN, warp, n, output);
        }
    }
    return output;
}

void requireProduct(std::int64_t m, std::int64_t n, std::int64_t k, Layout layout) {
    INFO("M=" << m << " N=" << n << " K=" << k << (layout == Layout::nt ? " nt" : " nn"));
    const Matrix a = counted(m, k, 1);
    const Matrix b = layout == Layout::nt ? counted(n, k, 2) : counted(k, n, 2);
    const Output output = runKernel(a, b, layout, n);
    std::size_t wrong = 0;
    for (std::int64_t row = 0; row < m; ++row) {
        for (std::int64_t column = 0; column < n; ++column) {
            float expected = 0;
            for (std::int64_t i = 0; i < k; ++i) {
                expected += a.at(row, i) * (layout == Layout::nt ? b.at(column, i) : b.at(i, column));
            }
            const auto at = static_cast<std::size_t>(row * n + column);
            if (output.values[at] != expected || output.writes[at] != 1) ++wrong;
        }
    }
    REQUIRE(wrong == 0);
}

}  // namespace

TEST_CASE("the tile's index maps multiply matrices, ragged ones too") {
    requireProduct(128, 128, 64, Layout::nn);
    requireProduct(128, 128, 64, Layout::nt);
    requireProduct(1, 136, 72, Layout::nn);
    requireProduct(130, 131, 8, Layout::nt);
    requireProduct(37, 24, 200, Layout::nn);
}

TEST_CASE("every tile of a grid belongs to exactly one block") {
    for (const auto& [rows, columns] :
         {std::pair{1, 32}, std::pair{16, 3}, std::pair{13, 7}, std::pair{8, 1}}) {
        std::set<std::pair<std::int64_t, std::int64_t>> seen;
        for (int block = 0; block < rows * columns; ++block) {
            const TileIndex at = rasterTile(block, rows, columns);
            REQUIRE((at.row >= 0 && at.row < rows && at.column >= 0 && at.column < columns));
            seen.emplace(at.row, at.column);
        }
        REQUIRE(seen.size() == static_cast<std::size_t>(rows * columns));
    }
}

TEST_CASE("blocks that run together share a band of rows") {
    for (int block = 0; block < rowGroup * 4; ++block) REQUIRE(rasterTile(block, 64, 32).row < rowGroup);
    REQUIRE(rasterTile(rowGroup - 1, 64, 32).column == 0);
    REQUIRE(rasterTile(rowGroup, 64, 32).column == 1);
    REQUIRE(rasterTile(std::int64_t{rowGroup} * 32, 64, 32).row == rowGroup);
}

TEST_CASE("shared memory is read and written without bank conflicts") {
    // 16-byte accesses go in phases of eight lanes; eight chunks that differ modulo 8 cover all 32 banks.
    const auto conflictFree = [](auto chunkOf) {
        for (int phase = 0; phase < lanes / 8; ++phase) {
            std::set<int> banks;
            for (int i = 0; i < 8; ++i) banks.insert(chunkOf(phase * 8 + i) % 8);
            if (banks.size() != 8) return false;
        }
        return true;
    };
    for (int step = 0; step < tileK / mmaK; ++step) {
        for (int start = 0; start < tileM; start += 16) {
            REQUIRE(conflictFree([&](int lane) { return chunkA(start, step, lane); }));
            REQUIRE(conflictFree([&](int lane) { return chunkNt(start, step, lane); }));
            REQUIRE(conflictFree([&](int lane) { return chunkNn(start, step, lane); }));
        }
    }
    for (const int chunksPerRow : {tileK / chunkElements, tileN / chunkElements}) {
        for (int thread = 0; thread < threads; thread += lanes) {
            REQUIRE(conflictFree([&](int lane) {
                const Cell slot = copySlot(thread + lane, 0, chunksPerRow);
                return swizzled(slot.row, slot.column, chunksPerRow);
            }));
        }
    }
}

TEST_CASE("the stages fit the shared memory that a block may have on every supported device") {
    REQUIRE(sharedBytes == 96 * 1024);
    REQUIRE(sharedBytes <=
            99 * 1024);  // compute capability 8.6, 8.9 and 12.0; 163 KiB on 8.0, 227 KiB on 9.0
}
