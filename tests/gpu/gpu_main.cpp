// SPDX-License-Identifier: Apache-2.0
// Catch2's main for tests that need a GPU: without one they are skipped (77) with the reason, or fail where
// RIDGE_REQUIRE_GPU=1 promises one.
#include <cstdio>

#include "collector/cuda/device.hpp"
#include "db/model/error.hpp"
#include "tests/gpu/required_gpu.hpp"

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char** argv) {
    try {
        ridge::cuda::useDevice(0);
    } catch (const ridge::Error& error) {
        const bool fails = ridge::tests::gpuIsRequired();
        std::printf("%s: %s\n", fails ? "failed, RIDGE_REQUIRE_GPU=1" : "skipped", error.what());
        return fails ? 1 : 77;
    }
    return Catch::Session().run(argc, argv);
}
