// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/point_table_model.hpp"

#include <algorithm>
#include <utility>

#include "gui/models/number_text.hpp"
#include "gui/models/point_text.hpp"

namespace ridge::gui {

namespace {

QVariant number(const std::optional<std::int64_t>& value) {
    return value ? QVariant(static_cast<qlonglong>(*value)) : QVariant();
}

QVariant number(const std::optional<double>& value) {
    return value ? QVariant(*value) : QVariant();
}

QVariant words(const std::string& value) {
    return value.empty() ? QVariant() : QVariant(QString::fromStdString(value));
}

QVariant shape(const db::Point& point) {
    if (!point.m || !point.n || !point.k) return {};
    return QStringLiteral("%1×%2×%3").arg(*point.m).arg(*point.n).arg(*point.k);
}

/// What a column takes from the row of the results file; invalid where it is NULL there.
QVariant sourceValue(const db::PointRow& row, int column) {
    const db::Point& point = row.point;
    switch (column) {
        case PointTableModel::operatorColumn:
            return words(point.op);
        case PointTableModel::phaseColumn:
            return words(point.phase);
        case PointTableModel::batchColumn:
            return number(point.batch);
        case PointTableModel::seqColumn:
            return number(point.seq);
        case PointTableModel::specColumn:
            return number(point.spec);
        case PointTableModel::shapeColumn:
            return shape(point);
        case PointTableModel::timeColumn:
            return number(point.timeNs);
        case PointTableModel::roofColumn:
            return number(row.roofFraction);
        case PointTableModel::boundColumn:
            return words(row.bound);
        case PointTableModel::deviceColumn:
            return words(row.device);
        case PointTableModel::flagsColumn:
            return words(point.flags);
        case PointTableModel::idColumn:
            return number(point.id);
        default:
            return {};
    }
}

QString axisValue(const catalog::FigureAxis& axis, double value) {
    const double shown = value / axis.unit;
    return shown < 1e5 ? plainText(shown, 4) : siText(shown, {}, 4);
}

/// A figure's axis title is too long for a column; the unit says it.
QString axisHeader(const catalog::FigureAxis& axis) {
    const QString column = QString::fromStdString(axis.column);
    if (column.contains("intensity")) return QStringLiteral("FLOP/B");
    if (column.contains("flops_per_s") && axis.unit == 1) return QStringLiteral("FLOP/s");
    return QString::fromStdString(axis.title);
}

}  // namespace

PointTableModel::PointTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void PointTableModel::setChart(ChartDataPtr chart, ResultSetPtr results) {
    beginResetModel();
    m_chart = std::move(chart);
    m_results = std::move(results);
    m_rows.clear();
    const std::size_t seriesCount = m_chart ? m_chart->series.size() : 0;
    for (std::size_t s = 0; s < seriesCount; ++s) {
        const ChartSeries& series = m_chart->series[s];
        for (std::size_t p = 0; p < series.points.size(); ++p) {
            Row row{{static_cast<int>(s), static_cast<int>(p)}, nullptr};
            const ChartPoint& point = series.points[p];
            if (series.provenance != db::Provenance::reference && m_results)
                row.source = m_results->files.at(static_cast<std::size_t>(point.file)).find(point.pointId);
            m_rows.push_back(row);
        }
    }
    endResetModel();
}

PointIndex PointTableModel::refAt(int row) const {
    return row < 0 || row >= rowCount() ? PointIndex{} : m_rows[static_cast<std::size_t>(row)].ref;
}

int PointTableModel::rowOf(PointIndex ref) const {
    const auto found = std::ranges::find(m_rows, ref, &Row::ref);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int PointTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PointTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnTotal;
}

QVariant PointTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    const ChartSeries& series = m_chart->series[static_cast<std::size_t>(row.ref.series)];
    const ChartPoint& point = series.points[static_cast<std::size_t>(row.ref.point)];
    QVariant value = chartValue(row, index.column());
    switch (role) {
        case Qt::DisplayRole:
            return display(row, index.column());
        case Qt::ToolTipRole:
            return QStringList(QStringList{point.title} + point.details).join('\n');
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(
                (value.typeId() == QMetaType::QString ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
        case Qt::DecorationRole:
            return index.column() == seriesColumn ? QVariant(series.color) : QVariant();
        case sortRole:
            return value;
        case seriesRole:
            return row.ref.series;
        default:
            return {};
    }
}

QVariant PointTableModel::chartValue(const Row& row, int column) const {
    const ChartSeries& series = m_chart->series[static_cast<std::size_t>(row.ref.series)];
    const ChartPoint& point = series.points[static_cast<std::size_t>(row.ref.point)];
    switch (column) {
        case seriesColumn:
            return series.label;
        case provenanceColumn:
            return provenanceName(series.provenance);
        case xColumn:
            return point.x;
        case yColumn:
            return point.y;
        case fileColumn:
            if (!row.source) return {};
            return QString::fromStdString(
                m_results->files.at(static_cast<std::size_t>(point.file)).path.filename().string());
        default:
            return row.source ? sourceValue(*row.source, column) : QVariant();
    }
}

QString PointTableModel::display(const Row& row, int column) const {
    const QVariant value = chartValue(row, column);
    if (value.isNull()) return {};
    switch (column) {
        case xColumn:
            return axisValue(m_chart->figure.x, value.toDouble());
        case yColumn:
            return axisValue(m_chart->figure.y, value.toDouble());
        case timeColumn:
            return timeText(value.toDouble());
        case roofColumn:
            return plainText(100 * value.toDouble()) + " %";
        default:
            return value.toString();
    }
}

QVariant PointTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const bool axis = m_chart && (section == xColumn || section == yColumn);
    if (role == Qt::ToolTipRole && orientation == Qt::Horizontal && axis)
        return QString::fromStdString((section == xColumn ? m_chart->figure.x : m_chart->figure.y).title);
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return section + 1;
    switch (section) {
        case seriesColumn:
            return tr("Series");
        case provenanceColumn:
            return tr("Provenance");
        case operatorColumn:
            return tr("Operator");
        case phaseColumn:
            return tr("Phase");
        case batchColumn:
            return tr("Batch");
        case seqColumn:
            return tr("Seq");
        case specColumn:
            return tr("Spec");
        case shapeColumn:
            return tr("M×N×K");
        case xColumn:
            return m_chart ? axisHeader(m_chart->figure.x) : tr("x");
        case yColumn:
            return m_chart ? axisHeader(m_chart->figure.y) : tr("y");
        case timeColumn:
            return tr("Time");
        case roofColumn:
            return tr("Of roof");
        case boundColumn:
            return tr("Bound");
        case deviceColumn:
            return tr("Device");
        case flagsColumn:
            return tr("Flags");
        case fileColumn:
            return tr("File");
        case idColumn:
            return tr("Point");
        default:
            return {};
    }
}

}  // namespace ridge::gui
