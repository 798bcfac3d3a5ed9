// SPDX-License-Identifier: Apache-2.0
// The lines between `ridge` and `ridge-worker`: one JSON request a line down, one JSON reply a line back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/doctor/finding.hpp"
#include "collector/metrics/metric_plan.hpp"
#include "db/model/device.hpp"
#include "db/model/error.hpp"
#include "db/model/point.hpp"
#include "workloads/plan/plan.hpp"

namespace ridge::protocol {

/// A planned point with the work it is made of: a parent (`layer`, `step`, ...) executes each child `repeats`
/// times.
struct Work {
    db::Point point;
    std::int64_t repeats = 1;
    std::vector<Work> children;
};

struct Options {
    plan::Repetition repetition;
    std::string metricSet = "roofline";  ///< "none": time only
    std::string cache = "cold";          ///< cold, warm, rotate
};

struct DescribeReply {
    db::Device device;
    std::string driver, cuda, cupti;  ///< versions
    std::string pciBusId = {};        ///< as for nvml::Nvml
};

/// A ceiling as measured, without source and time stamp; or why the device has none.
struct CeilingReply {
    std::optional<db::Ceiling> ceiling;
    std::string refusal;
    std::string flags;  ///< of throttled, shared_device; the ceiling's `method` says by what
};

using doctor::Finding;
using doctor::Preflight;
using metrics::MetricPlan;

/// {"request":"lock_clocks","uuid":…,"pci":…,"mhz":…,"named":…} -> {"clock_hz":…}; the clock is held until
/// {"request":"unlock_clocks","uuid":…,"pci":…} -> {"clock_hz":0}, or until the worker ends.
struct ClockWish {
    std::string uuid;
    std::optional<double> mhz;
    bool named = false;         ///< `mhz` or none; otherwise another one will do
    std::string pciBusId = {};  ///< as for nvml::Nvml
};

// Requests: {"request":"describe"} -> DescribeReply | {"request":"measure","work":…,"options":…} ->
// db::Record
// {"request":"metrics","chip":…,"set":…} -> [MetricPlan] (empty chip: every chip CUPTI knows) |
// {"request":"preflight","gpu":…,"uuid":…} -> Preflight (no gpu: the worker's own; uuid: what was asked for)
// |
// {"request":"ceiling","name":…} -> CeilingReply |
// {"request":"selftest","name":…} -> db::Record, a closed form of plan "selftest". A reply is
// {"ok":true,"result":…} or
// {"ok":false,"code":EXIT_CODE,"message":…,"hint":…}. The worker ends at end of input.
[[nodiscard]] std::string encodeMeasure(const Work& work, const Options& options);
[[nodiscard]] std::string encodeRecord(const db::Record& record);
[[nodiscard]] std::string encodeDescribe(const DescribeReply& reply);
[[nodiscard]] std::string encodeMetricPlans(const std::vector<MetricPlan>& plans);
[[nodiscard]] std::string encodePreflight(const Preflight& found);
/// The request; `gpu`: CUDA's ordinal in that worker, `uuid`: how it was named, empty: by its index.
[[nodiscard]] std::string encodePreflightOf(int gpu, const std::string& uuid = {});
[[nodiscard]] std::string encodeError(const Error& error);
/// `request`: ceiling or selftest.
[[nodiscard]] std::string encodeNamed(const std::string& request, const std::string& name);
[[nodiscard]] std::string encodeCeiling(const CeilingReply& reply);
[[nodiscard]] std::string encodeLockClocks(const ClockWish& wish);
[[nodiscard]] std::string encodeUnlockClocks(const std::string& uuid, const std::string& pciBusId);
[[nodiscard]] std::string encodeClock(double hz);

struct Request {
    std::string kind, chip, set, name;
    std::string uuid;  ///< of preflight
    ClockWish clock;
    std::optional<Work> work;
    Options options;
    std::optional<int> gpu;  ///< of preflight
};
/// Throws ridge::Error (failed) when the line is not a request.
[[nodiscard]] Request decodeRequest(const std::string& line);

/// Each throws the ridge::Error a reply carries, or (failed) when the line is not such a reply.
[[nodiscard]] db::Record decodeRecord(const std::string& line);
[[nodiscard]] DescribeReply decodeDescribe(const std::string& line);
[[nodiscard]] std::vector<MetricPlan> decodeMetricPlans(const std::string& line);
[[nodiscard]] Preflight decodePreflight(const std::string& line);
[[nodiscard]] CeilingReply decodeCeiling(const std::string& line);
/// In Hz, 0: not locked.
[[nodiscard]] double decodeClock(const std::string& line);

}  // namespace ridge::protocol
