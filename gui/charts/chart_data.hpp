// SPDX-License-Identifier: GPL-3.0-or-later
// Everything one chart shows, ready to draw: immutable, built off the GUI thread, shared by chart, tree and
// table.
#pragma once

#include <QColor>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "db/catalog/figure.hpp"
#include "db/model/point.hpp"

namespace ridge::gui {

/// x and y in the unit of the figure's axis columns (FLOP/byte, FLOP/s, tokens), both > 0.
struct ChartPoint {
    double x = 0, y = 0;
    double yLow = std::numeric_limits<double>::quiet_NaN(),
           yHigh = yLow;  ///< interval; NaN where there is none
    std::int64_t pointId = 0;
    int file = 0;           ///< index of the results file it came from
    QString title{};        ///< "up · batch 8 · spec 64"
    QStringList details{};  ///< the call-out's lines: numbers with units, provenance, device, flags
};

enum class Marker { circle, square, triangle, diamond, plus, cross };

/// Points of one legend entry and one provenance: the shape is the series', the fill is the provenance's.
struct ChartSeries {
    QString label;
    QColor color;
    Marker marker = Marker::circle;
    db::Provenance provenance = db::Provenance::measured;
    bool line = false;
    int dropped = 0;  ///< rows left out because x or y is NULL or not positive
    std::vector<ChartPoint> points;
};

/// One device's roofs of one origin. Bandwidth in byte/s, peak in FLOP/s.
struct ChartRoof {
    QString device, origin;  ///< origin: datasheet, measured
    double bytesPerS = 0, flopsPerS = 0;
    QString memoryLabel, computeLabel, roofLabel;  ///< roofLabel set: one legend entry for slope and ceiling
    QColor memoryColor, computeColor, ridgeColor;
    bool dashed = true, ridgeLine = true;
    QStringList memoryDetails{}, computeDetails{};  ///< how each was measured; empty where that is not known
};

struct ChartData {
    catalog::Figure figure;
    QString title, subtitle;
    std::vector<ChartSeries> series;
    std::vector<ChartRoof> roofs;
    QStringList notes;  ///< shown under the chart: dropped rows, provenance words, inferred coordinates
};

using ChartDataPtr = std::shared_ptr<const ChartData>;

}  // namespace ridge::gui
