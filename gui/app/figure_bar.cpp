// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/figure_bar.hpp"

#include <QLabel>
#include <QSignalBlocker>

#include "db/catalog/share.hpp"

namespace ridge::gui {

namespace {

/// The combo box's entry for "no figure: made from the data"; figures have their name or path.
const QString fromDataKey;

}  // namespace

FigureBar::FigureBar(const Actions& actions, QWidget* parent)
    : QToolBar(tr("Chart"), parent), m_figures(new QComboBox(this)), m_filter(new QLineEdit(this)) {
    setObjectName(QStringLiteral("figureBar"));
    setMovable(false);
    m_figures->setObjectName(QStringLiteral("figureChooser"));
    m_figures->setToolTip(tr("The published figure, or a chart made from the data"));
    m_figures->setAccessibleName(tr("Figure"));
    m_figures->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_figures->addItem(tr("From the data"), fromDataKey);
    for (const std::string& name : catalog::names("figures"))
        m_figures->addItem(QString::fromStdString(name), QString::fromStdString(name));
    connect(m_figures, &QComboBox::activated, this, &FigureBar::choose);

    m_filter->setObjectName(QStringLiteral("filter"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setPlaceholderText(tr("Filter, such as: phase = 'ar' AND batch >= 8"));
    m_filter->setToolTip(tr("Show only the points for which this SQL condition over v_points holds (%1)")
                             .arg(actions.focusFilter->shortcut().toString(QKeySequence::NativeText)));
    connect(m_filter, &QLineEdit::returnPressed, this,
            [this] { emit filterChosen(m_filter->text().trimmed()); });
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty()) emit filterChosen({});  // the clear button
    });

    addAction(actions.open);
    addSeparator();
    addWidget(m_figures);
    addActions(actions.kinds->actions());
    addSeparator();
    addWidget(m_filter);
    addSeparator();
    addActions({actions.reset, actions.exportPicture, actions.dark});
}

void FigureBar::showChart(const LoadRequest& request, const ChartData& chart) {
    const QString name = request.fromData ? fromDataKey : QString::fromStdString(chart.figure.name);
    int index = m_figures->findData(request.figure.isEmpty() ? name : request.figure);
    if (index < 0) {  // a figure given by its path
        m_figures->addItem(name, request.figure);
        index = m_figures->count() - 1;
    }
    m_figures->setCurrentIndex(index);
    const QSignalBlocker blocker(m_filter);
    m_filter->setText(request.where);
}

void FigureBar::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void FigureBar::choose(int index) {
    const QString key = m_figures->itemData(index).toString();
    if (key == fromDataKey)
        emit fromDataChosen();
    else
        emit figureChosen(key);
}

}  // namespace ridge::gui
