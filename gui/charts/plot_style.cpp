// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/plot_style.hpp"

#include <algorithm>
#include <cmath>

namespace ridge::gui {
namespace {

constexpr double leastContrast = 2.4;

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

QColor mixed(const QColor& a, const QColor& b, double shareOfB) {
    const auto channel = [shareOfB](int first, int second) {
        return static_cast<int>(std::lround(first + (second - first) * shareOfB));
    };
    return {channel(a.red(), b.red()), channel(a.green(), b.green()), channel(a.blue(), b.blue())};
}

}  // namespace

QPalette chartPalette(bool dark) {
    const QColor base = dark ? QColor(0x1b, 0x1e, 0x24) : QColor(Qt::white);
    const QColor text = dark ? QColor(0xe4, 0xe6, 0xea) : QColor(0x1a, 0x1a, 0x1a);
    QPalette palette(text, dark ? QColor(0x2a, 0x2e, 0x36) : QColor(0xf0, 0xf0, 0xf0));
    palette.setColor(QPalette::Window, base);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Highlight, dark ? QColor(0x5a, 0x9b, 0xf0) : QColor(0x1f, 0x6f, 0xd0));
    return palette;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

PlotStyle::PlotStyle(const QPalette& palette, const QString& family)
    : background(palette.color(QPalette::Base)),
      text(palette.color(QPalette::Text)),
      dimText(mixed(background, text, 0.68)),
      frame(mixed(background, text, 0.55)),
      grid(mixed(background, text, 0.14)),
      fineGrid(mixed(background, text, 0.085)),
      focus(palette.color(QPalette::Highlight)),
      fontFamily(family) {}

QFont PlotStyle::font(double pixels, bool bold) const {
    QFont font(fontFamily);
    font.setPixelSize(static_cast<int>(std::lround(pixels)));
    font.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QColor PlotStyle::visible(const QColor& wanted) const {
    if (contrastRatio(wanted, background) >= leastContrast) {
        return wanted;
    }
    if (wanted.hslSaturationF() < 0.1F) {
        return text;
    }
    const float step = luminance(background) < 0.18 ? 0.02F : -0.02F;
    QColor color = wanted;
    for (float lightness = wanted.lightnessF() + step; lightness > 0 && lightness < 1; lightness += step) {
        color = QColor::fromHslF(wanted.hslHueF(), wanted.hslSaturationF(), lightness);
        if (contrastRatio(color, background) >= leastContrast) {
            break;
        }
    }
    return color;
}

}  // namespace ridge::gui
