// SPDX-License-Identifier: Apache-2.0
// A GPU whose chip CUPTI names late: what is stored of it.
#include <SQLiteCpp/SQLiteCpp.h>

#include "collector/supervisor/profile_events.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using namespace ridge::inject;

namespace {

std::string chipIn(const std::string& results) {
    const SQLite::Database file(results, SQLite::OPEN_READONLY);
    SQLite::Statement row(file, "SELECT coalesce(max(chip), 'NULL'), count(*) FROM device");
    row.executeStep();
    CHECK(row.getColumn(1).getInt() == 1);
    return row.getColumn(0).getString();
}

}  // namespace

TEST_CASE("a GPU whose chip was not known at its first record is completed once it is, and stays so") {
    const test::Folder folder;
    supervisor::ProgramWatch watch([]() -> const nvml::Library& {
        static const nvml::Library none{std::nullopt, "libnvidia-ml.so.1 was not found"};
        return none;
    });
    const auto refuse = [](const std::string& text, const std::string&) { FAIL_CHECK(text); };
    supervisor::ProfileEvents events(folder / "x.db", {}, refuse, watch);
    const auto record = [&](const std::string& chip) {
        SeenDevice seen;
        seen.device.name = "NVIDIA H100 PCIe";
        seen.device.uuid = "GPU-1";
        seen.device.chip = chip;
        events.take(0, encode(Event(seen)));
        MeasuredRecord measured;
        measured.record.point.provenance = db::Provenance::measured;
        measured.record.point.status = chip.empty() ? db::Status::failed : db::Status::ok;
        events.take(0, encode(Event(measured)));
        return chipIn(folder / "x.db");
    };
    CHECK(record("") == "NULL");
    CHECK(record("GH100") == "GH100");
    CHECK(record("") == "GH100");
    CHECK(events.tally().failed == 2);
    CHECK(events.tally().ok == 1);
}
