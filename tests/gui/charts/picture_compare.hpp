// SPDX-License-Identifier: GPL-3.0-or-later
// Approved pictures: what a chart looked like when somebody last looked at it.
#pragma once

#include <QImage>
#include <string>

namespace ridge::gui::test {

/// Share of pixels with no counterpart within 24 a channel in the other picture's 3x3 neighbourhood, either
/// way; 1 where the sizes differ.
[[nodiscard]] double badPixels(const QImage& a, const QImage& b);

/// Fails when more than 0.05 % of the pixels of tests/data/golden/NAME.png are bad, and writes the actual
/// picture beside the test program. With UPDATE_APPROVED=1 the file becomes `actual`.
void checkPicture(const std::string& name, const QImage& actual);

}  // namespace ridge::gui::test
