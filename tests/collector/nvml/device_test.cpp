// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/device.hpp"

#include <unistd.h>

#include <algorithm>

#include "collector/nvml/clock_events.hpp"
#include "collector/nvml/error.hpp"
#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::nvml;
using test::FakeNvml;

namespace {

ProcessInfo process(int pid, unsigned long long bytes = 1 << 20) {
    return {static_cast<unsigned int>(pid), bytes, 0, 0};
}

}  // namespace

TEST_CASE("readings come in base units") {
    FakeNvml fake;
    fake.clockEvents = 0x24;
    const Nvml nvml(fake.api);
    const Telemetry now = nvml.device("GPU-fake").telemetry();
    CHECK(now.smClockHz == 1.41e9);
    CHECK(now.memoryClockHz == 1.215e9);
    CHECK(now.temperatureC == 55);
    CHECK_THAT(now.powerW.value(), WithinRel(251.5, 1e-12));
    CHECK(now.clockEvents == 0x24U);
    CHECK_THAT(nvml.device("GPU-fake").energyJ().value(), WithinRel(1234.567, 1e-12));
}

TEST_CASE("a device tells its modes, limits and memory") {
    FakeNvml fake;
    fake.compute = {process(7, 5000), process(8, ~0ULL)};
    const Nvml nvml(fake.api);
    const DeviceState state = nvml.device("GPU-fake").state();
    CHECK_FALSE(state.lost);
    CHECK(state.maxSmClockHz == 1.98e9);
    CHECK(state.maxMemoryClockHz == 1.593e9);
    CHECK(state.powerLimitW == 300);
    CHECK(state.memoryBytes == 80'000);
    CHECK(state.freeMemoryBytes == 60'000);
    CHECK(state.displayActive == false);
    CHECK(state.persistence == true);
    CHECK(state.ecc == true);
    CHECK(state.eccAfterReboot == false);
    CHECK(state.mig == false);
    CHECK(state.virtualization == Virtualization::passthrough);
    REQUIRE(state.compute.value().size() == 2);
    CHECK(state.compute->at(0).memoryBytes == 5000);
    CHECK_FALSE(state.compute->at(1).memoryBytes);
    CHECK(state.graphics.value().empty());
    CHECK(nvml.system().driver == "580.65.06");
    CHECK(nvml.system().confidentialComputing == true);
}

TEST_CASE("what a driver lacks or does not support is absent, the rest is there") {
    FakeNvml fake;
    fake.api.clockEventReasons = nullptr;
    fake.api.totalEnergy = nullptr;
    fake.api.migMode = nullptr;
    fake.api.eccMode = nullptr;
    fake.api.computeProcesses = nullptr;
    fake.api.confidentialState = nullptr;
    fake.failing["powerUsage"] = Status::notSupported;
    fake.failing["virtualizationMode"] = Status::notSupported;
    fake.failing["graphicsProcesses"] = Status::noPermission;
    const Nvml nvml(fake.api);
    const Device device = nvml.device("GPU-fake");
    const DeviceState state = device.state();
    CHECK_FALSE(state.now.clockEvents);
    CHECK_FALSE(state.now.powerW);
    CHECK_FALSE(state.mig);
    CHECK_FALSE(state.ecc);
    CHECK_FALSE(state.eccAfterReboot);
    CHECK_FALSE(state.virtualization);
    CHECK_FALSE(state.compute);
    CHECK_FALSE(state.graphics);
    CHECK_FALSE(device.energyJ());
    CHECK_FALSE(device.otherProcesses());
    CHECK_FALSE(nvml.system().confidentialComputing);
    CHECK(state.now.smClockHz == 1.41e9);
    CHECK(state.persistence == true);
}

TEST_CASE("a lost GPU is told apart from one that says little") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    const Device device = nvml.device("GPU-fake");
    fake.failing["all"] = Status::gpuIsLost;
    CHECK(device.state().lost);
    CHECK_FALSE(device.telemetry().smClockHz);
    CHECK_FALSE(device.energyJ());
    CHECK_FALSE(device.otherProcesses());
    fake.failing["all"] = Status::notSupported;
    CHECK_FALSE(device.state().lost);
}

TEST_CASE("other processes are counted once each and without this one") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    const Device device = nvml.device("GPU-fake");
    CHECK(device.otherProcesses() == 0);
    fake.compute = {process(::getpid()), process(7)};
    fake.graphics = {process(7), process(8)};
    CHECK(device.otherProcesses() == 2);
    for (int pid = 100; pid < 140; ++pid) fake.compute.push_back(process(pid));
    CHECK(device.otherProcesses() == 42);
}

TEST_CASE("where this process is listed under another number, one entry is taken for it") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    fake.compute = {process(900'001)};
    CHECK(nvml.device("GPU-fake").otherProcesses() == 0);
    fake.compute.push_back(process(900'002));
    CHECK(nvml.device("GPU-fake").otherProcesses() == 1);
}

TEST_CASE("a device that is not found by its UUID is found by its address") {
    FakeNvml fake;
    const Nvml nvml(fake.api);
    CHECK(nvml.device("MIG-instance", "0000:3b:00.0").telemetry().smClockHz == 1.41e9);
    CHECK_THROWS_AS(nvml.device("MIG-instance"), NvmlError);
    fake.uuid = "MIG-instance";  // whose own handle has no clocks
    CHECK(nvml.device("MIG-instance", "0000:3b:00.0").telemetry().smClockHz == 1.41e9);
    CHECK(std::count(fake.calls.begin(), fake.calls.end(), "handleByUuid") == 0);
    fake.api.handleByPciBusId = nullptr;
    CHECK_THROWS_WITH(nvml.device("MIG-instance", "0000:3b:00.0"),
                      "finding GPU MIG-instance: the fake's reason (NVML status 6)");
}

TEST_CASE("NVML is shut down as often as it was initialised, and a refusal says what to do") {
    FakeNvml fake;
    { const Nvml nvml(fake.api); }
    CHECK(fake.opened == 0);
    CHECK(fake.calls == std::vector<std::string>{"init", "shutdown"});
    const auto refusal = [&fake](Status status) {
        fake.failing["init"] = status;
        try {
            const Nvml nvml(fake.api);
        } catch (const NvmlError& error) {
            return std::pair(error.code(), error.hint());
        }
        return std::pair(ExitCode::done, std::string());
    };
    CHECK(refusal(Status::driverNotLoaded).first == ExitCode::noGpu);
    CHECK(refusal(Status::noPermission).first == ExitCode::notPermitted);
    CHECK(refusal(Status::unknown) == std::pair(ExitCode::failed, std::string("run 'ridge doctor'")));
    CHECK_THAT(refusal(Status::versionMismatch).second, ContainsSubstring("reboot"));
    CHECK_THAT(refusal(Status::gpuIsLost).second, ContainsSubstring("Xid"));
    CHECK_THAT(refusal(Status::notSupported).second, ContainsSubstring("does not offer"));
    CHECK(fake.opened == 0);
}

TEST_CASE("clock events are named, and idle or chosen clocks are no throttling") {
    CHECK(clockEventText(0).empty());
    CHECK(clockEventText(0x1) == "idle");
    CHECK(clockEventText(0x1ff) ==
          "idle,applications_clock,sw_power_cap,hw_slowdown,sync_boost,sw_thermal,hw_thermal,hw_power_brake,"
          "display_clock");
    CHECK(clockEventText(0x204) == "sw_power_cap,bit_9");
    CHECK_FALSE(isThrottling(0));
    CHECK_FALSE(isThrottling(0x3));
    CHECK(isThrottling(0x5));
    CHECK(isThrottling(0x200));
}

TEST_CASE("without a driver the library says what is missing") {
    const Library& loaded = library();
    CHECK(loaded.api.has_value() == loaded.reason.empty());
    if (!loaded.api) CHECK_THAT(loaded.reason, ContainsSubstring("libnvidia-ml.so.1"));
}
