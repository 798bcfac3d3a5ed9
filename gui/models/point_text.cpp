// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/point_text.hpp"

#include <QCoreApplication>
#include <QMap>
#include <optional>

#include "gui/models/number_text.hpp"

namespace ridge::gui {

namespace {

struct PointText {
    Q_DECLARE_TR_FUNCTIONS(PointText)
};

QString text(const std::string& value) {
    return QString::fromStdString(value);
}

const QString separator = QStringLiteral(" · ");

void addLine(QStringList& lines, const QStringList& parts) {
    QStringList present = parts;
    present.removeAll(QString());
    if (!present.isEmpty()) lines << present.join(separator);
}

QString rateText(const std::optional<double>& value, const QString& which) {
    return value ? siText(*value, "FLOP/s") + ' ' + which : QString();
}

QString intensityText(const std::optional<double>& value, const QString& which) {
    return value ? plainText(*value) + " FLOP/B " + which : QString();
}

QString countText(const std::optional<double>& value, const QString& unit, const QString& which) {
    return value ? siText(*value, unit) + ' ' + which : QString();
}

QString timeLine(const db::Point& point) {
    if (!point.timeNs) return {};
    QString line = PointText::tr("Time %1").arg(timeText(*point.timeNs));
    QStringList basis;
    if (point.timeLowNs && point.timeHighNs)
        basis << PointText::tr("95 % interval %1").arg(timeRangeText(*point.timeLowNs, *point.timeHighNs));
    if (point.samples) basis << PointText::tr("%1 samples").arg(*point.samples);
    return basis.isEmpty() ? line : line + " (" + basis.join(", ") + ')';
}

QString shapeText(const db::Point& point) {
    if (!point.m || !point.n || !point.k) return {};
    return QStringLiteral("M×N×K %1×%2×%3").arg(*point.m).arg(*point.n).arg(*point.k);
}

/// A measured point may have been timed only.
QString countersText(const db::Point& point) {
    if (point.provenance != db::Provenance::measured) return {};
    return point.flopsExecuted || point.dramBytes ? PointText::tr(" with hardware counters")
                                                  : PointText::tr(": time only, no counters");
}

QString roofLine(const db::PointRow& row) {
    QStringList parts;
    if (row.roofFraction) parts << PointText::tr("%1 % of its roof").arg(plainText(100 * *row.roofFraction));
    if (!row.bound.empty()) parts << PointText::tr("%1 bound").arg(text(row.bound));
    return parts.join(separator);
}

QString flagText(const QString& flag) {
    static const QMap<QString, QString> words{
        {"under_20us", PointText::tr("shorter than 20 µs")},
        {"multi_pass", PointText::tr("counters took several passes")},
        {"above_roof", PointText::tr("above its roof: check the ceilings")},
        {"clock_drift", PointText::tr("the clock drifted")},
        {"throttled", PointText::tr("the GPU throttled")},
        {"padded", PointText::tr("tiles are padded")},
        {"l2_resident", PointText::tr("operands stay in L2")},
        {"short_rotation", PointText::tr("memory was short: operands came again from L2")},
        {"unproven_flops", PointText::tr("no tensor FLOPs, and the tensor pipe was not looked at")},
        {"shared_device", PointText::tr("another process used the GPU")},
        {"assumed_acceptance", PointText::tr("acceptance is assumed, not measured")},
    };
    return words.value(flag, flag);
}

QString flagLine(const db::Point& point) {
    QStringList words;
    for (const QString& flag : text(point.flags).split(',', Qt::SkipEmptyParts)) words << flagText(flag);
    return words.isEmpty() ? QString() : PointText::tr("Note: %1").arg(words.join("; "));
}

}  // namespace

QString provenanceName(db::Provenance provenance) {
    switch (provenance) {
        case db::Provenance::measured:
            return PointText::tr("measured");
        case db::Provenance::modeled:
            return PointText::tr("modelled");
        case db::Provenance::reference:
            return PointText::tr("published");
        case db::Provenance::imported:
            return PointText::tr("imported");
    }
    return {};
}

QString provenanceSentence(db::Provenance provenance) {
    switch (provenance) {
        case db::Provenance::measured:
            return PointText::tr("Measured on");
        case db::Provenance::modeled:
            return PointText::tr("Modelled from datasheet ceilings of");
        case db::Provenance::reference:
            return PointText::tr("Published for");
        case db::Provenance::imported:
            return PointText::tr("Imported from another tool, measured on");
    }
    return {};
}

QString pointTitle(const db::PointRow& row) {
    const db::Point& point = row.point;
    QStringList parts;
    for (const std::string* name : {&point.op, &point.phase, &point.implementation})
        if (!name->empty()) parts << text(*name);
    if (point.batch) parts << PointText::tr("batch %1").arg(*point.batch);
    if (point.seq) parts << PointText::tr("seq %1").arg(*point.seq);
    if (point.spec) parts << PointText::tr("spec %1").arg(*point.spec);
    if (parts.isEmpty() && !point.series.empty()) parts << text(point.series);
    return parts.isEmpty() ? PointText::tr("point %1").arg(point.id.value_or(0)) : parts.join(separator);
}

QStringList pointDetails(const db::PointRow& row, const QString& seriesNote) {
    const db::Point& point = row.point;
    QStringList lines;
    const QString device = row.device.empty() ? PointText::tr("an unnamed device") : text(row.device);
    addLine(lines, {provenanceSentence(point.provenance) + ' ' + device + countersText(point)});
    addLine(lines, {rateText(row.flopsPerS, PointText::tr("executed")),
                    rateText(row.usefulFlopsPerS, PointText::tr("useful")),
                    rateText(row.algorithmicFlopsPerS, PointText::tr("algorithmic"))});
    addLine(lines, {intensityText(row.intensity, PointText::tr("measured")),
                    intensityText(row.intensityAlgorithmic, PointText::tr("algorithmic"))});
    addLine(lines, {roofLine(row)});
    addLine(lines, {timeLine(point)});
    addLine(lines, {shapeText(point), text(point.dtype), text(point.layout),
                    point.cache.empty() ? QString() : PointText::tr("%1 cache").arg(text(point.cache))});
    addLine(lines, {countText(point.flopsExecuted, "FLOP", PointText::tr("executed")),
                    countText(point.flopsAlgorithmic, "FLOP", PointText::tr("algorithmic"))});
    addLine(lines, {countText(point.dramBytes, "B", PointText::tr("DRAM")),
                    countText(point.compulsoryBytes, "B", PointText::tr("compulsory"))});
    addLine(
        lines,
        {point.plan.empty() ? QString() : PointText::tr("Plan %1").arg(text(point.plan)), text(point.model),
         point.measuredAs ? PointText::tr("same samples as point %1").arg(*point.measuredAs) : QString()});
    addLine(lines, {flagLine(point)});
    addLine(lines, {seriesNote});
    return lines;
}

QString referenceTitle(const catalog::FigureOverlay& overlay, const catalog::ReferencePoint& point) {
    return text(point.label.empty() ? overlay.label : point.label);
}

QStringList referenceDetails(const catalog::FigureOverlay& overlay, const catalog::ReferencePoint& point,
                             const catalog::Figure& figure) {
    const auto axisText = [](const catalog::FigureAxis& axis, double value) {
        return text(axis.title) + ' ' + siText(value / axis.unit, QString()).trimmed();
    };
    QStringList lines{PointText::tr("Published, not measured here")};
    addLine(lines, {axisText(figure.x, point.x), axisText(figure.y, point.y)});
    addLine(lines, {text(point.source.empty() ? overlay.source : point.source)});
    addLine(lines, {text(point.note.empty() ? overlay.note : point.note)});
    return lines;
}

}  // namespace ridge::gui
