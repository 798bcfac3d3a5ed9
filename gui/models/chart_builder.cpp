// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/chart_builder.hpp"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "gui/models/columns.hpp"
#include "gui/models/figure_choice.hpp"
#include "gui/models/point_text.hpp"
#include "gui/models/roof_choice.hpp"
#include "gui/models/subtitle.hpp"

namespace ridge::gui {

namespace {

struct ChartBuilder {
    Q_DECLARE_TR_FUNCTIONS(ChartBuilder)
};

QString text(const std::string& value) {
    return QString::fromStdString(value);
}

Marker markerNamed(const std::string& name) {
    static const std::map<std::string, Marker> markers{
        {"circle", Marker::circle},   {"square", Marker::square}, {"triangle", Marker::triangle},
        {"diamond", Marker::diamond}, {"plus", Marker::plus},     {"cross", Marker::cross}};
    const auto found = markers.find(name);
    return found == markers.end() ? Marker::circle : found->second;
}

/// nullopt where a coordinate is NULL or not positive: a log axis has no place for it.
std::optional<ChartPoint> chartPoint(const catalog::Figure& figure, const db::PointRow& row) {
    const std::optional<ColumnValue> x = numericColumn(row, figure.x.column);
    const std::optional<ColumnValue> y = numericColumn(row, figure.y.column);
    if (!x || !y || !(x->value > 0) || !(y->value > 0)) return std::nullopt;
    ChartPoint point;
    point.x = x->value;
    point.y = y->value;
    if (const auto interval = timeInterval(row, *y)) std::tie(point.yLow, point.yHigh) = *interval;
    point.pointId = row.point.id.value_or(0);
    return point;
}

/// Rows of a series that have no place on the chart, by why; `reason` is one of those the file gives.
struct Dropped {
    int skipped = 0, failed = 0, withoutValue = 0;
    QString reason;
    bool manyReasons = false;
};

class Builder {
 public:
    Builder(const catalog::Figure& figure, const ResultSet& results) : m_results(results) {
        m_data.figure = figure;
    }

    ChartData build(const QString& where) {
        requireNumericColumns(m_data.figure.x.column);
        requireNumericColumns(m_data.figure.y.column);
        for (const catalog::FigureSeries& series : m_data.figure.series) addSeries(series, where);
        m_reference = m_data.series.size();
        for (const catalog::FigureOverlay& overlay : m_data.figure.overlays) addOverlay(overlay);
        m_data.roofs = chooseRoofs(m_data.figure, m_rows, m_data.notes);
        fitAxes();
        m_data.title = text(m_data.figure.title);
        const bool published = m_data.series.size() > m_reference;
        m_data.subtitle = provenanceSubtitle({m_data.figure, m_rows, !m_results.files.empty(), published});
        addNotes();
        return std::move(m_data);
    }

 private:
    void addSeries(const catalog::FigureSeries& series, const QString& where) {
        std::map<db::Provenance, ChartSeries> split;
        for (std::size_t i = 0; i < m_results.files.size(); ++i) {
            const ResultFile& file = m_results.files[i];
            for (const db::PointRow* row : file.matching(expression(series, where)))
                addPoint(split[row->point.provenance], series, static_cast<int>(i), *row);
        }
        for (auto& [provenance, part] : split) {
            part.label = text(series.label);
            part.color = QColor(text(series.color));
            part.marker = markerNamed(series.marker);
            part.provenance = provenance;
            part.line = series.line;
            if (series.line) joinPoints(part);
            m_data.series.push_back(std::move(part));
        }
    }

    /// A line through several values at one x would say something that nobody measured.
    static void joinPoints(ChartSeries& part) {
        std::ranges::sort(part.points, {}, &ChartPoint::x);
        const auto forked = [](const ChartPoint& left, const ChartPoint& right) {
            return left.x == right.x && std::abs(left.y - right.y) > 0.01 * left.y;
        };
        if (std::ranges::adjacent_find(part.points, forked) != part.points.end()) part.line = false;
    }

    void noteDropped(const catalog::FigureSeries& series, const db::Point& point) {
        Dropped& dropped = m_dropped[text(series.label) + " (" + provenanceName(point.provenance) + ')'];
        if (point.status == db::Status::ok) {
            ++dropped.withoutValue;
            return;
        }
        ++(point.status == db::Status::skipped ? dropped.skipped : dropped.failed);
        const QString reason = text(point.statusReason);
        dropped.manyReasons |= !dropped.reason.isEmpty() && dropped.reason != reason;
        dropped.reason = reason;
    }

    static std::string expression(const catalog::FigureSeries& series, const QString& where) {
        if (where.isEmpty()) return series.where;
        if (series.where.empty()) return where.toStdString();
        return '(' + series.where + ") AND (" + where.toStdString() + ')';
    }

    void addPoint(ChartSeries& part, const catalog::FigureSeries& series, int file, const db::PointRow& row) {
        std::optional<ChartPoint> point = chartPoint(m_data.figure, row);
        if (!point) {
            ++part.dropped;
            noteDropped(series, row.point);
            return;
        }
        point->file = file;
        point->title = pointTitle(row);
        point->details = pointDetails(row, text(series.note));
        const ResultFile& from = m_results.files[static_cast<std::size_t>(file)];
        if (m_results.files.size() > 1)
            point->details << ChartBuilder::tr("File %1").arg(text(from.path.filename().string()));
        part.points.push_back(std::move(*point));
        m_rows.push_back({&from, &row});
    }

    void addOverlay(const catalog::FigureOverlay& overlay) {
        ChartSeries series;
        series.label = text(overlay.label);
        series.color = QColor(text(overlay.color));
        series.marker = Marker::cross;
        series.provenance = db::Provenance::reference;
        for (const catalog::ReferencePoint& reference : catalog::referencePoints(overlay)) {
            ChartPoint point;
            point.x = reference.x;
            point.y = reference.y;
            point.title = referenceTitle(overlay, reference);
            point.details = referenceDetails(overlay, reference, m_data.figure);
            series.points.push_back(std::move(point));
        }
        if (!series.points.empty()) m_data.series.push_back(std::move(series));
    }

    void fitAxes() {
        const bool published = m_data.figure.x.maximum > 0;
        for (const ChartSeries& series : m_data.series) {
            for (const ChartPoint& point : series.points) {
                widenAxis(m_data.figure.x, point.x, point.x);
                widenAxis(m_data.figure.y, point.y, point.y);
            }
        }
        for (const ChartRoof& roof : m_data.roofs) {
            const double ridge = roof.flopsPerS / roof.bytesPerS;
            widenAxis(m_data.figure.x, ridge, ridge);
            widenAxis(m_data.figure.y, roof.flopsPerS, roof.flopsPerS);
            // Below the upper edge, so that the ceiling's line and label have room.
            if (roof.flopsPerS > 0.95 * m_data.figure.y.maximum)
                m_data.figure.y.maximum = 2.5 * roof.flopsPerS;
        }
        // Nothing to draw and no published range: any axis is as good as another, an empty one is not.
        if (m_data.figure.x.maximum <= 0)
            widenAxis(m_data.figure.x, m_data.figure.x.unit, m_data.figure.x.unit);
        if (m_data.figure.y.maximum <= 0)
            widenAxis(m_data.figure.y, m_data.figure.y.unit, m_data.figure.y.unit);
        if (!published && m_data.figure.x.base == 2) {  // half a step, so that the outer markers are whole
            m_data.figure.x.minimum /= std::numbers::sqrt2;
            m_data.figure.x.maximum *= std::numbers::sqrt2;
        }
    }

    void addNotes() {
        for (const auto& [series, dropped] : m_dropped) {
            QStringList parts;
            if (dropped.skipped > 0) parts << ChartBuilder::tr("%1 skipped").arg(rowCount(dropped.skipped));
            if (dropped.failed > 0) parts << ChartBuilder::tr("%1 failed").arg(rowCount(dropped.failed));
            if (!dropped.reason.isEmpty())
                parts.back() += dropped.manyReasons ? ChartBuilder::tr(" (one: %1)").arg(dropped.reason)
                                                    : QStringLiteral(" (%1)").arg(dropped.reason);
            if (dropped.withoutValue > 0)
                parts
                    << ChartBuilder::tr("%1 without a value for an axis").arg(rowCount(dropped.withoutValue));
            m_data.notes << ChartBuilder::tr("Not drawn of %1: %2").arg(series, parts.join("; "));
        }
        for (const catalog::FigureOverlay& overlay : m_data.figure.overlays)
            if (!overlay.note.empty()) m_data.notes << text(overlay.label) + ": " + text(overlay.note);
        const auto above = std::ranges::count_if(
            m_rows, [](const DrawnRow& drawn) { return drawn.row->roofFraction.value_or(0) > 1; });
        if (above > 0)
            m_data.notes << ChartBuilder::tr("%1 above the roof: flagged, not hidden")
                                .arg(rowCount(static_cast<int>(above)));
        const auto assumed = std::ranges::count_if(m_rows, [](const DrawnRow& drawn) {
            return drawn.row->point.flags.find("assumed_acceptance") != std::string::npos;
        });
        if (assumed > 0)
            m_data.notes << ChartBuilder::tr("%1 with an assumed acceptance, not a reproduction")
                                .arg(rowCount(static_cast<int>(assumed)));
    }

    static QString rowCount(int count) {
        return count == 1 ? ChartBuilder::tr("1 point") : ChartBuilder::tr("%1 points").arg(count);
    }

    const ResultSet& m_results;
    ChartData m_data;
    std::vector<DrawnRow> m_rows;          ///< what is drawn of the files
    std::size_t m_reference = 0;           ///< index of the first published series
    std::map<QString, Dropped> m_dropped;  ///< by series and provenance
};

}  // namespace

ChartDataPtr buildChart(const catalog::Figure& figure, const ResultSet& results, const QString& where) {
    return std::make_shared<const ChartData>(Builder(figure, results).build(where));
}

}  // namespace ridge::gui
