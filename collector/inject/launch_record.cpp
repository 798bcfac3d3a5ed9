// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_record.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "collector/inject/ridge_range.hpp"
#include "collector/metrics/record_values.hpp"

namespace ridge::inject {
namespace {

using nlohmann::json;

db::Point pointOf(const Options& options, std::span<const NvtxRange> stack,
                  std::span<const NvtxRange> started) {
    db::Point point;
    point.provenance = db::Provenance::measured;
    point.plan = "profile";
    point.workload = options.program;
    point.implementation = "foreign";
    point.op = "kernel";
    point.metricSet = options.recordedMetricSet;
    point.cache = toText(options.cache);
    point.launchesPerRange = 1;
    if (const std::string open = nvtxText(stack, started); !open.empty())
        point.params = json{{"nvtx", open}}.dump(-1, ' ', false, json::error_handler_t::replace);
    return point;
}

void append(std::vector<std::string>& notes, std::vector<std::string> more) {
    for (std::string& note : more) notes.push_back(std::move(note));
}

void applyName(const std::string& name, Extent extent, Described& described) {
    const auto range = parseRidgeRange(name);
    if (!range) return;
    append(described.notes, range->notes);
    append(described.notes, apply(*range, extent, described.record.point));
}

void applyAround(std::span<const NvtxRange> ranges, Described& described) {
    for (const NvtxRange& range : ranges) applyName(range.name, Extent::part, described);
}

}  // namespace

std::string dimensions(const std::array<unsigned, 3>& extent) {
    if (extent == std::array<unsigned, 3>{}) return {};
    return fmt::format("{},{},{}", extent[0], extent[1], extent[2]);
}

db::Kernel kernelRow(const KernelName& name, const LaunchShape& shape, std::int64_t ordinal) {
    db::Kernel kernel;
    kernel.ordinal = ordinal;
    kernel.name = name.full;
    kernel.shortName = name.shortName;
    kernel.grid = dimensions(shape.grid);
    kernel.block = dimensions(shape.block);
    return kernel;
}

Described kernelRecord(const Options& options, const KernelName& name, const LaunchShape& shape,
                       std::span<const NvtxRange> stack, std::span<const NvtxRange> started) {
    Described described = graphRecord(options, {kernelRow(name, shape)}, stack, started);
    // A series of the program's own, by a `ridge:` range, stands.
    if (described.record.point.series == "CUDA graph") described.record.point.series = name.shortName;
    return described;
}

Described graphRecord(const Options& options, std::vector<db::Kernel> kernels,
                      std::span<const NvtxRange> stack, std::span<const NvtxRange> started) {
    Described described;
    described.record.point = pointOf(options, stack, started);
    described.record.point.series = "CUDA graph";
    described.record.point.kernels = static_cast<std::int64_t>(kernels.size());
    described.record.kernels = std::move(kernels);
    applyAround(started, described);
    applyAround(stack, described);
    return described;
}

Described rangeRecord(const Options& options, const NvtxRange& range, std::vector<db::Kernel> kernels,
                      std::span<const NvtxRange> stack, std::span<const NvtxRange> started) {
    Described described;
    db::Point& point = described.record.point;
    point = pointOf(options, stack, started);
    point.op = "range";
    point.series = range.name;
    point.kernels = static_cast<std::int64_t>(kernels.size());
    described.record.kernels = std::move(kernels);
    applyName(range.name, Extent::whole, described);
    return described;
}

std::vector<std::string> addCounters(db::Record& record, const metrics::Evaluation& evaluation,
                                     const std::map<std::string, double>& values, int passes) {
    db::Point& point = record.point;
    point.passes = passes;
    if (evaluation.timeNs.value) {
        point.timeNs = evaluation.timeNs.value;
        point.timeMethod = "gpu__time_duration, profiled";
    }
    for (const auto& [metric, value] : values) {
        if (std::isfinite(value)) record.metrics[metric] = value;
    }
    metrics::addValues(record, evaluation);
    std::vector<std::string> absent;
    const std::array<std::pair<const char*, const metrics::Quantity*>, 3> expected{
        {{"executed FLOPs", &evaluation.flops},
         {"DRAM bytes", &evaluation.dramBytes},
         {"time", &evaluation.timeNs}}};
    for (const auto& [name, quantity] : expected) {
        if (!quantity->value) absent.push_back(fmt::format("no {}: {}", name, quantity->reason));
    }
    return absent;
}

void setUnmeasured(db::Record& record, db::Status status, std::string_view reason) {
    record.point.status = status;
    record.point.statusReason = reason;
}

}  // namespace ridge::inject
