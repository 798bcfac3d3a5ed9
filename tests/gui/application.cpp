// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/application.hpp"

#include <QApplication>
#include <QFont>
#include <QLocale>

namespace ridge::gui::test {

void ensureApplication() {
    static int argc = 1;
    static char name[] = "test";
    static char* argv[] = {name, nullptr};
    static const auto* application = [] {
        for (const char* variable : {"QT_SCALE_FACTOR", "QT_FONT_DPI", "QT_STYLE_OVERRIDE",
                                     "QT_QPA_PLATFORMTHEME", "QT_AUTO_SCREEN_SCALE_FACTOR"}) {
            qunsetenv(variable);
        }
        qputenv("QT_QPA_PLATFORM", "offscreen");
        auto* made = new QApplication(argc, argv);
        QLocale::setDefault(QLocale::c());
        QApplication::setStyle(QStringLiteral("Fusion"));
        QFont font(QStringLiteral("DejaVu Sans"));
        font.setPixelSize(13);
        font.setHintingPreference(QFont::PreferNoHinting);
        QApplication::setFont(font);
        return made;
    }();
    static_cast<void>(application);
}

}  // namespace ridge::gui::test
