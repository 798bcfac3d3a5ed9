// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/theme.hpp"

#include <QApplication>
#include <QStyle>

namespace ridge::gui {

namespace {

struct ThemeColors {
    QRgb window, base, alternate, text, dim, button, highlight, highlightedText, link, toolTip;
};

constexpr ThemeColors lightColors{0xfff3f4f6, 0xffffffff, 0xfff7f8fa, 0xff1b1f24, 0xff7a828c,
                                  0xffe8eaed, 0xff2f6fb2, 0xffffffff, 0xff1f5fa8, 0xfffffbe6};
constexpr ThemeColors darkColors{0xff22262b, 0xff191c20, 0xff1f2327, 0xffe4e7eb, 0xff8a929c,
                                 0xff2d3238, 0xff3d7ec2, 0xffffffff, 0xff7ab3ec, 0xff2f343a};

QPalette paletteOf(const ThemeColors& colors) {
    QPalette palette{QColor(colors.button), QColor(colors.window)};
    palette.setColor(QPalette::Base, QColor(colors.base));
    palette.setColor(QPalette::AlternateBase, QColor(colors.alternate));
    palette.setColor(QPalette::ToolTipBase, QColor(colors.toolTip));
    palette.setColor(QPalette::Highlight, QColor(colors.highlight));
    palette.setColor(QPalette::HighlightedText, QColor(colors.highlightedText));
    palette.setColor(QPalette::Link, QColor(colors.link));
    palette.setColor(QPalette::PlaceholderText, QColor(colors.dim));
    for (const QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        palette.setColor(role, QColor(colors.text));
        palette.setColor(QPalette::Disabled, role, QColor(colors.dim));
    }
    return palette;
}

}  // namespace

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

void applyTheme(Theme theme) {
    static const QPalette original = QApplication::palette();
    switch (theme) {
        case Theme::system:
            QApplication::setPalette(original);
            break;
        case Theme::light:
            QApplication::setPalette(paletteOf(lightColors));
            break;
        case Theme::dark:
            QApplication::setPalette(paletteOf(darkColors));
            break;
    }
}

}  // namespace ridge::gui
