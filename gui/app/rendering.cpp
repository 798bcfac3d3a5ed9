// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/rendering.hpp"

#include <QFileInfo>

#include "gui/app/picture_size.hpp"
#include "gui/charts/render.hpp"

namespace ridge::gui {

QString renderPicture(const Options& options) {
    const RenderOptions& render = options.render.value();
    const QString path = QString::fromStdString(render.file.string());
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix != "png" && suffix != "svg" && suffix != "pdf")
        throw Error(ExitCode::usage, "cannot tell the picture's format from '" + render.file.string() + "'",
                    "end the name in .png, .svg or .pdf");
    const QSize size = pictureSize(render.size, suffix == "png");
    const LoadOutcome outcome = load(options.request);
    if (!outcome.problems.empty()) {
        const LoadProblem& problem = outcome.problems.front();
        throw Error(problem.code, problem.what.toStdString(), problem.hint.toStdString());
    }
    renderToFile(*outcome.chart, path, size, render.dark);
    return QStringLiteral("wrote %1: %2").arg(path, outcome.chart->subtitle);
}

}  // namespace ridge::gui
