// SPDX-License-Identifier: Apache-2.0
#include "workloads/ceilings/load_plan.hpp"

#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::workloads;

namespace {

constexpr std::size_t mebi = std::size_t{1} << 20, gibi = std::size_t{1} << 30;

}  // namespace

TEST_CASE("streams are far larger than the L2, and whole tiles") {
    // A40: 6 MiB of L2; H100: 50 MiB.
    CHECK(streamBytes(StreamKind::read, 6 * mebi, 40 * gibi) == gibi);
    CHECK(streamBytes(StreamKind::copy, 50 * mebi, 70 * gibi) == 3200 * mebi);
    for (const StreamKind kind : {StreamKind::read, StreamKind::write, StreamKind::copy, StreamKind::triad}) {
        for (const std::size_t usable : {3 * gibi, 7 * gibi + 12345, 70 * gibi}) {
            const std::size_t bytes = streamBytes(kind, 32 * mebi, usable);
            CHECK(bytes % tileBytes == 0);
            CHECK(bytes * arraysOf(kind) <= usable / 2);
            CHECK(bytes * arraysOf(kind) >= 256 * mebi);
        }
    }
}

TEST_CASE("a device that is too full for a stream says what is missing") {
    CHECK_THROWS_WITH(streamBytes(StreamKind::copy, 64 * mebi, gibi / 2),
                      ContainsSubstring("need 1.1 GB free") && ContainsSubstring("has 0.5 GB"));
    CHECK_THROWS_AS(streamBytes(StreamKind::read, 0, 0), Error);
}

TEST_CASE("a stream's traffic is every array once") {
    CHECK(streamTraffic(StreamKind::read, 100) == 100);
    CHECK(streamTraffic(StreamKind::write, 100) == 100);
    CHECK(streamTraffic(StreamKind::copy, 100) == 200);
    CHECK(streamTraffic(StreamKind::triad, 100) == 300);
}

TEST_CASE("a quarter of the L2 is read whole, equally often by every thread, at least 4 GiB in all") {
    for (const unsigned blocks : {84U, 528U, 1056U, 4096U}) {
        const L2Load load = l2Load(50 * mebi, blocks);
        CHECK(load.bytes == 50 * mebi / 4);
        CHECK(load.chunksEach % static_cast<int>(chunksPerThread) == 0);
        CHECK(load.traffic == static_cast<double>(blocks) * loadThreads * load.chunksEach * chunkBytes);
        CHECK(load.traffic >= 4.0 * gibi);
        CHECK(load.traffic < 4.5 * gibi);
    }
    CHECK(l2Load(6 * mebi + 5, 84).bytes % chunkBytes == 0);
}

TEST_CASE("FLOPs of the chains and of mma.sync follow from the launch") {
    // One block: 256 threads x 10 iterations x 16 chains x 16 steps = 655360 multiply-adds.
    CHECK(chainFlops(ChainType::fp32, 10, 1) == 2 * 655360);
    CHECK(chainFlops(ChainType::fp64, 10, 3) == 6 * 655360);
    CHECK(chainFlops(ChainType::half2, 10, 1) == 4 * 655360);
    CHECK(predicatedFlops(10, 32, 3) == 6 * 655360);
    CHECK(predicatedFlops(10, 16, 3) == 3 * 655360);
    CHECK(predicatedFlops(10, 0, 3) == 0);
    // One block: 8 warps x 10 iterations x 8 chains x 2 steps = 1280 instructions of 2 x 16 x 8 x k.
    CHECK(mmaFlops(MmaType::bf16, 10, 1) == 1280 * 4096);
    CHECK(mmaFlops(MmaType::fp16Acc16, 10, 2) == 2 * 1280 * 4096);
    CHECK(mmaFlops(MmaType::tf32, 10, 1) == 1280 * 2048);
    CHECK(mmaFlops(MmaType::int8, 10, 1) == 1280 * 8192);
}

TEST_CASE("a chain or mma.sync launch lasts between 0.3 and 50 ms on every GPU since 2020") {
    struct Gpu {  // a full wave of blocks, and rates of its data sheet in share/devices
        unsigned blocks;
        double fp32, fp64, half2, bf16, int8;
    };
    const Gpu a40{84 * 6, 37.4e12, 0.584e12, 37.4e12, 149.7e12, 299.3e12};
    const Gpu rtx4090{128 * 6, 82.6e12, 1.29e12, 82.6e12, 165.2e12, 660.6e12};
    const Gpu h100{132 * 8, 66.9e12, 33.5e12, 133.8e12, 989.4e12, 1978.9e12};
    const auto lasts = [](double operations, double rate) {
        CHECK(operations / rate >= 0.3e-3);
        CHECK(operations / rate <= 50e-3);
    };
    const auto chain = [](ChainType type, unsigned blocks) {
        return chainFlops(type, iterationsOf(type), blocks);
    };
    const auto mma = [](MmaType type, unsigned blocks) { return mmaFlops(type, iterationsOf(type), blocks); };
    for (const Gpu& gpu : {a40, rtx4090, h100}) {
        INFO(gpu.blocks << " blocks");
        lasts(chain(ChainType::fp32, gpu.blocks), gpu.fp32);
        lasts(chain(ChainType::fp64, gpu.blocks), gpu.fp64);
        lasts(chain(ChainType::half2, gpu.blocks), gpu.half2);
        lasts(mma(MmaType::bf16, gpu.blocks), gpu.bf16);
        lasts(mma(MmaType::int8, gpu.blocks), gpu.int8);
    }
}
