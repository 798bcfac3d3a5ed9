// SPDX-License-Identifier: Apache-2.0
#include "tests/db/support.hpp"

#include <fstream>
#include <iterator>

#include "tests/support/catch.hpp"

namespace ridge::db::testing {

namespace fs = std::filesystem;

std::string contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
}

Device a40(const std::string& uuid) {
    Device device;
    device.name = "NVIDIA A40";
    device.uuid = uuid;
    device.chip = "GA102";
    return device;
}

Ceiling ceiling(const std::string& name, double value, const std::string& origin,
                std::optional<double> clockHz) {
    const bool memory = name.starts_with("dram") || name.starts_with("l2");
    Ceiling result;
    result.kind = memory ? "memory" : "compute";
    result.name = name;
    result.value = value;
    result.unit = memory ? "byte/s" : "flop/s";
    result.origin = origin;
    result.clockHz = clockHz;
    return result;
}

std::vector<Ceiling> a40Sheet() {
    return {ceiling("dram", 696e9, "datasheet"), ceiling("tensor_bf16", 149.7e12, "datasheet", 1.74e9)};
}

Record measuredRecord() {
    Record record;
    Point& point = record.point;
    point.provenance = Provenance::measured;
    point.op = "up";
    point.computePath = "tensor_bf16";
    point.timeNs = 2e6;
    point.flopsExecuted = 2e9;
    point.flopsUseful = 1e9;
    point.flopsAlgorithmic = 1.6e9;
    point.dramBytes = 1e9;
    point.compulsoryBytes = 8e8;
    record.samples = {{1.9e6, {}, {}, {}, {}, ""}, {2e6, 1.7e9, 7.2e9, 50.0, 280.0, "power"}};
    record.metrics = {{"dram__bytes_read.sum", 9e8}, {"dram__bytes_write.sum", 1e8}};
    return record;
}

Error errorOf(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        INFO(error.what());
        CHECK_FALSE(error.hint().empty());
        return error;
    }
    FAIL("nothing was thrown");
    throw std::logic_error("unreachable");
}

}  // namespace ridge::db::testing
