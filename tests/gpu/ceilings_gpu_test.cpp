// SPDX-License-Identifier: Apache-2.0
// The load kernels on a device: what they compute, how fast the clock runs, and whole ceilings and checks.
#include <cuda_runtime_api.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "collector/cuda/device.hpp"
#include "collector/cuda/error.hpp"
#include "collector/worker/ceiling_bench.hpp"
#include "collector/worker/measurement.hpp"
#include "db/analysis/ceiling_theory.hpp"
#include "db/catalog/devices.hpp"
#include "db/model/error.hpp"
#include "tests/gpu/required_gpu.hpp"
#include "tests/support/catch.hpp"
#include "workloads/ceilings/load_kernels.hpp"

using namespace ridge;
using namespace ridge::workloads;

namespace {

constexpr std::size_t streamed = 8 * tileBytes;

std::vector<float> download(const cuda::DeviceBuffer& buffer) {
    std::vector<float> values(buffer.bytes() / sizeof(float));
    cuda::check(cudaMemcpy(values.data(), buffer.data(), buffer.bytes(), cudaMemcpyDeviceToHost));
    return values;
}

struct Streams {
    cuda::DeviceBuffer a{streamed}, b{streamed}, c{streamed}, sink{4};
    Streams() {
        cuda::check(fillRandom(a.data(), streamed, 0x807fffff, 0x3f800000, 1, nullptr));
        cuda::check(fillRandom(b.data(), streamed, 0x807fffff, 0x3f800000, 2, nullptr));
        cuda::check(cudaMemset(c.data(), 0, streamed));
        cuda::check(cudaMemset(sink.data(), 0, 4));
    }
    void run(StreamKind kind, unsigned blocks) {
        cuda::check(launchStream(kind, {a.data(), b.data(), c.data(), streamed}, blocks,
                                 static_cast<unsigned*>(sink.data()), nullptr));
        cuda::check(cudaDeviceSynchronize());
    }
};

}  // namespace

TEST_CASE("random operands have a magnitude of 1 to 2 and both signs") {
    const Streams streams;
    std::size_t negative = 0;
    const auto values = download(streams.a);
    for (const float value : values) {
        REQUIRE(std::abs(value) >= 1);
        REQUIRE(std::abs(value) < 2);
        if (value < 0) ++negative;
    }
    const double share = static_cast<double>(negative) / static_cast<double>(values.size());
    CHECK(share > 0.45);
    CHECK(share < 0.55);
}

TEST_CASE("streams touch every element, with fewer blocks than tiles and with one each") {
    const unsigned blocks = GENERATE(1U, 3U, 8U);
    Streams streams;
    const std::vector<float> a = download(streams.a);
    const std::vector<float> b = download(streams.b);
    streams.run(StreamKind::triad, blocks);
    const std::vector<float> c = download(streams.c);
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(c[i] == std::fmaf(0.37f, b[i], a[i]));
    streams.run(StreamKind::copy, blocks);
    CHECK(download(streams.b) == a);
    streams.run(StreamKind::write, blocks);
    const std::vector<float> written = download(streams.a);
    for (std::size_t i = 4; i < a.size(); ++i)
        REQUIRE(std::bit_cast<std::uint32_t>(written[i]) != std::bit_cast<std::uint32_t>(a[i]));
}

TEST_CASE("the clock probe sees a clock that GPUs have", "[timing]") {
    const cuda::DeviceBuffer memory(sizeof(ClockReading));
    cuda::check(launchClockProbe(300'000, static_cast<ClockReading*>(memory.data()), nullptr));
    ClockReading reading;
    cuda::check(cudaMemcpy(&reading, memory.data(), sizeof reading, cudaMemcpyDeviceToHost));
    const double hertz = 1e9 * static_cast<double>(reading.cycles) / static_cast<double>(reading.nanoseconds);
    CHECK(hertz > 0.2e9);
    CHECK(hertz < 4e9);
}

TEST_CASE("every ceiling is positive and below theory", "[counters]") {
    worker::Measurement measurement(0);
    worker::CeilingBench bench(
        0, [&]() -> cupti::RangeProfilerBackend& { return measurement.counters(); }, measurement.watch());
    const auto sheet = catalog::deviceByDriverName(cuda::describeDevice(0).name);
    for (const db::CeilingKind& kind : db::measuredCeilings) {
        INFO(kind.name);
        const protocol::CeilingReply reply = bench.measure(std::string(kind.name));
        if (!reply.ceiling) continue;
        INFO(reply.ceiling->value << " " << reply.ceiling->method);
        CHECK(reply.ceiling->value > 1e9);
        const db::Ceiling* theory = sheet ? analysis::datasheetOf(sheet->ceilings, *reply.ceiling) : nullptr;
        if (theory != nullptr) {
            CHECK(reply.ceiling->value <= analysis::theoreticalLimit(*theory, *reply.ceiling));
            CHECK(analysis::ofDatasheet(*theory, *reply.ceiling) > 0.4);
        }
    }
}

TEST_CASE("counters agree with every closed form", "[counters]") {
    worker::Measurement measurement(0);
    try {
        static_cast<void>(measurement.counters());
    } catch (const Error& error) {
        if (tests::gpuIsRequired()) throw;
        WARN("counters cannot be read here: " << error.what());
        return;
    }
    worker::CeilingBench bench(
        0, [&]() -> cupti::RangeProfilerBackend& { return measurement.counters(); }, measurement.watch());
    for (const shape::ClosedForm& form : shape::closedForms()) {
        const db::Record record = bench.check(std::string(form.name));
        if (record.point.status == db::Status::skipped) continue;
        const auto params = nlohmann::json::parse(record.point.params);
        INFO(form.name << ": " << params.value("text", ""));
        CHECK(params["verdict"] == "ok");
    }
}
