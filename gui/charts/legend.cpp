// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/legend.hpp"

#include <algorithm>

#include "gui/charts/marker_painter.hpp"
#include "gui/charts/roof_lines.hpp"

namespace ridge::gui {
namespace {

constexpr double lineSample = 24, markerSample = 12, sampleGap = 6, padding = 8, inset = 9, columnGap = 14;

double rowHeight(double fontPixels) {
    return fontPixels * 1.5;
}

double sampleWidth(const std::vector<LegendEntry>& entries) {
    return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry.line; })
               ? lineSample
               : markerSample;
}

QString seriesText(const ChartSeries& series) {
    const QString word = provenanceWord(series.provenance);
    const bool said = word.isEmpty() || series.label.contains(word, Qt::CaseInsensitive);
    return said ? series.label : QStringLiteral("%1 (%2)").arg(series.label, word);
}

LegendLayout sized(const PlotState& state, const std::vector<LegendEntry>& entries, double fontPixels,
                   int columns) {
    const QFontMetricsF metrics(state.style.font(fontPixels));
    const auto rows =
        (entries.size() + static_cast<std::size_t>(columns) - 1) / static_cast<std::size_t>(columns);
    LegendLayout layout{{}, fontPixels, std::vector<double>((entries.size() + rows - 1) / rows, 0), false};
    double width = 2 * padding + static_cast<double>(layout.columnWidths.size() - 1) * columnGap;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto& column = layout.columnWidths[i / rows];
        column =
            std::max(column, sampleWidth(entries) + sampleGap + metrics.horizontalAdvance(entries[i].text));
    }
    for (const double column : layout.columnWidths) {
        width += column;
    }
    layout.rect.setSize({width, 2 * padding - 4 + static_cast<double>(rows) * rowHeight(fontPixels)});
    return layout;
}

/// A point, a line or a roof of the home view under `rect`.
bool hidesData(const PlotState& state, const QRectF& rect) {
    const PlotMapping home{state.mapping.plot, state.home};
    const QRectF around = rect.adjusted(-5, -5, 5, 5);
    for (std::size_t i = 0; i < state.logs.size(); ++i) {
        const auto hidden = [&](const QPointF& log) {
            return home.shows(log) && around.contains(home.fromLog(log));
        };
        if (state.visible[i] && std::any_of(state.logs[i].begin(), state.logs[i].end(), hidden)) {
            return true;
        }
    }
    const QRectF corner(home.toLog(around.bottomLeft()), home.toLog(around.topRight()));
    const LogView covered{{corner.left(), corner.right()}, {corner.top(), corner.bottom()}};
    return state.data->figure.kind == catalog::ChartKind::roofline &&
           std::any_of(state.data->roofs.begin(), state.data->roofs.end(), [&](const ChartRoof& roof) {
               const auto geometry = roofGeometry(roof, covered);
               return geometry.slope || geometry.ceiling || geometry.ridge;
           });
}

void drawSample(QPainter& painter, const PlotState& state, const LegendEntry& entry, const QPointF& center) {
    const QLineF line(center.x() - lineSample / 2, center.y(), center.x() + lineSample / 2, center.y());
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

std::optional<LegendLayout> legendInside(const PlotState& state) {
    const auto entries = legendEntries(state);
    if (entries.empty()) {
        return LegendLayout{};
    }
    const QRectF room = state.mapping.plot.adjusted(inset, inset, -inset, -inset);
    const std::string& corner = state.data->figure.legend;
    for (const double fontPixels : {11.0, 10.0, 9.0}) {
        LegendLayout layout = sized(state, entries, fontPixels, 1);
        layout.rect.moveTopLeft(room.topLeft());
        if (corner.find("right") != std::string::npos) {
            layout.rect.moveRight(room.right());
        }
        if (corner.find("bottom") != std::string::npos) {
            layout.rect.moveBottom(room.bottom());
        }
        if (room.adjusted(-1, -1, 1, 1).contains(layout.rect) && !hidesData(state, layout.rect)) {
            return layout;
        }
    }
    return std::nullopt;
}

LegendLayout legendBelow(const PlotState& state) {
    const auto entries = legendEntries(state);
    const int most = static_cast<int>(std::min<std::size_t>(entries.size(), 4));
    LegendLayout layout;
    for (const double fontPixels : {10.0, 9.0, 8.0}) {
        for (int columns = most; columns > 1; --columns) {
            layout = sized(state, entries, fontPixels, columns);
            layout.below = true;
            if (layout.rect.width() <= state.size.width() - inset) {
                return layout;
            }
        }
    }
    layout = sized(state, entries, 9, 1);
    layout.below = true;
    return layout;
}

void LegendItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    const auto entries = legendEntries(state());
    if (entries.empty()) {
        return;
    }
    const auto& layout = state().legend;
    if (!layout.below) {
        QColor fill = state().style.background;
        fill.setAlphaF(0.86F);
        painter->setPen(QPen(state().style.grid, 1));
        painter->setBrush(fill);
        painter->drawRoundedRect(layout.rect, 3, 3);
    }
    painter->setFont(state().style.font(layout.fontPixels));
    const auto columns = layout.columnWidths.size(), rows = (entries.size() + columns - 1) / columns;
    const double height = rowHeight(layout.fontPixels), sample = sampleWidth(entries);
    double left = layout.rect.left() + padding;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i > 0 && i % rows == 0) {
            left += layout.columnWidths[i / rows - 1] + columnGap;
        }
        const double middle =
            layout.rect.top() + padding - 2 + (static_cast<double>(i % rows) + 0.5) * height;
        drawSample(*painter, state(), entries[i], {left + sample / 2, middle});
        painter->setPen(state().style.text);
        const QRectF box(left + sample + sampleGap, middle - height / 2, layout.rect.width(), height);
        painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, entries[i].text);
    }
}

}  // namespace ridge::gui
