// SPDX-License-Identifier: Apache-2.0
// Catch2's main for the recorded fixtures: where there are none yet the test is skipped (77) and says so.
#include <cstdio>

#include "collector/cupti/fixture.hpp"

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

int main(int argc, char** argv) {
    if (ridge::cupti::fixturesIn(RIDGE_SOURCE_DIR "/tests/data/fixtures").empty()) {
        std::printf(
            "skipped: no fixtures yet in tests/data/fixtures; on a machine with a GPU:\n"
            "  ridge-worker --record tests/data/fixtures\n");
        return 77;
    }
    return Catch::Session().run(argc, argv);
}
