// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/options.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "db/model/error.hpp"

namespace ridge::inject {
namespace {

using nlohmann::json;

// Texts in the order of the enumerators.
constexpr std::array<std::string_view, 2> modes{"kernel", "range"};
constexpr std::array<std::string_view, 2> starts{"now", "profiler-api"};
constexpr std::array<std::string_view, 2> graphs{"whole", "node"};
constexpr std::array<std::string_view, 2> caches{"cold", "warm"};
constexpr std::array<std::string_view, 2> purposes{"count", "time"};

template <class T>
std::optional<T> find(const std::array<std::string_view, 2>& texts, std::string_view text) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (texts[i] == text) return static_cast<T>(i);
    }
    return std::nullopt;
}

template <class T>
T required(const json& object, const char* key) {
    const std::string text = object.at(key).get<std::string>();
    if (const auto value = fromText<T>(text)) return *value;
    throw Error(ExitCode::failed, std::string(optionsVariable) + ": unknown " + key + " '" + text + "'",
                "ridge and libridge_inject.so must come from the same build");
}

}  // namespace

std::string_view toText(Mode mode) noexcept {
    return modes[static_cast<std::size_t>(mode)];
}
std::string_view toText(Start start) noexcept {
    return starts[static_cast<std::size_t>(start)];
}
std::string_view toText(Graph graph) noexcept {
    return graphs[static_cast<std::size_t>(graph)];
}
std::string_view toText(Cache cache) noexcept {
    return caches[static_cast<std::size_t>(cache)];
}
std::string_view toText(Purpose purpose) noexcept {
    return purposes[static_cast<std::size_t>(purpose)];
}

template <>
std::optional<Mode> fromText<Mode>(std::string_view text) {
    return find<Mode>(modes, text);
}
template <>
std::optional<Start> fromText<Start>(std::string_view text) {
    return find<Start>(starts, text);
}
template <>
std::optional<Graph> fromText<Graph>(std::string_view text) {
    return find<Graph>(graphs, text);
}
template <>
std::optional<Cache> fromText<Cache>(std::string_view text) {
    return find<Cache>(caches, text);
}
template <>
std::optional<Purpose> fromText<Purpose>(std::string_view text) {
    return find<Purpose>(purposes, text);
}

bool measuresNodes(const Options& options) noexcept {
    return options.graph == Graph::node && options.mode == Mode::kernel && options.purpose == Purpose::count;
}

std::string encode(const Options& options) {
    json object;
    object["program"] = options.program;
    object["nvtx"] = options.nvtx;
    object["kernel"] = options.kernel;
    object["deny"] = options.deny;
    object["skip"] = options.skip;
    if (options.count) object["count"] = *options.count;
    object["start"] = toText(options.start);
    object["mode"] = toText(options.mode);
    object["graph"] = toText(options.graph);
    object["cache"] = toText(options.cache);
    object["purpose"] = toText(options.purpose);
    object["timed"] = options.timed;
    object["idle_traffic"] = options.idleTraffic;
    object["metric_set"] = options.metricSet;
    object["recorded_metric_set"] = options.recordedMetricSet;
    // Arguments may be any bytes; what is not UTF-8 is replaced rather than refused.
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Options decodeOptions(const std::string& line) {
    try {
        const json object = json::parse(line);
        Options options;
        options.program = object.at("program").get<std::string>();
        options.nvtx = object.at("nvtx").get<std::string>();
        options.kernel = object.at("kernel").get<std::string>();
        options.deny = object.at("deny").get<std::vector<std::string>>();
        options.skip = object.at("skip").get<std::int64_t>();
        if (object.contains("count")) options.count = object.at("count").get<std::int64_t>();
        options.start = required<Start>(object, "start");
        options.mode = required<Mode>(object, "mode");
        options.graph = required<Graph>(object, "graph");
        options.cache = required<Cache>(object, "cache");
        options.purpose = required<Purpose>(object, "purpose");
        options.timed = object.at("timed").get<bool>();
        options.idleTraffic = object.at("idle_traffic").get<bool>();
        options.metricSet = object.at("metric_set").get<std::string>();
        options.recordedMetricSet = object.at("recorded_metric_set").get<std::string>();
        return options;
    } catch (const json::exception& error) {
        throw Error(ExitCode::failed,
                    std::string(optionsVariable) + " is not what ridge writes: " + error.what(),
                    "start the program by `ridge profile`, not by hand");
    }
}

}  // namespace ridge::inject
