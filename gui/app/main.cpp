// SPDX-License-Identifier: GPL-3.0-or-later
// ridge-gui: interactive rooflines, and the same charts rendered headless.
#include <QApplication>
#include <cstdio>
#include <cstdlib>

#include "gui/app/main_window.hpp"
#include "gui/app/options.hpp"
#include "gui/app/rendering.hpp"
#include "gui/app/theme.hpp"

namespace {

using ridge::gui::Options;

void print(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

int report(const ridge::Error& error) {
    std::string text = std::string("ridge-gui: ") + error.what() + '\n';
    if (!error.hint().empty()) text += "  " + error.hint() + '\n';
    print(stderr, text);
    return static_cast<int>(error.code());
}

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

const char* const renderHint =
    "draw into a file instead: ridge-gui FILE --render OUT.png (or .svg, .pdf) needs no display";

void requireDisplay() {
    if (isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") || isSet("QT_QPA_PLATFORM")) return;
    throw ridge::Error(ridge::ExitCode::failed, "cannot open a window: there is no display", renderHint);
}

/// Qt aborts with a core dump where the display cannot be reached; a sentence and an exit code serve better.
void handleQtMessage(QtMsgType type, const QMessageLogContext&, const QString& message) {
    if (type == QtFatalMsg) {
        // What could not be reached was said in a warning before; Qt's own advice, to reinstall, leads
        // nowhere.
        std::_Exit(report({ridge::ExitCode::failed, "cannot open a window on this display", renderHint}));
    }
    const bool noise = message.startsWith("QStandardPaths:");  // a missing XDG_RUNTIME_DIR stops nothing
    if (type != QtDebugMsg && type != QtInfoMsg && !noise)
        print(stderr, "ridge-gui: " + message.toStdString() + '\n');
}

int render(int argc, char** argv, const Options& options) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qInstallMessageHandler(handleQtMessage);
    const QApplication application(argc, argv);
    print(stderr, "ridge-gui: " + ridge::gui::renderPicture(options).toStdString() + '\n');
    return 0;
}

int showWindow(int argc, char** argv, const Options& options) {
    requireDisplay();
    qInstallMessageHandler(handleQtMessage);
    const QApplication application(argc, argv);
    QApplication::setWindowIcon(
        QIcon::fromTheme("io.github.ridgepoint.Ridgepoint", QIcon(":/ridgepoint.svg")));
    QSettings store;
    ridge::gui::Settings settings(store);
    applyTheme(settings.theme());
    ridge::gui::MainWindow window(settings);
    window.show();
    window.start(options);
    return QApplication::exec();
}

int run(int argc, char** argv) {
    QCoreApplication::setApplicationName("ridge-gui");
    QCoreApplication::setOrganizationName("ridgepoint");
    QCoreApplication::setApplicationVersion(RIDGE_VERSION);
    QGuiApplication::setDesktopFileName("io.github.ridgepoint.Ridgepoint");
    const ridge::gui::Parsed parsed = ridge::gui::parseOptions(argc, argv);
    if (parsed.text) {
        print(stdout, *parsed.text);
        return 0;
    }
    return parsed.options.render ? render(argc, argv, parsed.options)
                                 : showWindow(argc, argv, parsed.options);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const ridge::Error& error) {
        return report(error);
    } catch (const std::exception& error) {
        return report({ridge::ExitCode::failed, error.what()});
    }
}
