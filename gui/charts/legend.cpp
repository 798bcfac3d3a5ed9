// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/legend.hpp"

#include <algorithm>

#include "gui/charts/marker_painter.hpp"

namespace ridge::gui {
namespace {

constexpr double sampleWidth = 24, sampleGap = 6, padding = 8, inset = 9, columnGap = 14;

double rowHeight(double fontPixels) {
    return fontPixels * 1.5;
}

int rowCount(std::size_t entries, int columns) {
    return (static_cast<int>(entries) + columns - 1) / columns;
}

QString seriesText(const ChartSeries& series) {
    const QString word = provenanceWord(series.provenance);
    const bool said = word.isEmpty() || series.label.contains(word, Qt::CaseInsensitive);
    return said ? series.label : QStringLiteral("%1 (%2)").arg(series.label, word);
}

LegendLayout sized(const PlotState& state, const std::vector<LegendEntry>& entries, double fontPixels,
                   int columns) {
    LegendLayout layout{{}, fontPixels, columns, std::vector<double>(static_cast<std::size_t>(columns), 0)};
    const QFontMetricsF metrics(state.style.font(fontPixels));
    const auto rows = static_cast<std::size_t>(rowCount(entries.size(), columns));
    double width = 2 * padding + (columns - 1) * columnGap;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto& column = layout.columnWidths[i / rows];
        column = std::max(column, sampleWidth + sampleGap + metrics.horizontalAdvance(entries[i].text));
    }
    for (const double column : layout.columnWidths) {
        width += column;
    }
    layout.rect.setSize({width, 2 * padding - 4 + static_cast<double>(rows) * rowHeight(fontPixels)});
    return layout;
}

void drawSample(QPainter& painter, const PlotState& state, const LegendEntry& entry, const QPointF& center) {
    const QLineF line(center.x() - sampleWidth / 2, center.y(), center.x() + sampleWidth / 2, center.y());
    if (entry.line) {
        painter.setPen(QPen(entry.color, 1.8, entry.dashed ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(line);
    }
    if (entry.series >= 0) {
        const auto& series = state.data->series[static_cast<std::size_t>(entry.series)];
        MarkerPainter(series.marker, series.provenance, entry.color, state.style.background, 8)
            .draw(painter, center);
    }
}

}  // namespace

std::vector<LegendEntry> legendEntries(const PlotState& state) {
    std::vector<LegendEntry> entries;
    for (const auto& roof : state.data->roofs) {
        if (!roof.roofLabel.isEmpty()) {
            entries.push_back({roof.roofLabel, state.style.visible(roof.memoryColor), true, roof.dashed, -1});
        }
    }
    for (std::size_t i = 0; i < state.data->series.size(); ++i) {
        const auto& series = state.data->series[i];
        if (state.visible[i]) {
            entries.push_back({seriesText(series), state.style.visible(series.color), series.line,
                               series.provenance != db::Provenance::measured, static_cast<int>(i)});
        }
    }
    return entries;
}

LegendLayout layoutLegend(const PlotState& state, const std::vector<LegendEntry>& entries) {
    struct Attempt {
        double fontPixels;
        int columns;
    };
    static constexpr Attempt attempts[] = {{11, 1}, {10, 1}, {9, 1}, {10, 2}, {9, 2}, {8, 2}, {8, 3}};
    if (entries.empty()) {
        return {};
    }
    const QRectF room = state.mapping.plot.adjusted(inset, inset, -inset, -inset);
    LegendLayout layout;
    for (const auto& attempt : attempts) {
        layout = sized(state, entries, attempt.fontPixels, attempt.columns);
        if (layout.rect.width() <= room.width() && layout.rect.height() <= room.height()) {
            break;
        }
    }
    const QString corner = QString::fromStdString(state.data->figure.legend);
    layout.rect.moveTopLeft(room.topLeft());
    if (corner.contains(QLatin1String("right"))) {
        layout.rect.moveRight(room.right());
    }
    if (corner.contains(QLatin1String("bottom"))) {
        layout.rect.moveBottom(room.bottom());
    }
    return layout;
}

void LegendItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    const auto entries = legendEntries(state());
    if (entries.empty()) {
        return;
    }
    const auto layout = layoutLegend(state(), entries);
    QColor fill = state().style.background;
    fill.setAlphaF(0.86F);
    painter->setPen(QPen(state().style.grid, 1));
    painter->setBrush(fill);
    painter->drawRoundedRect(layout.rect, 3, 3);
    painter->setFont(state().style.font(layout.fontPixels));
    const int rows = rowCount(entries.size(), layout.columns);
    const double height = rowHeight(layout.fontPixels);
    double left = layout.rect.left() + padding;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const int row = static_cast<int>(i) % rows;
        if (row == 0 && i > 0) {
            left += layout.columnWidths[i / static_cast<std::size_t>(rows) - 1] + columnGap;
        }
        const double middle = layout.rect.top() + padding - 2 + (row + 0.5) * height;
        drawSample(*painter, state(), entries[i], {left + sampleWidth / 2, middle});
        painter->setPen(state().style.text);
        const QRectF box(left + sampleWidth + sampleGap, middle - height / 2, layout.rect.right(), height);
        painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, entries[i].text);
    }
}

}  // namespace ridge::gui
