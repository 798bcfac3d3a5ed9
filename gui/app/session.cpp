// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/app/session.hpp"

#include <algorithm>
#include <utility>

namespace ridge::gui {

namespace {

std::vector<std::filesystem::path> paths(const QStringList& files) {
    std::vector<std::filesystem::path> result;
    for (const QString& file : files) result.emplace_back(file.toStdString());
    return result;
}

}  // namespace

Session::Session(QObject* parent) : QObject(parent) {
    connect(&m_loader, &Loader::finished, this, &Session::take);
    connect(&m_watch, &FileWatch::changed, this, &Session::reload);
}

void Session::open(const LoadRequest& request) {
    m_request = request;
    start(nullptr);
}

void Session::openFiles(const QStringList& files) {
    open({paths(files), {}, false, {}, {}});
}

void Session::addFiles(const QStringList& files) {
    for (const std::filesystem::path& file : paths(files))
        if (std::ranges::find(m_request.files, file) == m_request.files.end())
            m_request.files.push_back(file);
    start(nullptr);
}

void Session::showFigure(const QString& nameOrPath) {
    m_request.figure = nameOrPath;
    m_request.fromData = false;
    m_request.kind.reset();
    start(m_results);
}

void Session::showFromData() {
    m_request.figure.clear();
    m_request.fromData = true;
    m_request.kind.reset();
    start(m_results);
}

void Session::showKind(catalog::ChartKind kind) {
    m_request.kind = kind;
    start(m_results);
}

void Session::filter(const QString& where) {
    m_request.where = where;
    start(m_results);
}

void Session::reload() {
    start(nullptr);
}

void Session::start(ResultSetPtr cached) {
    m_busy = true;
    emit loading();
    m_loader.start(m_request, std::move(cached));
}

void Session::take(const LoadOutcome& outcome) {
    m_busy = false;
    QStringList watched;
    for (const std::filesystem::path& file : outcome.request.files)
        watched << QString::fromStdString(file.string());
    m_watch.watch(watched);
    if (outcome.chart) {
        m_results = outcome.results;
        m_chart = outcome.chart;
        emit chartChanged();
    }
    emit problemsChanged(outcome.problems);
}

}  // namespace ridge::gui
