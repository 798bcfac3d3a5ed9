// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/cursor_readout.hpp"

#include <QMouseEvent>
#include <cmath>

#include "gui/models/number_text.hpp"

namespace ridge::gui {

namespace {

QString axisText(const catalog::FigureAxis& axis, double logValue) {
    const double value = std::pow(10.0, logValue) / axis.unit;
    const bool plain = axis.suffixes == "plain" || axis.suffixes == "none";
    const QString number = plain ? plainText(value, 4) : siText(value, QString(), 4).trimmed();
    return QStringLiteral("%1: %2").arg(QString::fromStdString(axis.title), number);
}

}  // namespace

CursorReadout::CursorReadout(ChartView* view, QWidget* parent) : QLabel(parent), m_view(view) {
    setObjectName(QStringLiteral("cursorReadout"));
    setTextFormat(Qt::PlainText);
    view->viewport()->setMouseTracking(true);
    view->viewport()->installEventFilter(this);
}

bool CursorReadout::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::MouseMove) showValues(static_cast<QMouseEvent*>(event)->position());
    if (event->type() == QEvent::Leave) clear();
    return QLabel::eventFilter(watched, event);
}

void CursorReadout::showValues(const QPointF& position) {
    const PlotState& state = m_view->plot().state();
    if (!state.mapping.plot.contains(position)) {
        clear();
        return;
    }
    const QPointF log = state.mapping.toLog(position);
    setText(axisText(state.data->figure.x, log.x()) + QStringLiteral("     ") +
            axisText(state.data->figure.y, log.y()));
}

}  // namespace ridge::gui
