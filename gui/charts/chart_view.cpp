// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/chart_view.hpp"

#include <QGraphicsRectItem>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>

#include "gui/charts/points_item.hpp"
#include "gui/charts/roof_lines.hpp"

// No handler passes a mouse event to QChartView: in Qt 6.4 a press outside every item is a crash there.

namespace ridge::gui {
namespace {

constexpr double dragPixels = 10, hitPixels = 12, wheelStep = 0.85, keyStep = 0.7, panShare = 0.1;
constexpr qint64 oneWheelGestureMs = 700;

}  // namespace

ChartView::ChartView(QWidget* parent)
    : QChartView(parent), m_plot(new Plot), m_box(new QGraphicsRectItem(m_plot)) {
    setChart(m_plot);
    setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    m_box->setZValue(100);
    m_box->hide();
    m_plot->setColors(palette());
    m_range = ViewRange(m_plot->state().home);
}

QPointF ChartView::mapToPosition(double x, double y) const {
    return viewportTransform().map(m_plot->mapToScene(m_plot->state().mapping.fromValue(x, y)));
}

void ChartView::setData(ChartDataPtr chartData) {
    endGesture();
    m_plot->setData(std::move(chartData));
    m_range = ViewRange(m_plot->state().home);
    setAccessibleName(m_plot->state().data->title);
    emit viewChanged();
}

void ChartView::setSeriesVisible(int series, bool visible) {
    m_plot->setSeriesVisible(series, visible);
}

void ChartView::resetView() {
    m_range.reset();
    applyView();
}

void ChartView::zoomIn() {
    zoomAboutCenter(keyStep);
}

void ChartView::zoomOut() {
    zoomAboutCenter(1 / keyStep);
}

void ChartView::back() {
    if (m_range.back()) {
        applyView();
    }
}

void ChartView::showView(const LogView& view) {
    m_range.remember();
    m_range.show(view);
    applyView();
}

void ChartView::highlight(int series, int point) {
    m_plot->setHighlight(PointRef{series, point});
    if (const auto& shown = m_plot->state().highlight) {
        const QPointF log = m_plot->state().logAt(*shown);
        if (!m_plot->state().mapping.shows(log) && !std::isnan(log.x()) && !std::isnan(log.y())) {
            m_range.remember();
            m_range.panBy(log.x() - m_range.current().x.center(), log.y() - m_range.current().y.center());
            applyView();
        }
    }
}

void ChartView::applyView() {
    m_plot->setView(m_range.current());
    emit viewChanged();
}

void ChartView::zoomAboutCenter(double factor) {
    m_range.remember();
    m_range.zoomAbout(m_range.current().x.center(), m_range.current().y.center(), factor, factor);
    applyView();
}

void ChartView::wheelEvent(QWheelEvent* event) {
    event->accept();
    const double steps = event->angleDelta().y() / 120.0;
    const auto& mapping = m_plot->state().mapping;
    const QPointF position = event->position();
    const bool overX = position.y() > mapping.plot.bottom(), overY = position.x() < mapping.plot.left();
    if (steps == 0 || (overX && overY)) {
        return;
    }
    if (!m_sinceWheel.isValid() || m_sinceWheel.elapsed() > oneWheelGestureMs) {
        m_range.remember();
    }
    m_sinceWheel.start();
    const QPointF anchor = mapping.toLog(position);
    const double factor = std::pow(wheelStep, steps);
    m_range.zoomAbout(anchor.x(), anchor.y(), overY ? 1 : factor, overX ? 1 : factor);
    applyView();
    hover(position);
}

void ChartView::mousePressEvent(QMouseEvent* event) {
    event->accept();
    m_sinceWheel.invalidate();
    if (event->button() == Qt::RightButton) {
        endGesture();
        back();
    } else if (event->button() == Qt::LeftButton) {
        m_gesture = event->modifiers() & Qt::ShiftModifier ? Gesture::boxing : Gesture::pressed;
        m_pressed = m_last = event->position();
    }
}

void ChartView::mouseMoveEvent(QMouseEvent* event) {
    event->accept();
    const QPointF position = event->position();
    if (m_gesture == Gesture::none || !(event->buttons() & Qt::LeftButton)) {
        hover(position);
        return;
    }
    if (m_gesture == Gesture::boxing) {
        m_box->setRect(QRectF(m_pressed, position).normalized().intersected(m_plot->state().mapping.plot));
        m_box->setPen(QPen(m_plot->state().style.focus, 1, Qt::DashLine));
        m_box->show();
        return;
    }
    if (m_gesture == Gesture::pressed && QLineF(m_pressed, position).length() >= dragPixels) {
        m_gesture = Gesture::panning;
        m_range.remember();
        setCursor(Qt::ClosedHandCursor);
    }
    if (m_gesture == Gesture::panning) {
        const QPointF moved = m_plot->state().mapping.toLog(m_last) - m_plot->state().mapping.toLog(position);
        m_range.panBy(moved.x(), moved.y());
        m_last = position;
        applyView();
    }
}

void ChartView::mouseReleaseEvent(QMouseEvent* event) {
    event->accept();
    if (event->button() != Qt::LeftButton) {
        return;
    }
    const Gesture ended = m_gesture;
    endGesture();
    if (ended == Gesture::boxing) {
        showBox(m_pressed, event->position());
    } else if (ended == Gesture::pressed) {
        if (const auto ref = nearestPoint(m_plot->state(), event->position(), hitPixels)) {
            emit clicked(ref->series, ref->point);
        }
    }
}

void ChartView::mouseDoubleClickEvent(QMouseEvent* event) {
    mousePressEvent(event);
}

void ChartView::contextMenuEvent(QContextMenuEvent* event) {
    event->accept();
}

void ChartView::leaveEvent(QEvent* /*event*/) {
    if (m_plot->state().highlight) {
        m_plot->setHighlight(std::nullopt);
        emit hovered(-1, -1);
    }
}

bool ChartView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) {
        return QChartView::viewportEvent(event);
    }
    const auto* help = dynamic_cast<QHelpEvent*>(event);
    const QStringList details = m_plot->state().highlight || help == nullptr
                                    ? QStringList()
                                    : roofDetailsAt(m_plot->state(), help->pos(), hitPixels);
    if (details.isEmpty()) {
        QToolTip::hideText();
        event->ignore();
    } else {
        // As text: the name of a kernel may look like markup.
        QToolTip::showText(help->globalPos(),
                           QStringLiteral("<p style='white-space:pre'>") + details.join('\n').toHtmlEscaped(),
                           viewport());
    }
    return true;
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    const auto pan = [this](double x, double y) {
        m_range.remember();
        m_range.panBy(x * panShare * m_range.current().x.span(), y * panShare * m_range.current().y.span());
        applyView();
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return pan(-1, 0);
        case Qt::Key_Right:
            return pan(1, 0);
        case Qt::Key_Up:
            return pan(0, 1);
        case Qt::Key_Down:
            return pan(0, -1);
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomIn();
        case Qt::Key_Minus:
            return zoomOut();
        case Qt::Key_Backspace:
            return back();
        case Qt::Key_Home:
            return resetView();
        default:
            event->ignore();
    }
}

void ChartView::changeEvent(QEvent* event) {
    QChartView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_plot->setColors(palette());
    } else if (event->type() == QEvent::FontChange) {
        m_plot->setFont(font());
    }
}

void ChartView::focusInEvent(QFocusEvent* event) {
    QChartView::focusInEvent(event);
    const auto reason = event->reason();
    m_plot->setFocusShown(reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                          reason == Qt::ShortcutFocusReason);
}

void ChartView::focusOutEvent(QFocusEvent* event) {
    QChartView::focusOutEvent(event);
    m_plot->setFocusShown(false);
}

void ChartView::hover(const QPointF& position) {
    const auto ref = nearestPoint(m_plot->state(), position, hitPixels);
    if (ref == m_plot->state().highlight) {
        return;
    }
    m_plot->setHighlight(ref);
    emit hovered(ref ? ref->series : -1, ref ? ref->point : -1);
}

void ChartView::showBox(const QPointF& from, const QPointF& to) {
    const auto& mapping = m_plot->state().mapping;
    const QRectF box = QRectF(from, to).normalized().intersected(mapping.plot);
    if (box.width() < dragPixels || box.height() < dragPixels) {
        return;
    }
    const QPointF low = mapping.toLog(box.bottomLeft()), high = mapping.toLog(box.topRight());
    m_range.remember();
    m_range.show({{low.x(), high.x()}, {low.y(), high.y()}});
    applyView();
}

void ChartView::endGesture() {
    m_gesture = Gesture::none;
    m_box->hide();
    unsetCursor();
}

}  // namespace ridge::gui
