// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/ceiling_result.hpp"

#include <fmt/core.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "collector/metrics/counted_work.hpp"
#include "collector/metrics/flags.hpp"
#include "db/model/error.hpp"

namespace ridge::worker {
namespace {

/// Streams keep a few lines in L2, and other processes share DRAM; FLOPs are nobody else's.
constexpr double byteTolerance = 0.15, operationTolerance = 0.02;

std::string unitOf(std::string_view unit) {
    return unit == "byte/s" ? "bytes" : unit == "op/s" ? "operations" : "FLOPs";
}

bool isBytes(std::string_view path) {
    return path.starts_with("dram") || path == "l2_read";
}

const char* expectedKey(std::string_view path) {
    if (isBytes(path)) return "expected_bytes";
    return path == "tensor_int8" ? "expected_ops" : "expected_flops";
}

}  // namespace

Disturbance disturbanceOf(const LoadTiming& timing) {
    Disturbance found;
    const auto add = [&found](const char* flag, const std::string& text) {
        metrics::addFlags(found.flags, flag);
        found.text += (found.text.empty() ? "" : ", ") + text;
    };
    const auto users = [&timing](const char* metric) {
        const auto known = timing.users.find(metric);
        return known == timing.users.end() ? 0 : known->second;
    };
    const std::string reasons = metrics::throttleReasons(timing.samples);
    if (!reasons.empty()) add("throttled", "throttled by " + reasons);
    const double others = users(metrics::foreignProcessesMetric);
    if (others > 0)
        add("shared_device", fmt::format("beside {:.0f} other process{}", others, others > 1 ? "es" : ""));
    if (users(metrics::displayActiveMetric) > 0) add("shared_device", "beside a display");
    return found;
}

db::Ceiling ceilingOf(const db::CeilingKind& kind, const workloads::Load& load, const LoadTiming& timing,
                      const metrics::Quantity& counted) {
    const double work = counted.value.value_or(load.work);
    const double allowed = kind.kind == "memory" ? byteTolerance : operationTolerance;
    const std::string unit = unitOf(kind.unit);
    if (std::abs(work / load.work - 1) > allowed) {
        throw Error(
            ExitCode::failed,
            fmt::format("{}: {:.4g} {} counted, {:.4g} by arithmetic", load.kernel, work, unit, load.work),
            "end what else uses this GPU; ridge doctor --selftest looks into its counters");
    }
    db::Ceiling ceiling;
    ceiling.kind = kind.kind;
    ceiling.name = kind.name;
    ceiling.unit = kind.unit;
    ceiling.origin = "measured";
    ceiling.value = work / timing.timeNs * 1e9;
    ceiling.spread = timing.spread;
    ceiling.clockHz = timing.clockHz;
    ceiling.kernel = load.kernel;
    ceiling.counted = counted.value;
    ceiling.expected = load.work;
    const std::string how = counted.value ? std::string("counted")
                                          : fmt::format("by arithmetic, not counted: {}", counted.reason);
    ceiling.method = fmt::format("{}: {:.6g} {} {}; {}", load.kernel, work, unit, how, timing.outcome);
    if (const std::string text = disturbanceOf(timing).text; !text.empty()) ceiling.method += "; " + text;
    return ceiling;
}

db::Point plannedCheck(const shape::ClosedForm& form) {
    db::Point point;
    point.provenance = db::Provenance::measured;
    point.plan = "selftest";
    point.workload = "selftest";
    point.op = form.op;
    point.implementation = form.op == "gemm" ? "cublas" : "own";
    point.dtype = form.dtype;
    point.params = nlohmann::json{{"form", form.name}}.dump();
    point.metricSet = metrics::metricSetFor(form.path);
    point.cache = "warm";
    if (!isBytes(form.path)) point.computePath = form.path;
    return point;
}

db::Point selfCheckPoint(const shape::ClosedForm& form, const workloads::Load& load, const LoadTiming& timing,
                         const metrics::Quantity& counted) {
    const shape::Verdict verdict = shape::judge(form, load.work, counted.value, counted.reason);
    nlohmann::json params{{"form", form.name},
                          {"kernel", load.kernel},
                          {"verdict", verdict.ok ? "ok" : "off"},
                          {"text", verdict.text}};
    params[expectedKey(form.path)] = load.work;
    if (counted.value) params["counted"] = *counted.value;
    db::Point point = plannedCheck(form);
    point.params = params.dump();
    point.launchesPerRange = 1;
    point.timeNs = timing.timeNs;
    point.timeMethod = "cuda events, " + timing.outcome;
    if (isBytes(form.path)) {
        point.compulsoryBytes = load.work;
    } else if (form.path != "tensor_int8") {
        point.flopsAlgorithmic = load.work;
        point.flopsUseful = load.work;
    }
    return point;
}

}  // namespace ridge::worker
