// SPDX-License-Identifier: Apache-2.0
#include "db/export/record_json.hpp"

#include <bit>
#include <limits>
#include <random>

#include "db/columns.hpp"
#include "tests/db/support.hpp"
#include "tests/support/catch.hpp"

using namespace ridge::db;
using nlohmann::json;
using ridge::db::testing::errorOf;

namespace {

/// Gives every member a value of its own, so that two swapped columns show.
struct Filler {
    int next = 1;
    void operator()(const char* name, std::string& text, EmptyText = EmptyText::isNull) {
        text = std::string(name) + " \"ü\n" + std::to_string(next++);
    }
    void operator()(const char*, double& value) { value = 0.1 * next++; }
    void operator()(const char*, std::int64_t& value) { value = (std::int64_t{1} << 60) + next++; }
    void operator()(const char*, std::optional<double>& value) { value = 1.0 / (7.0 * next++); }
    void operator()(const char*, std::optional<std::int64_t>& value) { value = -next++; }
    void operator()(const char*, std::optional<bool>& value) { value = next++ % 2 == 0; }
    void operator()(const char*, bool& value) { value = next++ % 2 == 0; }
    void operator()(const char*, Provenance& value) { value = Provenance::imported; }
    void operator()(const char*, Status& value) { value = Status::failed; }
};

Record fullRecord() {
    Record record;
    Filler fill;
    visitPointColumns(record.point, fill);
    record.samples.resize(2);
    for (Sample& sample : record.samples) visitSampleColumns(sample, fill);
    record.kernels.resize(2);
    for (Kernel& kernel : record.kernels) visitKernelColumns(kernel, fill);
    record.metrics = {{"dram__bytes_read.sum", 1e300}, {"x", -0.0}};
    record.metricUnits = {{"dram__bytes_read.sum", "byte"}};
    record.computed.resize(2);
    for (ComputedValue& computed : record.computed) visitComputedColumns(computed, fill);
    return record;
}

}  // namespace

TEST_CASE("a full record survives the way through JSON text") {
    const json written = toJson(fullRecord());
    const Record read = fromJson<Record>(json::parse(written.dump()));
    CHECK(toJson(read) == written);
    CHECK(read.point.op == fullRecord().point.op);
    CHECK(read.point.timeHighNs == fullRecord().point.timeHighNs);
    CHECK(read.samples.at(1).powerW == fullRecord().samples.at(1).powerW);
    CHECK(read.kernels.at(1).launches == fullRecord().kernels.at(1).launches);
    CHECK(std::signbit(read.metrics.at("x")));
    CHECK(read.metricUnits == fullRecord().metricUnits);
    CHECK(read.computed.at(0).upperBound != read.computed.at(1).upperBound);
    CHECK(read.computed.at(1).value == fullRecord().computed.at(1).value);
}

TEST_CASE("keys are the columns of the results file") {
    const json point = toJson(fullRecord()).at("point");
    for (const char* key : {"operator", "kv_heads", "time_low_ns", "dram_read_bytes", "compute_path",
                            "energy_j", "sm_clock_hz", "measured_as", "params"}) {
        CHECK(point.contains(key));
    }
    CHECK(point.at("provenance") == "imported");
    CHECK(point.at("params").is_string());
}

TEST_CASE("what is absent is no key, not null and not zero") {
    const json point = toJson(Point{});
    CHECK(point == json{{"provenance", "modeled"}, {"status", "ok"}, {"params", "{}"}});
    const Point read = fromJson<Point>(point);
    CHECK_FALSE(read.timeNs.has_value());
    CHECK(read.flags.empty());
    CHECK(read.params == "{}");
}

TEST_CASE("doubles round-trip bit by bit") {
    std::mt19937_64 random(42);
    Point point;
    for (int i = 0; i < 5000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        point.timeNs = value;
        const Point read = fromJson<Point>(json::parse(toJson(point).dump()));
        REQUIRE(std::bit_cast<std::uint64_t>(*read.timeNs) == std::bit_cast<std::uint64_t>(value));
    }
}

TEST_CASE("devices and ceilings survive the way through JSON text") {
    Device device;
    Ceiling ceiling;
    Filler fill;
    visitDeviceColumns(device, fill);
    visitCeilingColumns(ceiling, fill);
    CHECK(toJson(fromJson<Device>(json::parse(toJson(device).dump()))) == toJson(device));
    CHECK(toJson(fromJson<Ceiling>(json::parse(toJson(ceiling).dump()))) == toJson(ceiling));
    CHECK(toJson(device).size() == 10);
    CHECK(toJson(ceiling).size() == 13);
}

TEST_CASE("NaN and infinity are refused by name") {
    Point point;
    point.dramBytes = std::numeric_limits<double>::quiet_NaN();
    CHECK_THAT(errorOf([&] { (void)toJson(point); }).what(), ContainsSubstring("dram_bytes"));
    Record record;
    record.metrics["m"] = std::numeric_limits<double>::infinity();
    CHECK_THAT(errorOf([&] { (void)toJson(record); }).what(), ContainsSubstring("'m'"));
}

TEST_CASE("JSON that is no such object is refused with the key") {
    const auto message = [](const char* text) {
        try {
            (void)fromJson<Record>(json::parse(text));
        } catch (const ridge::Error& error) {
            return std::string(error.what());
        }
        return std::string("accepted");
    };
    const std::string start = R"({"point":{"provenance":"modeled","status":"ok")";
    CHECK_THAT(message("[]"), ContainsSubstring("not a JSON object"));
    CHECK_THAT(message("{}"), ContainsSubstring("lacks 'point'"));
    CHECK_THAT(message(R"({"point":{"status":"ok"}})"), ContainsSubstring("lacks 'provenance'"));
    CHECK_THAT(message((start + R"(,"time_ns":"1"}})").c_str()), ContainsSubstring("'time_ns'"));
    CHECK_THAT(message((start + R"(,"time_ns":null}})").c_str()), ContainsSubstring("'time_ns'"));
    CHECK_THAT(message((start + R"(,"m":1.5}})").c_str()), ContainsSubstring("'m'"));
    CHECK_THAT(message((start + R"(,"m":18446744073709551615}})").c_str()), ContainsSubstring("64-bit"));
    CHECK_THAT(message((start + R"(,"tiem_ns":1}})").c_str()), ContainsSubstring("unknown key 'tiem_ns'"));
    CHECK_THAT(message((start + R"(},"samples":{}})").c_str()), ContainsSubstring("'samples'"));
    CHECK_THAT(message((start + R"(},"metrics":{"a":"b"}})").c_str()), ContainsSubstring("'a'"));
    CHECK_THAT(message((start + R"(},"metric_units":{"a":1}})").c_str()), ContainsSubstring("'a'"));
    CHECK_THAT(message((start + R"(},"metric_units":[]})").c_str()), ContainsSubstring("'metric_units'"));
    CHECK_THAT(
        message((start + R"(},"computed":[{"kind":"path","name":"a","value":1,"unit":"flop"}]})").c_str()),
        ContainsSubstring("lacks 'upper_bound'"));
    CHECK_THAT(message((start + R"(},"computed":[{"upper_bound":1,"value":1}]})").c_str()),
               ContainsSubstring("true or false"));
    CHECK_THAT(message(R"({"point":{"provenance":"guessed","status":"ok"}})"),
               ContainsSubstring("'guessed'"));
    CHECK(message((start + "}}").c_str()) == "accepted");
}
