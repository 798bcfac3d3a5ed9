// SPDX-License-Identifier: GPL-3.0-or-later
// The size of a rendered picture from what --size says.
#pragma once

#include <QSize>
#include <string>

namespace ridge::gui {

/// "1600x1000" in pixels; "84mm" is a width at 1/96 inch a pixel for SVG and PDF and at 300 dots an inch for
/// PNG, at 16:10. Empty: 1600x1000 for PNG, 800x500 for SVG and PDF. Throws ridge::Error (usage) for any
/// other text.
[[nodiscard]] QSize pictureSize(const std::string& text, bool raster);

}  // namespace ridge::gui
