// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot_frame.hpp"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace ridge::gui {
namespace {

constexpr double outer = 12, tickLength = 5, minorTickLength = 3, tickGap = 4, titleGap = 5, noteGap = 9;
constexpr double titlePixels = 15, subtitlePixels = 12, axisTitlePixels = 13, tickPixels = 11,
                 notePixels = 10;
constexpr int wrapped = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

double lineHeight(const PlotState& state, double pixels) {
    return QFontMetricsF(state.style.font(pixels)).height();
}

/// Room for any label that zooming may bring, so that the plot area keeps its place.
double labelWidth(const PlotState& state) {
    const auto style = tickStyle(state.data->figure.y.suffixes);
    const QString widest = style == TickStyle::power ? QStringLiteral("2.5·10¹¹") : QStringLiteral("1000.5");
    return QFontMetricsF(state.style.font(tickPixels)).horizontalAdvance(widest) - 4;
}

double notesWidth(const PlotState& state) {
    return std::max(50.0, state.size.width() - 2 * outer);
}

double noteHeight(const PlotState& state, const QString& note) {
    return QFontMetricsF(state.style.font(notePixels))
        .boundingRect(QRectF(0, 0, notesWidth(state), 1e4), wrapped, note)
        .height();
}

/// As many notes as a fifth of the picture holds; the last line says how many more there are.
QStringList fittingNotes(const PlotState& state) {
    const QStringList all = chartNotes(state);
    QStringList shown;
    double height = 0;
    for (const auto& note : all) {
        height += noteHeight(state, note);
        if (!shown.isEmpty() && height > state.size.height() / 5) {
            shown << QCoreApplication::translate("ridge::gui", "and %n more note(s)", nullptr,
                                                 static_cast<int>(all.size() - shown.size()));
            break;
        }
        shown << note;
    }
    return shown;
}

double notesHeight(const PlotState& state) {
    double height = 0;
    for (const auto& note : fittingNotes(state)) {
        height += noteHeight(state, note);
    }
    return height == 0 ? 0 : height + noteGap;
}

QString axisTitle(const catalog::FigureAxis& axis) {
    return QString::fromStdString(axis.title);
}

std::vector<Tick> axisTicks(const catalog::FigureAxis& axis, const LogRange& range, int room) {
    const double unit = axis.unit > 0 ? std::log10(axis.unit) : 0;
    auto ticks = logTicks(range.low - unit, range.high - unit, axis.base, tickStyle(axis.suffixes), room);
    for (auto& tick : ticks) {
        tick.position += unit;
    }
    return ticks;
}

class FramePainter {
 public:
    FramePainter(QPainter& painter, const PlotState& state)
        : m_painter(painter), m_state(state), m_plot(state.mapping.plot) {}

    void drawTicks() {
        m_painter.setPen(QPen(m_state.style.frame, 1));
        m_painter.setFont(m_state.style.font(tickPixels));
        const double height = lineHeight(m_state, tickPixels);
        for (const auto& tick : xTicks(m_state)) {
            const double x = m_state.mapping.fromLog({tick.position, 0}).x();
            const double end = m_plot.bottom() + (tick.major() ? tickLength : minorTickLength);
            m_painter.drawLine(QLineF(x, m_plot.bottom(), x, end));
            label({x - 40, end + tickGap - 2, 80, height}, Qt::AlignHCenter | Qt::AlignTop, tick);
        }
        for (const auto& tick : yTicks(m_state)) {
            const double y = m_state.mapping.fromLog({0, tick.position}).y();
            const double end = m_plot.left() - (tick.major() ? tickLength : minorTickLength);
            m_painter.drawLine(QLineF(end, y, m_plot.left(), y));
            label({end - tickGap - 90, y - height / 2, 90, height}, Qt::AlignRight | Qt::AlignVCenter, tick);
        }
    }

    void drawAxisTitles() {
        m_painter.setPen(m_state.style.text);
        m_painter.setFont(m_state.style.font(axisTitlePixels));
        const double height = lineHeight(m_state, axisTitlePixels);
        const double top = m_plot.bottom() + tickLength + tickGap + lineHeight(m_state, tickPixels) + 1;
        m_painter.drawText(QRectF(m_plot.left() - 60, top, m_plot.width() + 120, height), Qt::AlignCenter,
                           axisTitle(m_state.data->figure.x));
        // A title longer than the axis stays inside the picture.
        const QString yTitle = axisTitle(m_state.data->figure.y);
        const double half = m_painter.fontMetrics().horizontalAdvance(yTitle) / 2.0 + 4;
        const double middle = std::max(half, std::min(m_plot.center().y(), m_state.size.height() - half));
        m_painter.save();
        m_painter.translate(outer - 3, middle);
        m_painter.rotate(-90);
        m_painter.drawText(QRectF(-half, 0, 2 * half, height), Qt::AlignCenter, yTitle);
        m_painter.restore();
    }

    void drawHeading() {
        double top = outer - 2;
        const auto draw = [&](const QString& text, double pixels, bool bold, const QColor& color) {
            if (!text.isEmpty()) {
                const QFont font = m_state.style.font(pixels, bold);
                const QFontMetricsF metrics(font);
                m_painter.setFont(font);
                m_painter.setPen(color);
                const QRectF box(m_plot.left(), top, m_state.size.width() - m_plot.left() - outer,
                                 metrics.height());
                m_painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                                   metrics.elidedText(text, Qt::ElideRight, box.width()));
                top += metrics.height() + 2;
            }
        };
        draw(m_state.data->title, titlePixels, true, m_state.style.text);
        draw(m_state.data->subtitle, subtitlePixels, false, m_state.style.dimText);
    }

    void drawNotes() {
        m_painter.setFont(m_state.style.font(notePixels));
        m_painter.setPen(m_state.style.dimText);
        double top = m_state.size.height() - outer + 4 + noteGap - notesHeight(m_state);
        for (const auto& note : fittingNotes(m_state)) {
            const double height = noteHeight(m_state, note);
            m_painter.drawText(QRectF(outer, top, notesWidth(m_state), height + 2), wrapped, note);
            top += height;
        }
    }

 private:
    void label(const QRectF& box, int flags, const Tick& tick) {
        if (tick.major()) {
            const QPen line = m_painter.pen();
            m_painter.setPen(m_state.style.text);
            m_painter.drawText(box, flags, QString::fromStdString(tick.label));
            m_painter.setPen(line);
        }
    }

    QPainter& m_painter;
    const PlotState& m_state;
    QRectF m_plot;
};

}  // namespace

std::vector<Tick> xTicks(const PlotState& state) {
    const double widest =
        QFontMetricsF(state.style.font(tickPixels)).horizontalAdvance(QStringLiteral("0000"));
    const int room = static_cast<int>(state.mapping.plot.width() / (widest + 8)) + 1;
    return axisTicks(state.data->figure.x, state.mapping.view.x, room);
}

std::vector<Tick> yTicks(const PlotState& state) {
    const int room = static_cast<int>(state.mapping.plot.height() / 24) + 1;
    return axisTicks(state.data->figure.y, state.mapping.view.y, room);
}

QStringList chartNotes(const PlotState& state) {
    QStringList notes = state.data->notes;
    if (const int outside = pointsOutsideHome(state); outside > 0) {
        notes << QCoreApplication::translate(
            "ridge::gui", "%n point(s) outside the axes: zoom out to see them.", nullptr, outside);
    }
    return notes;
}

double xAxisHeight(const PlotState& state) {
    return tickLength + tickGap + lineHeight(state, tickPixels) + lineHeight(state, axisTitlePixels);
}

QRectF plotRect(const PlotState& state) {
    const double left =
        outer - 3 + lineHeight(state, axisTitlePixels) + titleGap + labelWidth(state) + tickGap + tickLength;
    double top = outer;
    if (!state.data->title.isEmpty()) {
        top += QFontMetricsF(state.style.font(titlePixels, true)).height() + 2;
    }
    if (!state.data->subtitle.isEmpty()) {
        top += lineHeight(state, subtitlePixels) + 2;
    }
    top += top > outer ? 4 : 2;
    const double legend = state.legend.below ? state.legend.rect.height() : 0;
    const double bottom = outer - 4 + notesHeight(state) + legend + xAxisHeight(state);
    const QRectF area(left, top, state.size.width() - left - 1.6 * outer, state.size.height() - top - bottom);
    // A window can be made too small to hold anything; the mapping still needs a rectangle.
    return {area.topLeft(), area.size().expandedTo({20, 20})};
}

void GridItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    painter->fillRect(boundingRect(), state().style.background);
    const auto& plot = state().mapping.plot;
    const bool fine = state().data->figure.fineGrid;
    const QPen major(state().style.grid, 1, fine ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap);
    const QPen minor(state().style.fineGrid, 1, Qt::DotLine, Qt::FlatCap);
    for (const auto& tick : xTicks(state())) {
        if (tick.major() || fine) {
            const double x = state().mapping.fromLog({tick.position, 0}).x();
            painter->setPen(tick.major() ? major : minor);
            painter->drawLine(QLineF(x, plot.top(), x, plot.bottom()));
        }
    }
    for (const auto& tick : yTicks(state())) {
        if (tick.major() || fine) {
            const double y = state().mapping.fromLog({0, tick.position}).y();
            painter->setPen(tick.major() ? major : minor);
            painter->drawLine(QLineF(plot.left(), y, plot.right(), y));
        }
    }
}

void FrameItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* /*option*/, QWidget* /*widget*/) {
    FramePainter frame(*painter, state());
    frame.drawTicks();
    frame.drawAxisTitles();
    frame.drawHeading();
    frame.drawNotes();
    painter->setBrush(Qt::NoBrush);
    painter->setPen(
        QPen(state().focused ? state().style.focus : state().style.frame, state().focused ? 2 : 1));
    painter->drawRect(state().mapping.plot);
}

}  // namespace ridge::gui
