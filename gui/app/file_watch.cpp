// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/file_watch.hpp"

#include <QDateTime>
#include <QFileInfo>

namespace ridge::gui {

namespace {

QString logOf(const QString& file) {
    return file + QStringLiteral("-wal");
}

QString stamp(const QString& file) {
    const QFileInfo info(file);
    return QStringLiteral("%1 %2").arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
}

}  // namespace

FileWatch::FileWatch(QObject* parent, int quietMs, int patienceMs) : QObject(parent) {
    for (QTimer* timer : {&m_quiet, &m_patience}) {
        timer->setSingleShot(true);
        connect(timer, &QTimer::timeout, this, [this] {
            m_quiet.stop();
            m_patience.stop();
            emit changed();
        });
    }
    m_quiet.setInterval(quietMs);
    m_patience.setInterval(patienceMs);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &FileWatch::noticeChange);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &FileWatch::noticeChange);
}

void FileWatch::watch(const QStringList& files) {
    const QStringList old = m_watcher.files() + m_watcher.directories();
    if (!old.isEmpty()) m_watcher.removePaths(old);
    m_files = files;
    m_stamps = stamps();
    QStringList paths;
    for (const QString& file : files) {
        for (const QString& path : {file, logOf(file), QFileInfo(file).absolutePath()})
            if (QFileInfo::exists(path)) paths << path;
    }
    paths.removeDuplicates();
    if (!paths.isEmpty()) m_watcher.addPaths(paths);
}

void FileWatch::noticeChange() {
    // Reading a WAL database opens and closes its shared-memory file: only size and time tell a real change.
    if (stamps() == m_stamps) return;
    m_quiet.start();
    if (!m_patience.isActive()) m_patience.start();
}

QStringList FileWatch::stamps() const {
    QStringList result;
    for (const QString& file : m_files) result << stamp(file) << stamp(logOf(file));
    return result;
}

}  // namespace ridge::gui
