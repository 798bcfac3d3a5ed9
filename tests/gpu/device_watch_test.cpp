// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/device_watch.hpp"

#include <unistd.h>

#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::worker;
using test::FakeNvml;

TEST_CASE("a sample carries clocks, temperature, power and reasons") {
    FakeNvml fake;
    fake.clockEvents = 0x4;
    const nvml::Library library{fake.api, {}};
    DeviceWatch watch(library, "GPU-fake", "");
    db::Sample sample;
    watch.addTelemetry(sample);
    CHECK(sample.smClockHz == 1.41e9);
    CHECK(sample.memoryClockHz == 1.215e9);
    CHECK(sample.temperatureC == 55);
    CHECK_THAT(sample.powerW.value(), WithinRel(251.5, 1e-12));
    CHECK(sample.throttle == "sw_power_cap");
    CHECK_THAT(watch.energyJ().value(), WithinRel(1234.567, 1e-12));
}

TEST_CASE("readings are milliseconds apart, and a sample between two carries none") {
    FakeNvml fake;
    const nvml::Library library{fake.api, {}};
    DeviceWatch watch(library, "GPU-fake", "");
    db::Sample first;
    watch.addTelemetry(first);
    const std::size_t calls = fake.calls.size();
    db::Sample second;
    watch.addTelemetry(second);
    CHECK(fake.calls.size() == calls);
    CHECK_FALSE(second.smClockHz);
    ::usleep(6000);
    watch.addTelemetry(second);
    CHECK(second.smClockHz == 1.41e9);
}

TEST_CASE("users of the device are told as metrics, as far as NVML tells them") {
    FakeNvml fake;
    fake.compute = {{static_cast<unsigned int>(::getpid()), 1, 0, 0}, {7, 1, 0, 0}};
    fake.displayActive = 1;
    const nvml::Library library{fake.api, {}};
    const DeviceWatch watch(library, "GPU-fake", "");
    std::map<std::string, double> metrics;
    watch.addUsers(metrics);
    CHECK(metrics == std::map<std::string, double>{{foreignProcessesMetric, 1}, {displayActiveMetric, 1}});
    fake.failing["all"] = nvml::Status::gpuIsLost;
    metrics.clear();
    watch.addUsers(metrics);
    CHECK(metrics.empty());
}

TEST_CASE("without NVML, without a driver or without the device nothing is told and nothing thrown") {
    FakeNvml fake;
    const auto saysNothing = [](const nvml::Library& library, const std::string& uuid) {
        DeviceWatch watch(library, uuid, "");
        db::Sample sample;
        watch.addTelemetry(sample);
        std::map<std::string, double> metrics;
        watch.addUsers(metrics);
        return !sample.smClockHz && sample.throttle.empty() && metrics.empty() && !watch.energyJ();
    };
    CHECK(saysNothing({std::nullopt, "libnvidia-ml.so.1 was not found"}, "GPU-fake"));
    CHECK(saysNothing({fake.api, {}}, "GPU-another"));
    CHECK(fake.opened == 0);
    fake.failing["init"] = nvml::Status::driverNotLoaded;
    CHECK(saysNothing({fake.api, {}}, "GPU-fake"));
}
