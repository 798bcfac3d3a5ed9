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

TEST_CASE("libcupti is found, in version 13, and remembers where") {
    const cupti::Library& library = cupti::library();
    CHECK(library.version / 10000 == 13);
    CHECK_THAT(library.versionText(), ContainsSubstring("13."));
    CHECK_THAT(library.path, ContainsSubstring("libcupti.so"));
    CHECK(std::filesystem::exists(library.path));
}

TEST_CASE("RIDGE_CUPTI replaces the whole search path, as a folder or as a file") {
    REQUIRE(setenv("RIDGE_CUPTI", "/nowhere/libcupti.so.13", 1) == 0);
    CHECK(cupti::searchPath() == std::vector<std::filesystem::path>{"/nowhere/libcupti.so.13"});
    REQUIRE(setenv("RIDGE_CUPTI", "/", 1) == 0);
    CHECK(cupti::searchPath() == std::vector<std::filesystem::path>{"/libcupti.so.13"});
    REQUIRE(unsetenv("RIDGE_CUPTI") == 0);
    CHECK(cupti::searchPath().size() > 2);
}
