// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows before a file is open: how to open one, and the published figures.
#pragma once

#include <QGridLayout>
#include <QVBoxLayout>
#include <QWidget>

namespace ridge::gui {

class StartPage : public QWidget {
    Q_OBJECT

 public:
    explicit StartPage(QWidget* parent = nullptr);

    void setRecentFiles(const QStringList& files);

 signals:
    void openRequested();
    void fileChosen(const QString& file);
    void figureChosen(const QString& name);

 protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

 private:
    QWidget* makeIntroduction();
    void fillFigures();

    QVBoxLayout* m_recent;
    QGridLayout* m_figures;
    bool m_figuresStale = true;  ///< drawn when first shown, and in the new colours after a change of palette
};

}  // namespace ridge::gui
