// SPDX-License-Identifier: GPL-3.0-or-later
// Light and dark: the desktop's own palette, or one of two that are complete on every style.
#pragma once

#include <QPalette>

#include "gui/app/settings.hpp"

namespace ridge::gui {

/// True where the window background is darker than its text.
[[nodiscard]] bool isDark(const QPalette& palette);

/// Sets the application's palette. Theme::system restores the one it started with.
void applyTheme(Theme theme);

}  // namespace ridge::gui
