// SPDX-License-Identifier: Apache-2.0
#include "db/catalog/devices.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "db/analysis/roofline.hpp"
#include "db/catalog/share.hpp"
#include "db/model/error.hpp"
#include "tests/support/catch.hpp"

using namespace ridge;

namespace {

using Rates = std::map<std::string, double>;

/// Dense operations per clock and SM (a fused multiply-add counts two), written down apart from the device
/// files: CUDA C++ Programming Guide, arithmetic throughput, and NVIDIA's architecture white papers.
const Rates& denseRates(const db::Device& device) {
    static const Rates ga100{{"fp64", 64},          {"fp32", 128},         {"half2", 512},
                             {"tensor_bf16", 2048}, {"tensor_fp16", 2048}, {"tensor_fp16_acc16", 2048},
                             {"tensor_tf32", 1024}, {"tensor_int8", 4096}};
    static const Rates ga102{{"fp64", 4},           {"fp32", 256},         {"half2", 256},
                             {"tensor_bf16", 1024}, {"tensor_fp16", 1024}, {"tensor_fp16_acc16", 1024},
                             {"tensor_tf32", 512},  {"tensor_int8", 2048}};
    static const Rates ada{{"fp64", 4},           {"fp32", 256},         {"half2", 256},
                           {"tensor_bf16", 1024}, {"tensor_fp16", 1024}, {"tensor_fp16_acc16", 1024},
                           {"tensor_tf32", 512},  {"tensor_fp8", 2048},  {"tensor_int8", 2048}};
    static const Rates geForce{{"fp64", 4},          {"fp32", 256},        {"half2", 256},
                               {"tensor_bf16", 512}, {"tensor_fp16", 512}, {"tensor_fp16_acc16", 1024},
                               {"tensor_tf32", 256}, {"tensor_fp8", 1024}, {"tensor_int8", 2048}};
    static const Rates gh100{{"fp64", 128},         {"fp32", 256},         {"half2", 512},
                             {"tensor_bf16", 4096}, {"tensor_fp16", 4096}, {"tensor_fp16_acc16", 4096},
                             {"tensor_tf32", 2048}, {"tensor_fp8", 8192},  {"tensor_int8", 8192}};
    static const Rates gb100{{"fp64", 128},         {"fp32", 256},         {"half2", 512},
                             {"tensor_bf16", 8192}, {"tensor_fp16", 8192}, {"tensor_fp16_acc16", 8192},
                             {"tensor_tf32", 4096}, {"tensor_fp8", 16384}, {"tensor_int8", 16384}};
    const std::string& cc = device.computeCapability;
    if (device.name.find("GeForce") != std::string::npos && (cc == "8.9" || cc == "12.0")) return geForce;
    if (cc == "8.0") return ga100;
    if (cc == "8.6") return ga102;
    if (cc == "8.9") return ada;
    if (cc == "9.0") return gh100;
    if (cc == "10.0") return gb100;
    throw std::runtime_error("no table for compute capability " + cc);
}

/// What is wrong with a compute peak, empty when it is the dense one.
std::string complaint(const db::Device& device, const db::Ceiling& ceiling) {
    const auto rate = denseRates(device).find(ceiling.name);
    if (rate == denseRates(device).end()) return "the chip has no " + ceiling.name;
    const double dense = static_cast<double>(device.smCount.value()) * rate->second * ceiling.clockHz.value();
    const double ratio = ceiling.value / dense;
    if (std::abs(ratio - 1) <= 0.02) return {};
    return ceiling.name + " is " + std::to_string(ratio) + " of the dense peak";
}

const db::Ceiling& ceiling(const db::DeviceSheet& sheet, const std::string& name) {
    const auto found = std::find_if(sheet.ceilings.begin(), sheet.ceilings.end(),
                                    [&](const db::Ceiling& c) { return c.name == name; });
    REQUIRE(found != sheet.ceilings.end());
    return *found;
}

double ridgeOf(const std::string& name) {
    const db::DeviceSheet sheet = catalog::device(name);
    return analysis::ridgePoint({ceiling(sheet, "tensor_bf16").value, ceiling(sheet, "dram").value});
}

}  // namespace

TEST_CASE("share has every device of the vocabulary under the name its driver reports") {
    std::vector<std::string> names;
    for (const db::DeviceSheet& sheet : catalog::devices()) names.push_back(sheet.device.name);
    std::sort(names.begin(), names.end());
    CHECK(names == std::vector<std::string>{
                       "NVIDIA A100 80GB PCIe", "NVIDIA A100-SXM4-80GB", "NVIDIA A40", "NVIDIA B200",
                       "NVIDIA GeForce RTX 4090", "NVIDIA GeForce RTX 5090", "NVIDIA H100 80GB HBM3",
                       "NVIDIA H100 PCIe", "NVIDIA H200", "NVIDIA L4", "NVIDIA L40S", "NVIDIA RTX A6000"});
}

TEST_CASE("every device file is complete and says where each ceiling comes from") {
    for (const db::DeviceSheet& sheet : catalog::devices()) {
        INFO(sheet.device.name);
        CHECK(!sheet.device.chip.empty());
        CHECK(sheet.device.l2Bytes.value_or(0) >= 4 << 20);
        CHECK(sheet.device.memoryBytes.value_or(0) >= std::int64_t{24} << 30);
        CHECK(sheet.device.boostClockHz.value_or(0) > 1e9);
        CHECK(ceiling(sheet, "dram").value >= 300e9);
        CHECK(sheet.ceilings.size() == denseRates(sheet.device).size() + 1);
        for (const db::Ceiling& c : sheet.ceilings) {
            INFO(c.name);
            CHECK(c.source.size() > 10);
            CHECK(c.origin == "datasheet");
            CHECK(c.kind == (c.name == "dram" ? "memory" : "compute"));
        }
    }
}

TEST_CASE("every compute peak is the dense one: SMs x operations per clock x quoted clock within 2 %") {
    for (const db::DeviceSheet& sheet : catalog::devices()) {
        for (const db::Ceiling& c : sheet.ceilings) {
            if (c.kind != "compute") continue;
            INFO(sheet.device.name);
            CHECK(complaint(sheet.device, c) == "");
        }
    }
}

TEST_CASE("a sparse peak taken for a dense one does not pass the check") {
    for (const db::DeviceSheet& sheet : catalog::devices()) {
        for (db::Ceiling c : sheet.ceilings) {
            if (c.kind != "compute") continue;
            INFO(sheet.device.name << " " << c.name);
            c.value *= 2;
            CHECK_THAT(complaint(sheet.device, c), ContainsSubstring("of the dense peak"));
        }
    }
}

TEST_CASE("ridge points are those of the published charts") {
    CHECK_THAT(ridgeOf("NVIDIA A40"), WithinRel(215.0, 0.005));
    CHECK_THAT(ridgeOf("NVIDIA A100 80GB PCIe"), WithinRel(161.0, 0.005));
    CHECK_THAT(ridgeOf("NVIDIA GeForce RTX 4090"), WithinRel(164.0, 0.005));
    CHECK_THAT(ridgeOf("NVIDIA RTX A6000"), WithinRel(202.0, 0.005));
}

TEST_CASE("a device is found by its name without case, by its file's name and by a path") {
    CHECK(catalog::device("nvidia a40").device.chip == "GA102");
    CHECK(catalog::device("h100-pcie").device.name == "NVIDIA H100 PCIe");
    const auto file = catalog::shareDirectory() / "devices" / "l4.toml";
    CHECK(catalog::device(file.string()).device.name == "NVIDIA L4");
}

TEST_CASE("an unknown device is a usage error that suggests the nearest") {
    try {
        (void)catalog::device("RTX 4080");
        FAIL("RTX 4080 was found");
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::usage);
        CHECK(std::string(error.what()) == "no device 'RTX 4080'");
        CHECK_THAT(error.hint(), ContainsSubstring("did you mean 'NVIDIA GeForce RTX 4090'"));
    }
}

TEST_CASE("a driver's name that share does not know is no error") {
    CHECK(catalog::deviceByDriverName("NVIDIA H200").has_value());
    CHECK(!catalog::deviceByDriverName("NVIDIA H200 NVL").has_value());
}
