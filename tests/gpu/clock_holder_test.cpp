// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/clock_holder.hpp"

#include <algorithm>
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
        ClockHolder holder(library, "GPU-fake", {});
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
    ClockHolder holder(library, "GPU-fake", {});
    holder.unlock();
    CHECK(fake.lockedMhz == 0);
    fake.failing["resetLockedClocks"] = nvml::Status::noPermission;
    CHECK_THROWS_AS(holder.unlock(), nvml::NvmlError);
}

TEST_CASE("for an instance of a partitioned GPU the clock of that GPU is held") {
    const Signals restored;
    FakeNvml fake;
    fake.uuid = "MIG-instance";  // whose own handle has no clocks
    const nvml::Library library{fake.api, {}};
    {
        ClockHolder holder(library, "MIG-instance", "0000:3b:00.0");
        CHECK(holder.lock({"MIG-instance", 1410, true, "0000:3b:00.0"}) == 1.41e9);
        CHECK(fake.lockedMhz == 1410);
    }
    CHECK(fake.lockedMhz == 0);
    CHECK(std::count(fake.calls.begin(), fake.calls.end(), "handleByUuid") == 0);
    CHECK_THROWS_AS(ClockHolder(library, "MIG-instance", ""), nvml::NvmlError);
}

TEST_CASE("a driver that locks no clock of a partitioned GPU is said to be so, no other refusal") {
    const Signals restored;
    FakeNvml fake;
    const auto [uuid, refused, hint] = GENERATE(table<std::string, nvml::Status, std::string>({
        {"MIG-instance", nvml::Status::notSupported, "while it is partitioned: leave out --lock-clocks"},
        {"MIG-instance", nvml::Status::noPermission, "run as root"},
        {"GPU-fake", nvml::Status::notSupported, "this GPU or its virtualisation does not offer it"},
    }));
    fake.failing["setLockedClocks"] = refused;
    const nvml::Library library{fake.api, {}};
    ClockHolder holder(library, uuid, "0000:3b:00.0");
    try {
        static_cast<void>(holder.lock({uuid, 1410, true, "0000:3b:00.0"}));
        FAIL("was locked");
    } catch (const Error& error) {
        CHECK_THAT(error.what(), ContainsSubstring("locking the SM clock at 1410 MHz"));
        CHECK_THAT(error.hint(), ContainsSubstring(hint));
        CHECK(error.code() ==
              (refused == nvml::Status::noPermission ? ExitCode::notPermitted : ExitCode::failed));
    }
    CHECK(fake.lockedMhz == 0);
}

TEST_CASE("without NVML or the GPU no clock can be held") {
    FakeNvml fake;
    CHECK_THROWS_WITH(ClockHolder({std::nullopt, "libnvidia-ml.so.1 was not found"}, "GPU-fake", {}),
                      "clocks cannot be locked: libnvidia-ml.so.1 was not found");
    CHECK_THROWS_AS(ClockHolder({fake.api, {}}, "GPU-another", "0000:af:00.0"), nvml::NvmlError);
    CHECK(fake.opened == 0);
}
