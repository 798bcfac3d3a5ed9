// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/message_bar.hpp"

#include <QHBoxLayout>
#include <QStyle>
#include <QToolButton>

namespace ridge::gui {

MessageBar::MessageBar(QWidget* parent) : QFrame(parent), m_text(new QLabel(this)) {
    setObjectName(QStringLiteral("messageBar"));
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("Problems"));
    auto* icon = new QLabel(this);
    icon->setPixmap(style()->standardIcon(QStyle::SP_MessageBoxWarning).pixmap(20, 20));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* close = new QToolButton(this);
    close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    close->setToolTip(tr("Dismiss"));
    close->setAutoRaise(true);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 4, 4, 4);
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    layout->addWidget(close, 0, Qt::AlignTop);
    hide();
}

void MessageBar::showProblems(const std::vector<LoadProblem>& problems) {
    QStringList lines;
    for (const LoadProblem& problem : problems)
        lines << (problem.hint.isEmpty() ? problem.what
                                         : problem.what + QStringLiteral("\n    ") + problem.hint);
    m_text->setText(lines.join('\n'));
    setVisible(!problems.empty());
}

}  // namespace ridge::gui
