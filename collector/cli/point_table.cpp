// SPDX-License-Identifier: Apache-2.0
#include "collector/cli/point_table.hpp"

#include <array>
#include <utility>

#include "collector/cli/shown_columns.hpp"
#include "collector/cli/units.hpp"

namespace ridge::cli {
namespace {

std::string flops(double value) {
    return withPrefix(value, "FLOP/s");
}
std::string bytes(double value) {
    return withPrefix(value, "B");
}
std::string bytesPerS(double value) {
    return withPrefix(value, "B/s");
}
std::string time(double value) {
    return duration(value);
}
std::string three(double value) {
    return plain(value);
}
std::string percent(double value) {
    return plain(value * 100) + " %";
}

// In the order shown; the larger the rank, the sooner a narrow terminal loses the column.
constexpr std::array<ShownColumn, 31> shownColumns{{{"file", "file", 3, nullptr},
                                                    {"point_id", "id", 9, nullptr},
                                                    {"plan", "plan", 14, nullptr},
                                                    {"model", "model", 13, nullptr},
                                                    {"device", "device", 8, nullptr},
                                                    {"series", "series", 7, nullptr},
                                                    {"operator", "operator", 0, nullptr},
                                                    {"phase", "phase", 3, nullptr},
                                                    {"implementation", "impl", 12, nullptr},
                                                    {"batch", "batch", 2, nullptr},
                                                    {"seq", "seq", 2, nullptr},
                                                    {"spec", "spec", 2, nullptr},
                                                    {"tokens", "tokens", 6, nullptr},
                                                    {"m", "M", 15, nullptr},
                                                    {"n", "N", 15, nullptr},
                                                    {"k", "K", 15, nullptr},
                                                    {"time_ns", "time", 0, time},
                                                    {"time_low_ns", "95 % from", 12, time},
                                                    {"time_high_ns", "to", 12, time},
                                                    {"algorithmic_flops_per_s", "alg. FLOP/s", 1, flops},
                                                    {"flops_per_s", "exec. FLOP/s", 4, flops},
                                                    {"intensity_algorithmic", "alg. FLOP/B", 1, three},
                                                    {"intensity", "exec. FLOP/B", 1, three},
                                                    {"dram_bytes", "DRAM", 11, bytes},
                                                    {"dram_bytes_per_s", "DRAM rate", 5, bytesPerS},
                                                    {"roof_fraction", "of roof", 4, percent},
                                                    {"bound", "bound", 10, nullptr},
                                                    {"provenance", "provenance", 0, nullptr},
                                                    {"status", "status", 1, nullptr},
                                                    {"flags", "flags", 16, nullptr},
                                                    {"status_reason", "reason", 6, nullptr}}};

}  // namespace

TextTable readable(const db::Table& points) {
    return readable(points, shownColumns);
}

std::string_view unitOf(std::string_view column) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> suffixes{
        {{"_flops_per_s", "FLOP/s"},
         {"_bytes_per_s", "byte/s"},
         {"_bytes", "byte"},
         {"_ns", "ns"},
         {"_hz", "Hz"},
         {"_j", "J"},
         {"_w", "W"},
         {"_c", "°C"},
         {"_tokens", "tokens"}}};
    if (column == "flops_per_s") return "FLOP/s";
    if (column == "intensity" || column == "intensity_algorithmic") return "FLOP/byte";
    for (const auto& [suffix, unit] : suffixes) {
        if (column.ends_with(suffix)) return unit;
    }
    return column.starts_with("flops_") ? "FLOP" : "";
}

}  // namespace ridge::cli
