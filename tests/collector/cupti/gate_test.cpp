// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/gate.hpp"

#include <future>
#include <string>
#include <vector>

#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using cupti::Gate;
using cupti::GateStep;
using test::FakeCupti;

namespace {

using Calls = std::vector<std::string>;

Gate pass(int device = 0) {
    return cupti::passGate(FakeCupti::api(), &FakeCupti::driver(), device);
}

}  // namespace

TEST_CASE("an open gate made its calls in order and leaves the profiler initialized") {
    FakeCupti fake;
    const Gate gate = pass();
    CHECK(gate.isOpen());
    CHECK(fake.calls == Calls{"cuInit", "cuDeviceGetCount", "cuDeviceGet", "Initialize", "DeviceSupported"});
    CHECK(fake.initialized);
    CHECK_NOTHROW(cupti::requireOpen(gate));
}

TEST_CASE(
    "a process initializes the profiler once, whichever devices pass the gate, and again where it failed") {
    FakeCupti fake;
    fake.devices = 2;
    fake.fault = test::Fault{"Initialize", 1, CUPTI_ERROR_HARDWARE_BUSY};
    CHECK(pass(0).cuptiStatus == CUPTI_ERROR_HARDWARE_BUSY);
    CHECK(pass(0).isOpen());
    std::vector<std::future<Gate>> gates;
    for (int device : {0, 1, 0, 1}) gates.push_back(std::async(std::launch::async, pass, device));
    for (auto& gate : gates) CHECK(gate.get().isOpen());
    CHECK(fake.count("Initialize") == 2);
    CHECK(fake.count("DeviceSupported") == 5);
    CHECK(fake.broken.empty());
}

TEST_CASE("without libcuda nothing is called") {
    FakeCupti fake;
    const Gate gate = cupti::passGate(FakeCupti::api(), nullptr, 0);
    CHECK(gate.step == GateStep::noDriver);
    CHECK(gate.code == ExitCode::noGpu);
    CHECK(fake.calls.empty());
    CHECK_THROWS_AS(cupti::requireOpen(gate), Error);
}

TEST_CASE("a refusing driver ends the gate before CUPTI is asked") {
    FakeCupti fake;
    fake.failingDriver["cuInit"] = CUDA_ERROR_UNKNOWN;
    const Gate gate = pass();
    CHECK(gate.step == GateStep::driverRefused);
    CHECK(gate.code == ExitCode::noGpu);
    CHECK(gate.text == "no usable GPU: cuInit gives error 999");
    CHECK(fake.calls == Calls{"cuInit"});
}

TEST_CASE("a driver without a device is no GPU") {
    FakeCupti fake;
    fake.failingDriver["cuInit"] = CUDA_ERROR_NO_DEVICE;
    CHECK(pass().step == GateStep::noDevice);
}

TEST_CASE("a library and a kernel module of two versions are told apart from other refusals") {
    FakeCupti fake;
    fake.failingDriver["cuInit"] = CUDA_ERROR_SYSTEM_DRIVER_MISMATCH;
    CHECK_THAT(pass().hint, ContainsSubstring("reboot"));
    CHECK_THAT(pass().text, ContainsSubstring("different releases"));
    fake.failingDriver["cuInit"] = CUDA_ERROR_SYSTEM_NOT_READY;
    CHECK_THAT(pass().hint, ContainsSubstring("nvidia-fabricmanager"));
}

TEST_CASE("a device that is not there is refused with the number that are") {
    FakeCupti fake;
    fake.devices = 2;
    const Gate gate = pass(2);
    CHECK(gate.step == GateStep::noDevice);
    CHECK(gate.text == "no GPU 2: the driver finds 2");
    CHECK(pass(-1).step == GateStep::noDevice);
    CHECK(fake.count("Initialize") == 0);
}

TEST_CASE("a profiler that does not initialize ends the gate with CUPTI's reason") {
    FakeCupti fake;
    fake.failing["Initialize"] = CUPTI_ERROR_INSUFFICIENT_PRIVILEGES;
    const Gate gate = pass();
    CHECK(gate.step == GateStep::profilerRefused);
    CHECK(gate.code == ExitCode::notPermitted);
    CHECK(gate.cuptiStatus == CUPTI_ERROR_INSUFFICIENT_PRIVILEGES);
    CHECK(fake.count("DeviceSupported") == 0);
}

TEST_CASE("an unsupported device is refused by its reason") {
    const auto no = CUPTI_PROFILER_CONFIGURATION_UNSUPPORTED;
    const auto check = [&](auto member, CUpti_Profiler_Support_Level level, CUptiResult reason) {
        FakeCupti fake;
        fake.supported.isSupported = no;
        fake.supported.*member = level;
        const Gate gate = pass();
        CHECK(gate.step == GateStep::deviceUnsupported);
        CHECK(gate.code == ExitCode::notPermitted);
        CHECK(gate.cuptiStatus == reason);
    };
    using Support = CUpti_Profiler_DeviceSupported_Params;
    check(&Support::vGpu, CUPTI_PROFILER_CONFIGURATION_DISABLED,
          CUPTI_ERROR_VIRTUALIZED_DEVICE_INSUFFICIENT_PRIVILEGES);
    check(&Support::vGpu, no, CUPTI_ERROR_VIRTUALIZED_DEVICE_NOT_SUPPORTED);
    check(&Support::confidentialCompute, no, CUPTI_ERROR_CONFIDENTIAL_COMPUTING_NOT_SUPPORTED);
    check(&Support::cmp, no, CUPTI_ERROR_CMP_DEVICE_NOT_SUPPORTED);
    check(&Support::sli, no, CUPTI_ERROR_SLI_DEVICE_NOT_SUPPORTED);
    check(&Support::wsl, no, CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED);
    check(&Support::architecture, no, CUPTI_ERROR_NOT_SUPPORTED);
}

TEST_CASE("what CUPTI left undecided about a device is no reason to refuse it") {
    FakeCupti fake;
    fake.supported.isSupported = CUPTI_PROFILER_CONFIGURATION_UNSUPPORTED;
    fake.supported.architecture = CUPTI_PROFILER_CONFIGURATION_UNKNOWN;
    fake.supported.vGpu = CUPTI_PROFILER_CONFIGURATION_UNKNOWN;
    fake.supported.wsl = CUPTI_PROFILER_CONFIGURATION_UNSUPPORTED;
    const Gate gate = pass();
    CHECK(gate.cuptiStatus == CUPTI_ERROR_WSL_DEVICE_NOT_SUPPORTED);
    CHECK_THAT(gate.text, !ContainsSubstring("this old"));
    fake.supported.wsl = CUPTI_PROFILER_CONFIGURATION_UNKNOWN;
    CHECK(pass().cuptiStatus == CUPTI_ERROR_NOT_SUPPORTED);
}
