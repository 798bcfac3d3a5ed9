// SPDX-License-Identifier: GPL-3.0-or-later
// Tells, not too often, that one of some results files has grown or was replaced.
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QStringList>
#include <QTimer>

namespace ridge::gui {

/// A file that is being collected changes with every point: changes are gathered for `quietMs`, but no change
/// waits longer than `patienceMs`.
class FileWatch : public QObject {
    Q_OBJECT

 public:
    explicit FileWatch(QObject* parent = nullptr, int quietMs = 300, int patienceMs = 2000);

    /// Watches these files, their write-ahead logs and their folders (a replaced file is a new one) instead
    /// of those before.
    void watch(const QStringList& files);

 signals:
    void changed();

 private:
    void noticeChange();
    [[nodiscard]] QStringList stamps() const;

    QFileSystemWatcher m_watcher;
    QTimer m_quiet, m_patience;
    QStringList m_files, m_stamps;
};

}  // namespace ridge::gui
