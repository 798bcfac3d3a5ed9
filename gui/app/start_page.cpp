// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/start_page.hpp"

#include <QEvent>
#include <QFileInfo>
#include <QGraphicsScene>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>

#include "db/catalog/share.hpp"
#include "gui/charts/plot.hpp"
#include "gui/models/loading.hpp"

namespace ridge::gui {

namespace {

constexpr QSize thumbnailSize{320, 200};
constexpr int plotScale = 2;  ///< the plot is laid out larger, so that its texts fit

QPixmap thumbnail(const ChartDataPtr& chart, const QPalette& palette, qreal ratio) {
    auto plain = std::make_shared<ChartData>(*chart);
    plain->notes.clear();
    QGraphicsScene scene;
    auto* plot = new Plot;
    scene.addItem(plot);
    plot->setColors(palette);
    plot->resize(QSizeF(thumbnailSize) * plotScale);
    plot->setData(std::move(plain));
    QPixmap pixmap(thumbnailSize * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(plot->state().style.background);
    QPainter painter(&pixmap);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    scene.render(&painter, QRectF(QPointF(), thumbnailSize), QRectF(QPointF(), plot->size()));
    return pixmap;
}

QLabel* heading(const QString& text, double scale, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    QFont font = label->font();
    if (font.pixelSize() > 0)
        font.setPixelSize(qRound(font.pixelSize() * scale));
    else
        font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(true);
    label->setFont(font);
    return label;
}

void clear(QLayout& layout) {
    while (QLayoutItem* item = layout.takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

}  // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_recent(new QVBoxLayout), m_figures(new QGridLayout) {
    setObjectName(QStringLiteral("startPage"));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* published = new QWidget(this);
    auto* publishedLayout = new QVBoxLayout(published);
    publishedLayout->setContentsMargins(0, 0, 0, 0);
    publishedLayout->addWidget(heading(tr("Published figures"), 1.15, published));
    publishedLayout->addLayout(m_figures);
    publishedLayout->addStretch();
    m_figures->setSpacing(12);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(40);
    columns->addStretch(1);
    columns->addWidget(makeIntroduction(), 0);
    columns->addWidget(published, 0);
    columns->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->addStretch(1);
    layout->addLayout(columns);
    layout->addStretch(2);
}

QWidget* StartPage::makeIntroduction() {
    auto* introduction = new QWidget(this);
    introduction->setFixedWidth(330);
    auto* layout = new QVBoxLayout(introduction);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(heading(tr("Ridgepoint"), 2, introduction));
    auto* text =
        new QLabel(tr("Rooflines of LLM kernels: what the GPU's own counters measured, what a data sheet "
                      "promises, and what was published, never mixed up."),
                   introduction);
    text->setWordWrap(true);
    layout->addWidget(text);
    layout->addSpacing(12);
    auto* open = new QPushButton(tr("Open results…"), introduction);
    open->setObjectName(QStringLiteral("openButton"));
    open->setDefault(true);
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    layout->addWidget(open, 0, Qt::AlignLeft);
    auto* hint = new QLabel(tr("or drop .db files anywhere in this window. No results yet? In a terminal:\n\n"
                               "ridge collect llama-33b-speculation\n"
                               "ridge collect llama-13b --model \"NVIDIA A40\""),
                            introduction);
    hint->setWordWrap(true);
    hint->setTextInteractionFlags(Qt::TextSelectableByMouse);
    hint->setForegroundRole(QPalette::PlaceholderText);
    layout->addWidget(hint);
    layout->addSpacing(16);
    layout->addLayout(m_recent);
    layout->addStretch();
    return introduction;
}

void StartPage::setRecentFiles(const QStringList& files) {
    clear(*m_recent);
    if (files.isEmpty()) return;
    m_recent->addWidget(heading(tr("Recent files"), 1.15, this));
    for (const QString& file : files) {
        auto* link = new QToolButton(this);
        link->setText(QFileInfo(file).fileName());
        link->setToolTip(file);
        link->setAutoRaise(true);
        connect(link, &QToolButton::clicked, this, [this, file] { emit fileChosen(file); });
        m_recent->addWidget(link, 0, Qt::AlignLeft);
    }
}

void StartPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange) return;
    m_figuresStale = true;
    if (isVisible()) fillFigures();
}

void StartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_figuresStale) fillFigures();
}

void StartPage::fillFigures() {
    m_figuresStale = false;
    clear(*m_figures);
    int position = 0;
    for (const std::string& name : catalog::names("figures")) {
        LoadRequest request;
        request.figure = QString::fromStdString(name);
        const LoadOutcome outcome = load(request);
        if (!outcome.chart) continue;
        auto* card = new QToolButton(this);
        card->setObjectName(QStringLiteral("figure:") + request.figure);
        card->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        card->setIcon(thumbnail(outcome.chart, palette(), devicePixelRatioF()));
        card->setIconSize(thumbnailSize);
        card->setText(request.figure);
        card->setToolTip(outcome.chart->subtitle);
        card->setAutoRaise(true);
        connect(card, &QToolButton::clicked, this, [this, request] { emit figureChosen(request.figure); });
        m_figures->addWidget(card, position / 2, position % 2);
        ++position;
    }
}

}  // namespace ridge::gui
