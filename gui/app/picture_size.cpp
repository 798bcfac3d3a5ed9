// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/picture_size.hpp"

#include <QRegularExpression>
#include <cmath>

#include "db/model/error.hpp"

namespace ridge::gui {

namespace {

constexpr double mmPerInch = 25.4, vectorDotsPerInch = 96, rasterDotsPerInch = 300, aspect = 1.6;

}  // namespace

QSize pictureSize(const std::string& text, bool raster) {
    if (text.empty()) return raster ? QSize(1600, 1000) : QSize(800, 500);
    const QString size = QString::fromStdString(text);
    static const QRegularExpression pixels(QStringLiteral("^(\\d{1,5})x(\\d{1,5})$"));
    static const QRegularExpression millimetres(QStringLiteral("^(\\d{1,4}(?:\\.\\d+)?)\\s*mm$"));
    if (const QRegularExpressionMatch match = pixels.match(size); match.hasMatch())
        return {match.captured(1).toInt(), match.captured(2).toInt()};
    if (const QRegularExpressionMatch match = millimetres.match(size); match.hasMatch()) {
        const double dots = raster ? rasterDotsPerInch : vectorDotsPerInch;
        const double width = std::round(match.captured(1).toDouble() / mmPerInch * dots);
        return {static_cast<int>(width), static_cast<int>(std::round(width / aspect))};
    }
    throw Error(ExitCode::usage, "no picture size '" + text + "'",
                "give WxH in pixels or a width, as in 1600x1000 or 84mm");
}

}  // namespace ridge::gui
