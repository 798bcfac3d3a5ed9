// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/models/results_file.hpp"

#include "db/store.hpp"

namespace ridge::gui::test {

db::Point point(const std::string& series, db::Provenance provenance) {
    db::Point point;
    point.provenance = provenance;
    point.plan = "llama-13b";
    point.workload = "transformer";
    point.series = series;
    point.op = "up";
    point.phase = "ar";
    point.model = "llama-13b";
    point.dtype = "bf16";
    point.computePath = "tensor_bf16";
    point.batch = 8;
    point.seq = 1024;
    point.tokens = 8;
    point.m = 8;
    point.n = 13824;
    point.k = 5120;
    point.flopsAlgorithmic = 1e12;
    point.compulsoryBytes = 1e10;
    point.timeNs = 1e7;
    if (provenance == db::Provenance::measured) {
        point.implementation = "cublas";
        point.timeLowNs = 8e6;
        point.timeHighNs = 1.25e7;
        point.samples = 20;
        point.flopsExecuted = 2e12;
        point.dramBytes = 4e10;
    }
    return point;
}

void writeResults(const std::filesystem::path& file, const std::string& deviceName,
                  const std::vector<db::Point>& points, const std::vector<db::Ceiling>& ceilings) {
    db::Store store = db::Store::openForAppending(file);
    db::Run run;
    run.plan = "llama-13b";
    const std::int64_t runId = store.addRun(run);
    db::Device device;
    device.name = deviceName;
    const std::int64_t deviceId = store.addDevice(device, ceilings);
    for (const db::Point& point : points) store.addPoint(runId, deviceId, {point, {}, {}, {}});
    store.finishRun(runId, "finished");
    store.close();
}

db::Ceiling ceiling(const std::string& kind, const std::string& name, double value,
                    const std::string& origin) {
    db::Ceiling ceiling;
    ceiling.kind = kind;
    ceiling.name = name;
    ceiling.value = value;
    ceiling.unit = kind == "memory" ? "byte/s" : "flop/s";
    ceiling.origin = origin;
    ceiling.method = origin == "measured" ? "test" : "";
    ceiling.source = "test";
    return ceiling;
}

}  // namespace ridge::gui::test
