// SPDX-License-Identifier: Apache-2.0
// What happens to the caches before a launch is measured.
#include <algorithm>
#include <string>

#include "collector/inject/kernel_recorder.hpp"
#include "tests/collector/inject/fake_process.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

struct Fixture : test::RecordedProcess {
    Fixture() : RecordedProcess(options()) {}
    static inject::Options options() {
        inject::Options cold = test::bytesOptions();
        cold.cache = inject::Cache::cold;
        return cold;
    }
};

bool tellsOfDirtyFlush(const Fixture& process) {
    const auto notes = process.all<inject::Note>();
    return std::any_of(notes.begin(), notes.end(), [](const inject::Note& note) {
        return note.text.find("may reach DRAM inside what is measured") != std::string::npos;
    });
}

}  // namespace

TEST_CASE("cold launches are preceded by a flush; without memory for it they say warm") {
    Fixture process;
    process.launch("a");
    CHECK(process.cupti.count("cuMemsetD8") == 1);
    CHECK(process.cupti.count("cuMemFree") == 1);
    process.cupti.failingDriver["cuMemAlloc"] = CUDA_ERROR_OUT_OF_MEMORY;
    process.launch("a");
    REQUIRE(process.points().size() == 2);
    CHECK(process.points()[0].cache == "cold");
    CHECK(process.points()[1].cache == "warm");
    CHECK(process.cupti.broken.empty());
}

TEST_CASE("what a flush wrote is read out before the launch, by a kernel that a context loads once") {
    Fixture process;
    process.launch("a");
    process.launch("a");
    CHECK(process.cupti.count("cuLaunchKernelEx") == 2);
    CHECK(process.cupti.count("cuModuleLoadData") == 1);
    CHECK_FALSE(tellsOfDirtyFlush(process));
    CHECK(process.points().size() == 2);
}

TEST_CASE("where the driver takes no kernel of ours, the flush's own write-back is told of") {
    Fixture process;
    process.cupti.failingDriver["cuModuleLoadData"] = CUDA_ERROR_INVALID_PTX;
    process.launch("a");
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].cache == "cold");
    CHECK(tellsOfDirtyFlush(process));
}
