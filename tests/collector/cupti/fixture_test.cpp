// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/fixture.hpp"

#include <cmath>
#include <fstream>
#include <limits>

#include "collector/cupti/range_profiler.hpp"
#include "db/model/error.hpp"
#include "tests/collector/cupti/fake_cupti.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace ridge;
using cupti::Fixture;
using test::FakeCupti;
namespace fs = std::filesystem;

namespace {

Fixture synthetic() {
    Fixture fixture;
    fixture.work = "copy";
    fixture.chip = "GH100";
    fixture.cupti = "13.0 (API 130001)";
    fixture.driver = "580.65.06";
    fixture.device = "NVIDIA H100 PCIe";
    fixture.passes = 3;
    fixture.metricSet = "bytes";
    fixture.expected = 0.1 + 0.7;
    fixture.metrics = {"dram__bytes_read.sum", "lts__t_bytes.sum"};
    fixture.ranges = {"copy"};
    fixture.values = {0.1 + 0.2, 1e300};
    fixture.availability = {0, 255, 10, 13, 26};
    fixture.configImage = {7};
    return fixture;
}

void checkSame(const Fixture& a, const Fixture& b) {
    CHECK(a.work == b.work);
    CHECK(a.chip == b.chip);
    CHECK(a.cupti == b.cupti);
    CHECK(a.driver == b.driver);
    CHECK(a.device == b.device);
    CHECK(a.passes == b.passes);
    CHECK(a.metricSet == b.metricSet);
    CHECK(a.expected == b.expected);
    CHECK(a.metrics == b.metrics);
    CHECK(a.ranges == b.ranges);
    CHECK(a.values == b.values);
    CHECK(a.availability == b.availability);
    CHECK(a.configImage == b.configImage);
    CHECK(a.counterData == b.counterData);
}

}  // namespace

TEST_CASE("a fixture comes back from its folder to the last bit, empty images included") {
    const test::TemporaryFolder folder;
    writeFixture(synthetic(), folder / "GH100/copy");
    CHECK(cupti::fixturesIn(folder.path()) == std::vector<fs::path>{folder / "GH100/copy"});
    checkSame(cupti::readFixture(folder / "GH100/copy"), synthetic());
}

TEST_CASE("a value that was not delivered stays one") {
    const test::TemporaryFolder folder;
    Fixture fixture = synthetic();
    fixture.values[1] = std::numeric_limits<double>::quiet_NaN();
    writeFixture(fixture, folder.path());
    const auto values = cupti::readFixture(folder.path()).values;
    CHECK(values[0] == fixture.values[0]);
    CHECK(std::isnan(values[1]));
}

TEST_CASE("a folder without fixtures has none") {
    const test::TemporaryFolder folder;
    CHECK(cupti::fixturesIn(folder.path()).empty());
    fs::create_directories(folder / "GH100");
    CHECK(cupti::fixturesIn(folder.path()).empty());
}

TEST_CASE("a damaged fixture is named with what is wrong") {
    const test::TemporaryFolder folder;
    writeFixture(synthetic(), folder.path());
    fs::remove(folder / "config.bin");
    CHECK_THROWS_WITH(cupti::readFixture(folder.path()), ContainsSubstring("config.bin is not there"));
    Fixture fixture = synthetic();
    fixture.values.pop_back();
    writeFixture(fixture, folder.path());
    CHECK_THROWS_WITH(cupti::readFixture(folder.path()), ContainsSubstring("1 values of 2 metrics"));
    std::ofstream(folder / "fixture.json") << "{}";
    CHECK_THROWS_WITH(cupti::readFixture(folder.path()), ContainsSubstring("fixture.json: "));
    CHECK_THROWS_AS(cupti::writeFixture(fixture, folder / "fixture.json/below"), Error);
}

TEST_CASE("a recorded measurement holds the images and the values that came of them") {
    FakeCupti fake;
    fake.values = {{"dram__bytes_read.sum", 4096}, {"lts__t_bytes.sum", 8192}};
    fake.unknownMetrics = {"not__there.sum"};
    int worked = 0;
    {
        cupti::RangeProfilerBackend backend(FakeCupti::api(), &FakeCupti::driver(), 0);
        const Fixture fixture = backend.record({"dram__bytes_read.sum", "not__there.sum", "lts__t_bytes.sum"},
                                               {"copy", {}, [&] { ++worked; }});
        CHECK(fixture.chip == "GH100");
        CHECK(fixture.ranges == std::vector<std::string>{"copy"});
        CHECK(fixture.metrics == std::vector<std::string>{"dram__bytes_read.sum", "lts__t_bytes.sum"});
        CHECK(fixture.values == std::vector<double>{4096, 8192});
        CHECK(fixture.passes == 3);
        CHECK(fixture.availability.size() == 16);
        CHECK(fixture.configImage.size() == 64);
        CHECK(fixture.counterData.size() == 128);
    }
    CHECK(worked == 3);
    CHECK(fake.isClean());
}
