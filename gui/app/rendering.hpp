// SPDX-License-Identifier: GPL-3.0-or-later
// --render: from options to a picture in a file, without a window.
#pragma once

#include <QString>

#include "gui/app/options.hpp"

namespace ridge::gui {

/// Needs a QApplication. Throws ridge::Error for the first thing that cannot be loaded, drawn or written; no
/// file is written then. Returns a line on what the picture shows.
[[nodiscard]] QString renderPicture(const Options& options);

}  // namespace ridge::gui
