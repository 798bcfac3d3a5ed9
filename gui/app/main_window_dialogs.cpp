// SPDX-License-Identifier: GPL-3.0-or-later
// The window's dialogs: opening, exporting, about.
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QStatusBar>

#include "gui/app/main_window.hpp"
#include "gui/app/message_bar.hpp"
#include "gui/app/theme.hpp"
#include "gui/charts/chart_view.hpp"
#include "gui/charts/render.hpp"

namespace ridge::gui {

void MainWindow::openDialog(bool add) {
    const QStringList files =
        QFileDialog::getOpenFileNames(this, add ? tr("Add results files") : tr("Open results files"),
                                      m_settings.lastDirectory(), tr("Results files (*.db);;All files (*)"));
    if (files.isEmpty()) return;
    m_settings.setLastDirectory(QFileInfo(files.front()).absolutePath());
    add ? m_session.addFiles(files) : m_session.openFiles(files);
}

void MainWindow::exportDialog() {
    const QString name = QString::fromStdString(m_session.chart()->figure.name);
    const QString suggestion =
        m_settings.lastDirectory() + '/' + (name.isEmpty() ? QStringLiteral("ridgepoint") : name) + ".png";
    const QString file =
        QFileDialog::getSaveFileName(this, tr("Export what is shown"), suggestion,
                                     tr("Picture (*.png);;Vector graphic (*.svg);;Document (*.pdf)"));
    if (file.isEmpty()) return;
    try {
        const bool raster = file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive);
        renderToFile(visibleChart(), file, m_view->size() * (raster ? 2 : 1), isDark(palette()));
        m_settings.setLastDirectory(QFileInfo(file).absolutePath());
        statusBar()->showMessage(tr("Wrote %1").arg(file), 5000);
    } catch (const Error& error) {
        m_messages->showProblems(
            {{error.code(), QString::fromUtf8(error.what()), QString::fromStdString(error.hint())}});
    }
}

void MainWindow::showAbout() {
    QMessageBox::about(
        this, tr("About Ridgepoint"),
        tr("<h3>Ridgepoint %1</h3><p>Measured rooflines for LLM kernels.</p>"
           "<p>Solid markers were measured with the GPU's own counters, outlines are modelled from data "
           "sheets, thin crosses were published, diamonds come from another tool.</p>"
           "<p>This program: GPL-3.0-or-later. The rest of Ridgepoint: Apache-2.0.</p>")
            .arg(QStringLiteral(RIDGE_VERSION)));
}

}  // namespace ridge::gui
