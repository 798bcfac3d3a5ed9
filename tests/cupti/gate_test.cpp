// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/gate.hpp"

#include "collector/cupti/range_profiler.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

TEST_CASE("a machine without a driver ends with exit code 3 and a sentence, never with a signal") {
    if (cupti::driver() != nullptr) {
        WARN("this machine has a driver: the gate's closed side is tested with fakes only");
        return;
    }
    const cupti::Gate gate = cupti::passGate(cupti::library().api, cupti::driver(), 0);
    CHECK(gate.step == cupti::GateStep::noDriver);
    CHECK(gate.code == ExitCode::noGpu);
    CHECK_THAT(gate.text, ContainsSubstring("libcuda.so.1"));
    CHECK_THAT(gate.hint, ContainsSubstring("R580"));
    try {
        static_cast<void>(cupti::makeRangeProfilerBackend(0));
        FAIL("no exception");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::noGpu);
    }
}
