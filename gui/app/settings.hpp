// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers between starts, typed; the store is given to it, so that tests have their own.
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QStringList>

namespace ridge::gui {

enum class Theme { system, light, dark };

class Settings {
 public:
    static constexpr int maximumRecentFiles = 8;

    /// `store` must outlive this.
    explicit Settings(QSettings& store) : m_store(store) {}

    [[nodiscard]] QByteArray geometry() const;
    [[nodiscard]] QByteArray windowState() const;
    void setWindow(const QByteArray& geometry, const QByteArray& windowState);

    [[nodiscard]] Theme theme() const;
    void setTheme(Theme theme);

    /// Newest first, absolute paths, only files that still exist.
    [[nodiscard]] QStringList recentFiles() const;
    void addRecentFile(const QString& absolutePath);

    /// Where the last file was opened or exported; empty at first.
    [[nodiscard]] QString lastDirectory() const;
    void setLastDirectory(const QString& directory);

 private:
    QSettings& m_store;
};

}  // namespace ridge::gui
