// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load_plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "db/model/error.hpp"

namespace ridge::workloads {
namespace {

constexpr std::size_t gibi = std::size_t{1} << 30;
constexpr unsigned warpsPerBlock = loadThreads / warpThreads;

}  // namespace

std::size_t arraysOf(StreamKind kind) noexcept {
    if (kind == StreamKind::copy) return 2;
    return kind == StreamKind::triad ? 3 : 1;
}

double streamTraffic(StreamKind kind, std::size_t bytes) noexcept {
    return static_cast<double>(arraysOf(kind)) * static_cast<double>(bytes);
}

std::size_t streamBytes(StreamKind kind, std::size_t l2Bytes, std::size_t usableBytes) {
    const std::size_t arrays = arraysOf(kind);
    const std::size_t wanted = std::max(gibi, 64 * l2Bytes);
    const std::size_t bytes = std::min(wanted, usableBytes / 2 / arrays) / tileBytes * tileBytes;
    if (bytes == 0 || bytes * arrays < 8 * l2Bytes) {
        throw Error(
            ExitCode::failed,
            fmt::format("streams need {:.1f} GB free, eight times the L2 and as much to spare; the "
                        "device has {:.1f} GB",
                        16e-9 * static_cast<double>(l2Bytes), 1e-9 * static_cast<double>(usableBytes)),
            "end what else holds memory on this GPU");
    }
    return bytes;
}

L2Load l2Load(std::size_t l2Bytes, unsigned blocks) noexcept {
    const std::size_t threads = std::size_t{blocks} * loadThreads;
    const std::size_t stepBytes = threads * chunkBytes * chunksPerThread;
    const std::size_t steps = (4 * gibi + stepBytes - 1) / stepBytes;
    L2Load load;
    load.bytes = std::max(l2Bytes / 4 / chunkBytes, std::size_t{1}) * chunkBytes;
    load.chunksEach = static_cast<int>(steps * chunksPerThread);
    load.traffic = static_cast<double>(steps * stepBytes);
    return load;
}

int iterationsOf(ChainType type) noexcept {
    return type == ChainType::fp64 ? 256 : 512;  // fp64 is up to 64 times slower
}

int iterationsOf(MmaType type) noexcept {
    return type == MmaType::int8 ? 4096 : 2048;
}

double chainFlops(ChainType type, int iterations, unsigned blocks) noexcept {
    const double threads = static_cast<double>(blocks) * loadThreads;
    const double each = static_cast<double>(iterations) * static_cast<double>(chains * chainSteps);
    return threads * each * (type == ChainType::half2 ? 4 : 2);
}

double predicatedFlops(int iterations, unsigned lanes, unsigned blocks) noexcept {
    return chainFlops(ChainType::fp32, iterations, blocks) / warpThreads * lanes;
}

double mmaFlops(MmaType type, int iterations, unsigned blocks) noexcept {
    const double warps = static_cast<double>(blocks) * warpsPerBlock;
    const double each = static_cast<double>(iterations) * static_cast<double>(mmaChains * mmaSteps);
    return warps * each * mmaOperations(type);
}

}  // namespace ridge::workloads
