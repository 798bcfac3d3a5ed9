// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a chart into a file, the same as on the screen, with no display.
#pragma once

#include <QSize>
#include <QString>

#include "gui/charts/chart_data.hpp"

namespace ridge::gui {

/// PNG, SVG or PDF by the path's suffix; `size` in pixels (SVG, PDF: 1/96 inch, so 84 mm are 317). A larger
/// picture is the same picture with more pixels, not with smaller text. Needs a QApplication; written beside
/// and renamed. The picture carries the figure's name, the provenances shown and the version as metadata.
/// Throws ridge::Error: usage for another suffix or an empty size, failed where the file cannot be written.
void renderToFile(const ChartData& data, const QString& path, QSize size, bool dark);

/// "llama-13b-a40 · measured, modelled": what a picture of this data says about itself.
[[nodiscard]] QString pictureTitle(const ChartData& data);

}  // namespace ridge::gui
