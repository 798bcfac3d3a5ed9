// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/idle_traffic.hpp"

#include "collector/metrics/flags.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::metrics;

namespace {

Evaluation counted(std::optional<double> bytes, std::optional<double> ns) {
    Evaluation evaluation;
    evaluation.dramBytes.value = bytes;
    evaluation.timeNs.value = ns;
    return evaluation;
}

}  // namespace

TEST_CASE("idle traffic is the bytes over the time of the same pass") {
    CHECK(dramBytesPerSecond(counted(5e6, 10e6)) == 5e8);
    CHECK(dramBytesPerSecond(counted(0, 10e6)) == 0.0);
}

TEST_CASE("without bytes or a time idle traffic is not known, and not zero") {
    CHECK_FALSE(dramBytesPerSecond(counted(std::nullopt, 10e6)));
    CHECK_FALSE(dramBytesPerSecond(counted(5e6, std::nullopt)));
    CHECK_FALSE(dramBytesPerSecond(counted(5e6, 0)));
}

TEST_CASE("a record has it where its flags look, with its unit, or not at all") {
    db::Record record;
    record.point.timeNs = 1e6;
    record.point.dramBytes = 1e6;
    addIdleTraffic(record, std::nullopt);
    CHECK(record.metrics.empty());
    CHECK(record.metricUnits.empty());
    CHECK(flagsOf(record).empty());
    addIdleTraffic(record, 1e9);  // 1e6 bytes in the point's time
    CHECK(record.metrics.at("ridge__idle_dram_bytes_per_second") == 1e9);
    CHECK(record.metricUnits.at("ridge__idle_dram_bytes_per_second") == "byte/s");
    CHECK(flagsOf(record) == "shared_device");
}
