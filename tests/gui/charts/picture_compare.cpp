// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/charts/picture_compare.hpp"

#include <QCoreApplication>
#include <QDir>
#include <algorithm>
#include <cstdlib>

#include "tests/support/catch.hpp"

namespace ridge::gui::test {
namespace {

constexpr int channelTolerance = 24;
constexpr double badShare = 0.0005;

bool alike(QRgb a, QRgb b) {
    return std::abs(qRed(a) - qRed(b)) <= channelTolerance &&
           std::abs(qGreen(a) - qGreen(b)) <= channelTolerance &&
           std::abs(qBlue(a) - qBlue(b)) <= channelTolerance;
}

bool hasCounterpart(const QImage& image, int x, int y, QRgb wanted) {
    for (int row = std::max(0, y - 1); row <= std::min(image.height() - 1, y + 1); ++row) {
        for (int column = std::max(0, x - 1); column <= std::min(image.width() - 1, x + 1); ++column) {
            if (alike(image.pixel(column, row), wanted)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

double badPixels(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) {
        return 1;
    }
    int bad = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const bool good =
                alike(a.pixel(x, y), b.pixel(x, y)) ||
                (hasCounterpart(b, x, y, a.pixel(x, y)) && hasCounterpart(a, x, y, b.pixel(x, y)));
            bad += good ? 0 : 1;
        }
    }
    return static_cast<double>(bad) / (static_cast<double>(a.width()) * a.height());
}

void checkPicture(const std::string& name, const QImage& actual) {
    const QString file =
        QStringLiteral(RIDGE_SOURCE_DIR "/tests/data/golden/%1.png").arg(QString::fromStdString(name));
    if (qEnvironmentVariable("UPDATE_APPROVED") == "1") {
        REQUIRE(actual.save(file));
    }
    const double bad = badPixels(QImage(file).convertToFormat(actual.format()), actual);
    const QString written = QDir(QCoreApplication::applicationDirPath())
                                .filePath(QStringLiteral("%1.actual.png").arg(QString::fromStdString(name)));
    if (bad > badShare) {
        actual.save(written);
    }
    INFO("approved: " << file.toStdString() << "\nactual:   " << written.toStdString()
                      << "\nUPDATE_APPROVED=1 approves what is drawn now");
    CHECK(bad <= badShare);
}

}  // namespace ridge::gui::test
