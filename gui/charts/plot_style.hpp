// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and fonts of a chart, all derived from a palette, so that light and dark look alike.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>

namespace ridge::gui {

/// The palette for pictures made without a desktop: black on white, or light grey on near black.
[[nodiscard]] QPalette chartPalette(bool dark);

/// WCAG 2 contrast ratio of two opaque colours, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// Sizes are in pixels: point sizes blow up in PDF (Qt 6.4).
struct PlotStyle {
    QColor background, text, dimText, frame, grid, fineGrid, focus;
    QString fontFamily;

    PlotStyle() = default;
    PlotStyle(const QPalette& palette, const QString& family);

    [[nodiscard]] QFont font(double pixels, bool bold = false) const;
    /// `wanted` itself wherever it can be seen; else moved in lightness just far enough, and grey shades all
    /// the way to the text's colour.
    [[nodiscard]] QColor visible(const QColor& wanted) const;
};

}  // namespace ridge::gui
