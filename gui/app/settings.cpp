// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/settings.hpp"

#include <QFileInfo>

namespace ridge::gui {

namespace {

const QString geometryKey = QStringLiteral("window/geometry");
const QString stateKey = QStringLiteral("window/state");
const QString themeKey = QStringLiteral("theme");
const QString recentKey = QStringLiteral("recentFiles");
const QString directoryKey = QStringLiteral("lastDirectory");

}  // namespace

QByteArray Settings::geometry() const {
    return m_store.value(geometryKey).toByteArray();
}

QByteArray Settings::windowState() const {
    return m_store.value(stateKey).toByteArray();
}

void Settings::setWindow(const QByteArray& geometry, const QByteArray& windowState) {
    m_store.setValue(geometryKey, geometry);
    m_store.setValue(stateKey, windowState);
}

Theme Settings::theme() const {
    const QString name = m_store.value(themeKey).toString();
    if (name == "light") return Theme::light;
    return name == "dark" ? Theme::dark : Theme::system;
}

void Settings::setTheme(Theme theme) {
    const char* const names[] = {"system", "light", "dark"};
    m_store.setValue(themeKey, names[static_cast<int>(theme)]);
}

QStringList Settings::recentFiles() const {
    QStringList files = m_store.value(recentKey).toStringList();
    files.removeIf([](const QString& file) { return !QFileInfo::exists(file); });
    return files;
}

void Settings::addRecentFile(const QString& absolutePath) {
    QStringList files = m_store.value(recentKey).toStringList();
    files.removeAll(absolutePath);
    files.prepend(absolutePath);
    while (files.size() > maximumRecentFiles) files.removeLast();
    m_store.setValue(recentKey, files);
}

QString Settings::lastDirectory() const {
    return m_store.value(directoryKey).toString();
}

void Settings::setLastDirectory(const QString& directory) {
    m_store.setValue(directoryKey, directory);
}

}  // namespace ridge::gui
