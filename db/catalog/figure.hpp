// SPDX-License-Identifier: Apache-2.0
// A figure as its TOML file says it: a saved view of results, with the published look of one of the four
// charts or a user's own.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ridge::catalog {

enum class ChartKind { roofline, sweep };

/// `column` is a numeric column of v_points, or two joined by '|' (the first that is not NULL:
/// "intensity|intensity_algorithmic").
struct FigureAxis {
    std::string title, column;
    double minimum = 0, maximum = 0;  ///< in the column's unit, > 0
    int base = 10;                    ///< 10 or 2
    double unit = 1;                  ///< shown value = column / unit (1e12 for TFLOPS)
    std::string suffixes =
        "none";  ///< si: 10G, 100T, 1k; power: 10^11; plain: 8192; none: plain 1/2/5 numbers
};

struct FigureSeries {
    std::string label;   ///< legend text, exactly
    std::string where;   ///< SQL boolean expression over v_points
    std::string color;   ///< #rrggbb
    std::string marker;  ///< circle, square, triangle, diamond, plus, cross
    bool line = false;   ///< points joined in x order
    std::string note;    ///< shown in the call-out of every point, e.g. an assumption
};

/// The roofs a figure was published with; on data of another device that device's own are drawn instead.
struct FigureRoofs {
    std::string device;           ///< driver's name
    std::string memory, compute;  ///< ceiling names: dram, tensor_bf16
    std::string memoryLabel, computeLabel,
        roofLabel;  ///< as published; roofLabel: one line for both (figure A)
    std::string memoryColor, computeColor, ridgeColor;
    bool dashed = true, ridgeLine = true;
};

/// Published points from share/reference/<csv>, drawn as thin crosses with provenance `reference`.
struct FigureOverlay {
    std::string csv, label, color;
    std::string x, y;             ///< columns of the CSV
    double xUnit = 1, yUnit = 1;  ///< column value * unit = axis column's unit
    std::string where;            ///< "column=value" rows only; empty: all
    std::string source, note;     ///< note: e.g. "x inferred"
};

struct Figure {
    std::string name, title, subtitle, plan;  ///< plan: the one whose points it shows, for messages
    ChartKind kind = ChartKind::roofline;
    FigureAxis x, y;
    std::optional<FigureRoofs> roofs;
    std::vector<FigureSeries> series;
    std::vector<FigureOverlay> overlays;
    std::string legend = "bottom right";  ///< top left, top right, bottom left, bottom right
    bool fineGrid = false;
};

/// By NAME in share/figures or by PATH. Throws ridge::Error (usage) with the nearest names, or
/// FILE:LINE:COLUMN.
[[nodiscard]] Figure figure(std::string_view nameOrPath);

/// A published point: x and y in the units of the figure's axis columns.
struct ReferencePoint {
    double x = 0, y = 0;
    std::string label, source, note;
};
/// Reads an overlay's CSV (lines starting with '#' are comments; rows without x or y are left out). The
/// columns `label` and `note`, where there are any, go before the overlay's own. Throws ridge::Error (failed)
/// FILE:LINE for a bad cell or an absent column.
[[nodiscard]] std::vector<ReferencePoint> referencePoints(const FigureOverlay& overlay);

}  // namespace ridge::catalog
