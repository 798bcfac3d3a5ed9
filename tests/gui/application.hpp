// SPDX-License-Identifier: GPL-3.0-or-later
// The one QApplication of a test program: offscreen, Fusion, DejaVu Sans, whatever the desktop is set to.
#pragma once

namespace ridge::gui::test {

/// Call first in every test that draws or shows something. Made once and never destroyed.
void ensureApplication();

}  // namespace ridge::gui::test
