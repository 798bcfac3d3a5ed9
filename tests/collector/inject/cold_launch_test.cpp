// SPDX-License-Identifier: Apache-2.0
// What happens to the GPU and its caches before a launch is measured.
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

TEST_CASE(
    "nothing of other streams runs when the counters start, cold or warm, and no flush before it ended") {
    for (const bool isCold : {true, false}) {
        INFO(isCold);
        inject::Options options = Fixture::options();
        if (!isCold) options.cache = inject::Cache::warm;
        test::RecordedProcess process(options);
        process.launch("a");
        const auto& calls = process.cupti.calls;
        const auto start = std::find(calls.begin(), calls.end(), "Start");
        REQUIRE(start != calls.end());
        const auto wait = std::find(calls.begin(), start, "cuCtxSynchronize");
        CHECK(wait != start);
        CHECK(std::find(calls.begin(), wait, "cuMemsetD8") == wait);
        CHECK(std::count(calls.begin(), start, "cuCtxSynchronize") == (isCold ? 2 : 1));
    }
}

TEST_CASE("a launch before which the GPU's work failed is a failed row, and starts no counters") {
    test::RecordedProcess process;
    process.cupti.failingDriver["cuCtxSynchronize"] = CUDA_ERROR_ILLEGAL_ADDRESS;
    process.launch("a");
    REQUIRE(process.points().size() == 1);
    CHECK(process.points()[0].status == db::Status::failed);
    CHECK(process.points()[0].statusReason == "the GPU's work failed with CUDA error 700");
    CHECK(process.cupti.count("Start") == 0);
    CHECK_FALSE(process.cupti.enabled);
    process.cupti.failingDriver.clear();
    process.launch("a");
    REQUIRE(process.points().size() == 2);
    CHECK(process.points()[1].status == db::Status::ok);
    CHECK(process.cupti.broken.empty());
}
