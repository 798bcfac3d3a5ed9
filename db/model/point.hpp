// SPDX-License-Identifier: Apache-2.0
// One measured, modelled, published or imported operating point: a row of the table `point`, without what
// views derive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::db {

enum class Provenance { measured, modeled, reference, imported };
enum class Status { ok, skipped, failed };

[[nodiscard]] std::string_view toText(Provenance provenance) noexcept;
[[nodiscard]] std::string_view toText(Status status) noexcept;
/// Throws ridge::Error (failed) naming the text when it is none of the enumerators.
[[nodiscard]] Provenance provenanceFromText(std::string_view text);
[[nodiscard]] Status statusFromText(std::string_view text);

/// Absent numbers are nullopt and absent texts are empty; both are stored as NULL (flags, tags: ''; params:
/// '{}'). FLOPs and bytes are per one execution of the point's work, times in nanoseconds of one execution.
struct Point {
    std::optional<std::int64_t> id;          ///< point_id; set once stored
    std::optional<std::int64_t> parentId;    ///< the layer, step, draft or verify this is a part of
    std::optional<std::int64_t> measuredAs;  ///< the row whose samples this row shares
    Provenance provenance = Provenance::modeled;
    Status status = Status::ok;
    std::string statusReason;

    std::string plan, workload, series;
    std::string op;  ///< column `operator`: qkv, out, up, gate, down, fc1, fc2, qk, pv, lm_head, gemm, layer,
                     ///< step, ...
    std::string phase;           ///< init, ar, spec, draft, verify
    std::string implementation;  ///< cublas, cublaslt-pinned, fixed-tile, invariant, own, foreign, attainable
                                 ///< (modelled)
    std::string model;           ///< the LLM
    std::string dtype, layout;   ///< bf16, fp16, ...; nn, nt (B stored [K,N] or [N,K])
    std::optional<std::int64_t> batch, seq, spec, tokens, context, kvHeads, m, n, k;
    std::string params = "{}";  ///< free axes, a JSON object

    std::optional<std::int64_t> kernels;                  ///< distinct launches in one repetition
    std::optional<std::int64_t> launchesPerRange;         ///< repetitions inside one counter range
    std::optional<double> timeNs, timeLowNs, timeHighNs;  ///< median and its 95 % interval
    std::optional<std::int64_t> samples;
    std::string timeMethod;

    std::optional<double> flopsExecuted, flopsUseful, flopsAlgorithmic, emittedTokens;
    std::optional<double> dramBytes, dramReadBytes, dramWriteBytes, compulsoryBytes, l2Bytes, l1Bytes;
    std::string computePath;  ///< the compute ceiling (`tensor_bf16`, `fp32`, ...) this point is held against
    std::optional<double> energyJ;
    std::optional<bool> invariant, deterministic;
    std::optional<std::int64_t> passes;
    std::string metricSet, cache;
    std::optional<double> smClockHz;
    std::string tags, flags;
};

/// One unprofiled repetition.
struct Sample {
    double timeNs = 0;
    std::optional<double> smClockHz, memoryClockHz, temperatureC, powerW;
    std::string throttle;  ///< reasons, comma-separated; empty when none was seen
};

/// One launched kernel of a point's repetition.
struct Kernel {
    std::int64_t ordinal = 0;
    std::string name, shortName, grid, block;
    std::int64_t launches = 1;
    std::optional<double> timeNs, flopsExecuted, dramBytes;
};

/// What a metric set computes of its counters, per execution.
struct ComputedValue {
    std::string kind;  ///< quantity: a [[quantity]] of the set; path: the operations of a compute path
    std::string name;
    double value = 0;
    std::string unit;         ///< byte, ns, Hz, flop, op, ... as the set says
    bool upperBound = false;  ///< the truth may be lower
};

/// All that one point leaves in the file. `metrics` holds every counter by its full CUPTI name, per
/// execution; `metricUnits` the units of those that the metric set gives one; `computed` has no row for what
/// is not known.
struct Record {
    Point point;
    std::vector<Sample> samples;
    std::map<std::string, double> metrics;
    std::vector<Kernel> kernels;
    std::map<std::string, std::string> metricUnits = {};
    std::vector<ComputedValue> computed = {};
};

}  // namespace ridge::db
