// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/clock_lock.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "collector/nvml/error.hpp"
#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using namespace ridge::nvml;
using test::FakeNvml;

namespace {

const std::vector<unsigned int> clocks{1980, 1410, 1305, 1200, 210};

/// The error of locking `wish` on the fake's device.
Error refusal(const FakeNvml& fake, const ClockWish& wish) {
    const Nvml nvml(fake.api);
    try {
        const ClockLock lock(nvml.device("GPU-fake"), wish);
    } catch (const Error& error) {
        return error;
    }
    return {ExitCode::done, "was locked"};
}

}  // namespace

TEST_CASE("a wished clock becomes the nearest one that the GPU has") {
    CHECK(chooseClock(clocks, {1410, true}) == 1410);
    CHECK(chooseClock(clocks, {1400, true}) == 1410);
    CHECK(chooseClock(clocks, {1340, false}) == 1305);
    CHECK(chooseClock(clocks, {210, true}) == 210);
    CHECK(chooseClock(clocks, {1980, true}) == 1980);
}

TEST_CASE("out of range, a named clock is refused and another gives way to the middle") {
    CHECK_THROWS_WITH(chooseClock(clocks, {2000, true}),
                      "--lock-clocks=2000: the SM clock of this GPU reaches from 210 to 1980 MHz");
    CHECK_THROWS_AS(chooseClock(clocks, {100, true}), Error);
    CHECK(chooseClock(clocks, {2520, false}) == 1305);
    CHECK(chooseClock(clocks, {std::nullopt, false}) == 1305);
}

TEST_CASE("where no clocks are told, the wish is tried") {
    CHECK(chooseClock({}, {1409.6, false}) == 1410);
    CHECK_THROWS_WITH(chooseClock({}, {}), ContainsSubstring("does not tell which clocks"));
}

TEST_CASE("a lock holds as long as it exists") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    {
        const ClockLock lock(nvml.device("GPU-fake"), {1400, false});
        CHECK(lock.hz() == 1.41e9);
        CHECK(fake.lockedMhz == 1410);
    }
    CHECK(fake.lockedMhz == 0);
    fake.lockedMhz = 1200;
    resetClocks(nvml.device("GPU-fake"));
    CHECK(fake.lockedMhz == 0);
}

TEST_CASE("a lock that is refused says why, and nothing is reset") {
    FakeNvml fake;
    fake.failing["setLockedClocks"] = Status::noPermission;
    const Error denied = refusal(fake, {1410, true});
    CHECK(denied.code() == ExitCode::notPermitted);
    CHECK_THAT(denied.what(), ContainsSubstring("locking the SM clock at 1410 MHz"));
    CHECK_THAT(denied.hint(),
               ContainsSubstring("run as root") && ContainsSubstring("nvidia-smi -lgc 1410,1410"));
    fake.failing["setLockedClocks"] = Status::notSupported;
    CHECK(refusal(fake, {1410, true}).code() == ExitCode::failed);
    fake.failing["setLockedClocks"] = Status::gpuIsLost;
    CHECK_THAT(refusal(fake, {1410, true}).hint(), ContainsSubstring("Xid"));
    for (const std::string& call : fake.calls) CHECK(call != "resetLockedClocks");
}

TEST_CASE("a driver that cannot reset a clock is not asked to lock it") {
    FakeNvml fake;
    fake.api.resetLockedClocks = nullptr;
    CHECK(refusal(fake, {1410, true}).code() == ExitCode::failed);
    CHECK(fake.lockedMhz == 0);
    const Nvml nvml(fake.api);
    CHECK_THROWS_AS(resetClocks(nvml.device("GPU-fake")), NvmlError);
}

TEST_CASE("without a list of clocks a lock is tried at the wished one") {
    const char* untold = GENERATE("supportedMemoryClocks", "supportedGraphicsClocks");
    FakeNvml fake;
    fake.failing[untold] = Status::notSupported;
    const Nvml nvml(fake.api);
    const ClockLock lock(nvml.device("GPU-fake"), {1333, true});
    CHECK(fake.lockedMhz == 1333);
}

TEST_CASE("a clock that cannot be given back is told with what to do") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    const ridge::test::TemporaryFolder folder;
    const std::string file = (folder / "err.txt").string();
    const int before = ::dup(STDERR_FILENO);
    {
        const ClockLock lock(nvml.device("GPU-fake"), {1410, true});
        fake.failing["resetLockedClocks"] = Status::noPermission;
        REQUIRE(std::freopen(file.c_str(), "w", stderr) != nullptr);
    }
    std::fflush(stderr);
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    CHECK(fake.lockedMhz == 1410);
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    CHECK_THAT(text.str(),
               ContainsSubstring("stays locked at 1410 MHz") && ContainsSubstring("nvidia-smi -rgc"));
}
