// SPDX-License-Identifier: Apache-2.0
// A plan's points by hand: which of them are selected, which a file holds already, and what a data sheet
// makes of them.

#include "collector/supervisor/modeling.hpp"
#include "collector/supervisor/recorded.hpp"
#include "collector/supervisor/selection.hpp"
#include "db/model/error.hpp"
#include "tests/cli/sheet_ceiling.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;
using supervisor::PlannedWork;
using supervisor::Recorded;
using test::sheetCeiling;

namespace {

using Indexes = std::vector<std::size_t>;

db::Device fast() {
    db::Device device;
    device.name = "Fast 1";
    device.memoryBytes = 1000;
    return device;
}

const db::DeviceSheet sheet{
    fast(),
    {sheetCeiling("memory", "dram", 1e12, "byte/s"), sheetCeiling("compute", "tensor_bf16", 1e14, "flop/s")}};

/// 1 PFLOP, 1 GB, 100 bytes of the device's memory.
plan::PlannedPoint point(const std::string& op, std::int64_t batch) {
    plan::PlannedPoint planned;
    planned.point.plan = "by-hand";
    planned.point.op = op;
    planned.point.batch = batch;
    planned.point.flopsAlgorithmic = 1e15;
    planned.point.compulsoryBytes = 1e9;
    planned.point.computePath = "tensor_bf16";
    planned.deviceBytes = 100;
    return planned;
}

/// Two layers of a child each, the second of which shares the shape of the first's child, and one alone.
PlannedWork layers() {
    PlannedWork work;
    work.points = {point("layer", 1), point("up", 1), point("layer", 2), point("up", 2), point("gemm", 3)};
    work.points[1].parent = 0;
    work.points[3].parent = 2;
    work.points[3].measuredAs = 1;
    work.selected.assign(work.points.size(), true);
    return work;
}

Indexes selectedOf(const PlannedWork& work) {
    Indexes indexes;
    for (std::size_t i = 0; i < work.selected.size(); ++i) {
        if (work.selected[i]) indexes.push_back(i);
    }
    return indexes;
}

/// A device that was measured on, as a run sees it.
db::Device device(const std::string& uuid) {
    db::Device device = sheet.device;
    device.uuid = uuid;
    return device;
}

db::Record measured(const PlannedWork& work, std::size_t index, db::Status status = db::Status::ok) {
    db::Record record{supervisor::plannedPoint(work, index, db::Provenance::measured), {}, {}, {}};
    record.point.status = status;
    if (status == db::Status::ok) record.point.timeNs = 5;
    return record;
}

std::vector<std::string> keysOf(const PlannedWork& work) {
    return supervisor::resumeKeys(work, device("GPU-1"), db::Provenance::measured);
}

Recorded recordedIn(const db::Store& store, const db::Run& run = {}) {
    return {db::Results::of(store), run};
}

}  // namespace

TEST_CASE("a row that will be measured has its metric set and cache, one that is modelled has neither") {
    PlannedWork work = layers();
    work.options.metricSet = "/tmp/mine.toml";
    work.options.cache = "warm";
    work.metricSet = "mine@1f0c9a35";
    const db::Point point = supervisor::plannedPoint(work, 4, db::Provenance::measured);
    CHECK(point.op == "gemm");
    CHECK(point.metricSet == "mine@1f0c9a35");
    CHECK(point.cache == "warm");
    work.metricSet.clear();
    CHECK(supervisor::plannedPoint(work, 4, db::Provenance::measured).metricSet == "/tmp/mine.toml");
    const db::Point modelled = supervisor::plannedPoint(work, 4, db::Provenance::modeled);
    CHECK(modelled.metricSet.empty());
    CHECK(modelled.cache.empty());
}

TEST_CASE("an expression deselects what it does not hold for, and selects nothing again") {
    PlannedWork work = layers();
    work.selected[4] = false;
    supervisor::selectOnly(work, "batch <> 2", device("GPU-1"), db::Provenance::measured);
    CHECK(selectedOf(work) == Indexes{0, 1});
    CHECK(supervisor::selectedCount(work) == 2);
    CHECK_THROWS_AS(supervisor::selectOnly(work, "no_such_column = 1", {}, db::Provenance::measured), Error);
    CHECK(selectedOf(work) == Indexes{0, 1});
}

TEST_CASE("an expression sees rows with the device and the provenance that they will have") {
    PlannedWork work = layers();
    supervisor::selectOnly(work, "device = 'Fast 1' AND provenance = 'modeled' AND time_ns IS NULL",
                           sheet.device, db::Provenance::modeled);
    CHECK(supervisor::selectedCount(work) == 5);
    supervisor::selectOnly(work, "provenance = 'measured'", sheet.device, db::Provenance::modeled);
    CHECK(supervisor::selectedCount(work) == 0);
}

TEST_CASE("parts are disjoint and whole, and tear no parent from its children nor sharers from each other") {
    Indexes all;
    for (std::size_t part = 0; part < 2; ++part) {
        PlannedWork work = layers();
        supervisor::selectShard(work, {part, 2});
        const Indexes mine = selectedOf(work);
        // Both layers hang together, as the second's child shares the first's measurement.
        CHECK(mine == (part == 0 ? Indexes{0, 1, 2, 3} : Indexes{4}));
        all.insert(all.end(), mine.begin(), mine.end());
    }
    CHECK(all == Indexes{0, 1, 2, 3, 4});
}

TEST_CASE("groups are tied through chains, whichever of their points comes first") {
    PlannedWork work;
    for (std::int64_t i = 0; i < 6; ++i) work.points.push_back(point("gemm", i));
    work.points[3].measuredAs = 1;
    work.points[4].parent = 3;
    work.points[5].parent = 2;
    work.points[5].measuredAs = 4;
    work.selected.assign(6, true);
    supervisor::selectShard(work, {0, 2});
    CHECK(selectedOf(work) == Indexes{0});
    work.selected.assign(6, true);
    supervisor::selectShard(work, {1, 2});
    CHECK(selectedOf(work) == Indexes{1, 2, 3, 4, 5});
}

TEST_CASE("turns are dealt to groups with something selected alone") {
    PlannedWork work = layers();
    for (std::size_t i = 0; i < 4; ++i) work.selected[i] = false;
    supervisor::selectShard(work, {0, 2});
    CHECK(selectedOf(work) == Indexes{4});
}

TEST_CASE("a selected row hangs on selected ones, and shares the first selected row of its shape") {
    PlannedWork work = layers();
    std::vector<supervisor::Links> links = supervisor::linksOf(work);
    CHECK(links[3].parent == 2U);
    CHECK(links[3].source == 1U);
    CHECK_FALSE(links[1].source);
    CHECK_FALSE(links[0].parent);
    work.selected[1] = work.selected[2] = false;
    links = supervisor::linksOf(work);
    CHECK_FALSE(links[3].source);
    CHECK_FALSE(links[3].parent);
}

TEST_CASE("the key of a row tells it from every other that is not the same measurement") {
    const std::vector<std::string> keys = keysOf(layers());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) CHECK(keys[i] != keys[j]);
    }
    const auto differs = [&](const PlannedWork& work) { return keysOf(work)[4] != keys[4]; };
    PlannedWork other = layers();
    CHECK_FALSE(differs(other));
    other.points[4].point.params = R"({"a":1})";
    CHECK(differs(other));
    other = layers();
    other.options.cache = "warm";
    CHECK(differs(other));
    other = layers();
    other.metricSet = "bytes";
    CHECK(differs(other));
    other = layers();
    other.points[4].point.seq = 3;
    other.points[4].point.batch.reset();
    CHECK(differs(other));
    CHECK(supervisor::resumeKeys(layers(), device("GPU-2"), db::Provenance::measured)[4] != keys[4]);
    CHECK(supervisor::resumeKeys(layers(), device("GPU-1"), db::Provenance::modeled)[4] != keys[4]);
}

TEST_CASE("a child of another parent is another row; rows that are not selected have no key") {
    PlannedWork work = layers();
    work.points[1].point.batch = work.points[3].point.batch = 9;
    std::vector<std::string> keys = keysOf(work);
    CHECK(keys[1] != keys[3]);
    work.selected[0] = work.selected[2] = false;
    keys = keysOf(work);
    CHECK(keys[0].empty());
    CHECK(keys[1] == keys[3]);
}

TEST_CASE("a modelled row is known by the name of its device in any case, a measured one by the UUID") {
    const PlannedWork work = layers();
    db::Device loud = device("GPU-1");
    loud.name = "FAST 1";
    CHECK(supervisor::resumeKeys(work, loud, db::Provenance::modeled) ==
          supervisor::resumeKeys(work, sheet.device, db::Provenance::modeled));
    CHECK(supervisor::resumeKeys(work, loud, db::Provenance::measured) == keysOf(work));
}

TEST_CASE("what a file holds is found, what failed there is left to do") {
    const PlannedWork work = layers();
    db::Store store = db::Store::inMemory();
    const std::int64_t gpu = store.addDevice(device("GPU-1"), {});
    const std::int64_t run = store.addRun({});
    const db::Store::LinkedRecord parent{measured(work, 0), {}, {}};
    const db::Store::LinkedRecord child{measured(work, 1), 0, {}};
    const std::vector<std::int64_t> ids = store.addPoints(run, gpu, std::vector{parent, child});
    store.addPoint(run, gpu, measured(work, 4, db::Status::failed));
    const Recorded recorded = recordedIn(store);
    const std::vector<std::string> keys = keysOf(work);
    REQUIRE(recorded.find(keys[1]) != nullptr);
    CHECK(recorded.find(keys[1])->id == ids[1]);
    CHECK(recorded.find(keys[2]) == nullptr);
    REQUIRE(recorded.find(keys[4]) != nullptr);
    CHECK(recorded.find(keys[4])->status == db::Status::failed);
    CHECK(recorded.countLeft(work, device("GPU-1"), db::Provenance::measured) == 3);
    CHECK(recorded.countLeft(work, device("GPU-2"), db::Provenance::measured) == 5);
    PlannedWork less = work;
    less.selected.assign(5, false);
    less.selected[4] = true;
    CHECK(recorded.countLeft(less, device("GPU-1"), db::Provenance::measured) == 1);
}

TEST_CASE("of several rows one that does not have to be tried again counts, whichever came first") {
    const PlannedWork work = layers();
    for (const bool failedFirst : {true, false}) {
        db::Store store = db::Store::inMemory();
        const std::int64_t gpu = store.addDevice(device("GPU-1"), {});
        const std::int64_t run = store.addRun({});
        for (const bool failed : {failedFirst, !failedFirst})
            store.addPoint(run, gpu, measured(work, 4, failed ? db::Status::failed : db::Status::ok));
        const Recorded recorded = recordedIn(store);
        REQUIRE(recorded.find(keysOf(work)[4]) != nullptr);
        CHECK(recorded.find(keysOf(work)[4])->status == db::Status::ok);
    }
}

TEST_CASE("rows of a run with another clock lock or formula version are not what is asked for") {
    const PlannedWork work = layers();
    db::Store store = db::Store::inMemory();
    const std::int64_t gpu = store.addDevice(device("GPU-1"), {});
    db::Run locked;
    locked.clockLock = "sm 1410 MHz";
    locked.formulaVersion = 2;
    store.addPoint(store.addRun(locked), gpu, measured(work, 4));
    const auto left = [&](const db::Run& run) {
        return recordedIn(store, run).countLeft(work, device("GPU-1"), db::Provenance::measured);
    };
    CHECK(left(locked) == 4);
    db::Run other = locked;
    other.clockLock.clear();
    CHECK(left(other) == 5);
    other = locked;
    other.formulaVersion = 1;
    CHECK(left(other) == 5);
}

TEST_CASE("nothing is recorded in a new file") {
    CHECK(Recorded().find("anything") == nullptr);
    CHECK(Recorded().countLeft(layers(), device("GPU-1"), db::Provenance::measured) == 5);
}

TEST_CASE("a modelled time is that of the slower of FLOPs and bytes") {
    PlannedWork work = layers();
    const db::Record computing = supervisor::modeled(work, 4, sheet);
    CHECK_THAT(computing.point.timeNs.value(), WithinRel(1e10, 1e-12));  // 1e15 / 1e14 s
    CHECK(computing.point.timeMethod == "roofline");
    CHECK(computing.point.provenance == db::Provenance::modeled);
    work.points[4].point.flopsAlgorithmic = 1;
    CHECK_THAT(supervisor::modeled(work, 4, sheet).point.timeNs.value(), WithinRel(1e6, 1e-12));
}

TEST_CASE("what needs more memory than the device has is skipped; where that is not known, nothing is") {
    PlannedWork work = layers();
    work.points[4].deviceBytes = 1000;
    CHECK(supervisor::modeled(work, 4, sheet).point.status == db::Status::ok);
    work.points[4].deviceBytes = 93.1e9;
    db::DeviceSheet small = sheet;
    small.device.memoryBytes = 79'600'000'000;
    const db::Record skipped = supervisor::modeled(work, 4, small);
    CHECK(skipped.point.status == db::Status::skipped);
    CHECK(skipped.point.statusReason == "needs 93.1 GB, the device has 79.6 GB");
    CHECK_FALSE(skipped.point.timeNs);
    CHECK(skipped.point.timeMethod.empty());
    small.device.memoryBytes.reset();
    CHECK(supervisor::modeled(work, 4, small).point.status == db::Status::ok);
}

TEST_CASE("a ceiling that a selected point needs and the sheet lacks is named, with those it has") {
    PlannedWork work = layers();
    work.points[4].point.computePath = "tensor_fp8";
    try {
        supervisor::requireModelable(sheet, std::vector{work});
        FAIL("nothing was refused");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK_THAT(error.what(), ContainsSubstring("Fast 1 has no ceiling 'tensor_fp8'"));
        CHECK_THAT(error.hint(), ContainsSubstring("has dram, tensor_bf16;"));
    }
    work.selected[4] = false;
    CHECK_NOTHROW(supervisor::requireModelable(sheet, std::vector{work}));
}

TEST_CASE("modelling adds what a file lacks, linked to what it has, and tells of each") {
    const std::vector<PlannedWork> works{layers()};
    db::Store store = db::Store::inMemory();
    std::vector<PlannedWork> first = works;
    first[0].selected = {true, true, false, false, false};
    std::vector<std::string> told;
    const auto onPoint = [&](const db::Point& point, const db::Device& on) {
        CHECK(point.id);
        CHECK(on.name == "Fast 1");
        told.push_back(point.op + std::to_string(point.batch.value()));
    };
    const supervisor::Tally some =
        supervisor::model(store, store.addRun({}), sheet, first, Recorded(), onPoint);
    CHECK(some.ok == 2);
    CHECK(some.kept == 0);
    told.clear();
    const supervisor::Tally rest =
        supervisor::model(store, store.addRun({}), sheet, works, recordedIn(store), onPoint);
    CHECK(rest.ok == 3);
    CHECK(rest.kept == 2);
    CHECK(rest.total() == 5);
    CHECK(told == std::vector<std::string>{"layer2", "up2", "gemm3"});
    const std::vector<db::PointRow> rows = db::Results::of(store).points();
    REQUIRE(rows.size() == 5);
    CHECK(rows[1].point.parentId == rows[0].point.id);
    CHECK(rows[3].point.parentId == rows[2].point.id);
    CHECK(rows[3].point.measuredAs == rows[1].point.id);  // which the first run had written
    CHECK_FALSE(rows[4].point.parentId);
}

TEST_CASE("a child that is missing hangs on the parent that a file has") {
    const std::vector<PlannedWork> works{layers()};
    std::vector<PlannedWork> parents = works;
    parents[0].selected = {true, false, true, false, false};
    db::Store store = db::Store::inMemory();
    const auto ignore = [](const db::Point&, const db::Device&) {};
    supervisor::model(store, store.addRun({}), sheet, parents, Recorded(), ignore);
    supervisor::model(store, store.addRun({}), sheet, works, recordedIn(store), ignore);
    const std::vector<db::PointRow> children = db::Results::of(store).points("operator = 'up'");
    REQUIRE(children.size() == 2);
    CHECK(children[0].point.parentId == 1);
    CHECK(children[1].point.parentId == 2);
    CHECK(children[1].point.measuredAs == children[0].point.id);
}

TEST_CASE("a tally counts each status, and what was there already") {
    supervisor::Tally tally;
    for (const db::Status status : {db::Status::ok, db::Status::skipped, db::Status::skipped,
                                    db::Status::failed, db::Status::failed, db::Status::failed})
        tally.add(status);
    tally.kept = 4;
    CHECK(tally.ok == 1);
    CHECK(tally.skipped == 2);
    CHECK(tally.failed == 3);
    CHECK(tally.total() == 10);
}
