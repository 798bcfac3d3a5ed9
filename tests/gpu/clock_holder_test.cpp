// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/clock_holder.hpp"

#include <csignal>

#include "collector/nvml/error.hpp"
#include "tests/collector/nvml/fake_nvml.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::worker;
using test::FakeNvml;

namespace {

/// The signals that a holder ignores, as they were.
struct Signals {
    Signals() = default;
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) std::signal(signal, SIG_DFL);
    }
};

}  // namespace

TEST_CASE("a holder keeps the last clock it was asked for and gives it back with its end") {
    const Signals restored;
    FakeNvml fake;
    const nvml::Library library{fake.api, {}};
    {
        ClockHolder holder(library, "GPU-fake");
        CHECK(holder.lock({"GPU-fake", 1200, true}) == 1.2e9);
        CHECK(holder.lock({"GPU-fake", 1410, true}) == 1.41e9);
        CHECK(fake.lockedMhz == 1410);
        ::raise(SIGTERM);
        CHECK_THROWS_AS(holder.lock({"GPU-fake", 5000, true}), Error);
        CHECK(fake.lockedMhz == 0);
        CHECK(holder.lock({"GPU-fake", 1305, true}) == 1.305e9);
    }
    CHECK(fake.lockedMhz == 0);
    CHECK(fake.opened == 0);
}

TEST_CASE("a clock that a killed holder left behind is reset by the next") {
    FakeNvml fake;
    fake.lockedMhz = 1410;
    const nvml::Library library{fake.api, {}};
    ClockHolder holder(library, "GPU-fake");
    holder.unlock();
    CHECK(fake.lockedMhz == 0);
    fake.failing["resetLockedClocks"] = nvml::Status::noPermission;
    CHECK_THROWS_AS(holder.unlock(), nvml::NvmlError);
}

TEST_CASE("without NVML or the GPU no clock can be held") {
    FakeNvml fake;
    CHECK_THROWS_WITH(ClockHolder({std::nullopt, "libnvidia-ml.so.1 was not found"}, "GPU-fake"),
                      "clocks cannot be locked: libnvidia-ml.so.1 was not found");
    CHECK_THROWS_AS(ClockHolder({fake.api, {}}, "GPU-another"), nvml::NvmlError);
    CHECK(fake.opened == 0);
}
