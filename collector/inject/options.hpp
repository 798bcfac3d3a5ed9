// SPDX-License-Identifier: Apache-2.0
// What `ridge profile` asks of the processes it injects: the command's options as one line of environment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::inject {

/// A row a kernel launch by kernel replay, or a row an NVTX range with one pass an occurrence.
enum class Mode { kernel, range };
/// Measure from the start, or between cudaProfilerStart and cudaProfilerStop.
enum class Start { now, profilerApi };
/// A CUDA graph launch as one piece of work, or each of its kernels on its own.
enum class Graph { whole, node };
/// `cold`: caches flushed before each pass.
enum class Cache { cold, warm };
/// `time`: no counters; the device time of every selected launch or range is reported instead of a record.
enum class Purpose { count, time };

[[nodiscard]] std::string_view toText(Mode mode) noexcept;
[[nodiscard]] std::string_view toText(Start start) noexcept;
[[nodiscard]] std::string_view toText(Graph graph) noexcept;
[[nodiscard]] std::string_view toText(Cache cache) noexcept;
[[nodiscard]] std::string_view toText(Purpose purpose) noexcept;

/// The enumerator of this text; nullopt when it is none of them.
template <class T>
[[nodiscard]] std::optional<T> fromText(std::string_view text) = delete;
template <>
[[nodiscard]] std::optional<Mode> fromText<Mode>(std::string_view text);
template <>
[[nodiscard]] std::optional<Start> fromText<Start>(std::string_view text);
template <>
[[nodiscard]] std::optional<Graph> fromText<Graph>(std::string_view text);
template <>
[[nodiscard]] std::optional<Cache> fromText<Cache>(std::string_view text);
template <>
[[nodiscard]] std::optional<Purpose> fromText<Purpose>(std::string_view text);

struct Options {
    std::string program;            ///< name of the profiled program: the column `workload`
    std::string nvtx;               ///< NvtxExpression; empty: none given
    std::string kernel;             ///< regular expression for kernel names; empty: every kernel
    std::vector<std::string> deny;  ///< regular expressions for kernels that must not be run again
    std::int64_t skip = 0;          ///< launches or range occurrences to let pass, counted after the filters
    std::optional<std::int64_t> count;  ///< how many to measure after those; nullopt: all
    Start start = Start::now;
    Mode mode = Mode::kernel;
    Graph graph = Graph::whole;
    Cache cache = Cache::cold;
    Purpose purpose = Purpose::count;
    bool timed = false;        ///< a run for times comes first: launches are numbered, to find theirs
    bool idleTraffic = false;  ///< count what each device's DRAM moves while the program is idle, once
    std::string metricSet = "roofline";
    std::string recordedMetricSet = "roofline";  ///< what results call it: metricSet may be a path
};

/// Kernel mode with counters, --graph node.
[[nodiscard]] bool measuresNodes(const Options& options) noexcept;

/// Environment variables of an injected process: encode(options), and the address for Sender.
inline constexpr const char* optionsVariable = "RIDGE_INJECT_OPTIONS";
inline constexpr const char* channelVariable = "RIDGE_INJECT_CHANNEL";

/// One line of JSON.
[[nodiscard]] std::string encode(const Options& options);
/// Throws ridge::Error (failed) when the line is not what encode() writes.
[[nodiscard]] Options decodeOptions(const std::string& line);

}  // namespace ridge::inject
