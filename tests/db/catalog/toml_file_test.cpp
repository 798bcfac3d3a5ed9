// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/toml_file.hpp"

#include <string>

#include "db/catalog/devices.hpp"
#include "tests/db/catalog/scratch.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using test::Scratch;
using test::thrown;

namespace {

std::string deviceError(const std::string& text) {
    const Scratch scratch;
    const auto file = scratch.write("d.toml", text);
    return thrown(scratch, [&] { (void)catalog::loadDevice(file); });
}

const std::string kHead = "name = \"Card\"\nsm_count = 10\n";
const std::string kDram = "[[ceiling]]\nname = \"dram\"\nvalue = 1e12\nunit = \"byte/s\"\nsource = \"s\"\n";
const std::string kOther =
    "[[ceiling]]\nname = \"fp32\"\nvalue = 1e12\nunit = \"flop/s\"\nsource = \"another\"\n";

}  // namespace

TEST_CASE("a file that does not parse is a usage error at its line and column") {
    const Scratch scratch;
    const auto file = scratch.write("d.toml", "name = \"x\"\nvalue = = 3\n");
    CHECK_THAT(thrown(scratch, [&] { (void)catalog::parseToml(file); }), ContainsSubstring("2 d.toml:2:9: "));
}

TEST_CASE("a file that cannot be read is a failure that names it") {
    const Scratch scratch;
    const auto absent = scratch.path() / "absent.toml";
    CHECK(thrown(scratch, [&] { (void)catalog::parseToml(absent); }) ==
          "1 cannot read 'absent.toml' | check that the file exists and that you may read it");
}

TEST_CASE("a key nobody reads is refused, with the nearest known one") {
    CHECK(deviceError(kHead + "sm_cuont = 3\n" + kDram) ==
          "2 d.toml:3:1: unknown key 'sm_cuont' | did you mean 'sm_count'?");
    CHECK(deviceError(kHead + kDram + "colour = 1\n") ==
          "2 d.toml:8:1: unknown key 'colour' | known here: name, value, unit, clock_hz, "
          "ops_per_clock_per_sm, source");
}

TEST_CASE("of two unknown keys the first in the file is named") {
    CHECK_THAT(deviceError("zzz = 1\naaa = 2\n"), ContainsSubstring("d.toml:1:1: unknown key 'zzz'"));
}

TEST_CASE("missing, mistyped and non-positive values are refused where they stand") {
    CHECK(deviceError("sm_count = 10\n" + kDram) == "2 d.toml:1:1: 'name' is missing");
    CHECK(deviceError("name = 3\n" + kDram) == "2 d.toml:1:8: 'name' must be a text in quotes");
    CHECK(deviceError(kHead + "  l2_bytes = \"6 MB\"\n" + kDram) ==
          "2 d.toml:3:14: 'l2_bytes' must be a finite number");
    CHECK(deviceError(kHead + "l2_bytes = 0\n" + kDram) ==
          "2 d.toml:3:12: 'l2_bytes' must be above 0, not 0");
    CHECK(deviceError(kHead + "l2_bytes = 1.5\n" + kDram) ==
          "2 d.toml:3:12: 'l2_bytes' must be a whole number");
    CHECK(deviceError(kHead + "boost_clock_hz = inf\n" + kDram) ==
          "2 d.toml:3:18: 'boost_clock_hz' must be a finite number");
    CHECK(deviceError(kHead + "ceiling = 5\n") ==
          "2 d.toml:3:11: 'ceiling' must be a list of tables: [[ceiling]]");
    CHECK(deviceError(kHead) == "2 d.toml:1:1: no [[ceiling]]: a device needs a roof");
}

TEST_CASE("a ceiling of an unknown name, a wrong unit or given twice is refused") {
    CHECK_THAT(deviceError(kHead + "[[ceiling]]\nname = \"tensor\"\nvalue = 1\nunit = \"flop/s\"\n"),
               ContainsSubstring("d.toml:4:8: no ceiling is called 'tensor'; there are dram, "));
    CHECK(deviceError(kHead + "[[ceiling]]\nname = \"fp32\"\nvalue = 1\nunit = \"op/s\"\nsource = \"s\"\n") ==
          "2 d.toml:6:8: 'fp32' is in flop/s, not op/s");
    CHECK(deviceError(kHead + kDram + kDram) == "2 d.toml:8:1: ceiling 'dram' is given twice");
}

TEST_CASE("a peak that its own SMs, rate and clock contradict is refused") {
    const std::string peak =
        "[[ceiling]]\nname = \"fp32\"\nvalue = 5.12e12\nunit = \"flop/s\"\nsource = \"s\"\n"
        "clock_hz = 1e9\nops_per_clock_per_sm = 256\n";
    CHECK(deviceError(kHead + peak) ==
          "2 d.toml:5:9: 5.12e+12 is not 10 SMs x 256 per clock x 1e+09 Hz = 2.56e+12 within 2 %");
    CHECK_THAT(deviceError("name = \"Card\"\n" + peak),
               ContainsSubstring("needs 'clock_hz' beside it and 'sm_count' at the top"));
}

TEST_CASE("a ceiling takes the source of its file, and one without any is refused") {
    const std::string ceiling = "[[ceiling]]\nname = \"dram\"\nvalue = 1e12\nunit = \"byte/s\"\n";
    CHECK(deviceError(kHead + ceiling) ==
          "2 d.toml:3:1: 'source' is missing here and at the top: say where the figure is from");
    const Scratch scratch;
    const auto file = scratch.write("d.toml", kHead + "source = \"a data sheet\"\n" + ceiling + kOther);
    const db::DeviceSheet sheet = catalog::loadDevice(file);
    REQUIRE(sheet.ceilings.size() == 2);
    CHECK(sheet.ceilings[0].source == "a data sheet");
    CHECK(sheet.ceilings[1].source == "another");
}

TEST_CASE("a user's device file needs a name and one ceiling only") {
    const Scratch scratch;
    const auto file = scratch.write("mine.toml", "name = \"Other Maker X1\"\n" + kDram);
    const db::DeviceSheet sheet = catalog::loadDevice(file);
    CHECK(sheet.device.name == "Other Maker X1");
    CHECK(!sheet.device.smCount);
    CHECK(!sheet.device.memoryBytes);
    REQUIRE(sheet.ceilings.size() == 1);
    CHECK(sheet.ceilings[0].value == 1e12);
    CHECK(!sheet.ceilings[0].clockHz);
}
