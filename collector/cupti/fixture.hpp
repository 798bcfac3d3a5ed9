// SPDX-License-Identifier: Apache-2.0
// One measurement as CUPTI's images, recorded on a GPU to be evaluated again where there is none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ridge::cupti {

/// `values` are those that were evaluated on the spot, one a metric in their order, of the first range: the
/// oracle. NaN where the device did not deliver one.
struct Fixture {
    std::string work;                 ///< the closed form that ran
    std::string chip, cupti, driver;  ///< versions as text
    std::string device;               ///< the name the driver reports
    std::string metricSet;            ///< that `metrics` are of
    double expected = 0;              ///< bytes, FLOPs or operations of the closed form, by arithmetic
    int passes = 0;
    std::vector<std::string> metrics, ranges;
    std::vector<double> values;
    std::vector<std::uint8_t> availability, configImage, counterData;
};

/// A fixture is a folder: fixture.json (all texts and values; NaN is null) and the three images as they are
/// in memory, availability.bin, config.bin and counter_data.bin. Overwrites what is there. Throws
/// ridge::Error (failed).
void writeFixture(const Fixture& fixture, const std::filesystem::path& folder);

/// Throws ridge::Error (failed) when a file is missing or is not what writeFixture writes.
[[nodiscard]] Fixture readFixture(const std::filesystem::path& folder);

/// Folders below `root` that hold a fixture.json, sorted; none where there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> fixturesIn(const std::filesystem::path& root);

}  // namespace ridge::cupti
