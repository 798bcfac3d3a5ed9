// SPDX-License-Identifier: GPL-3.0-or-later
// What a window shows and how it changes: the open files, figure, chart kind and filter, loaded on a worker.
#pragma once

#include <QObject>
#include <QStringList>

#include "gui/app/file_watch.hpp"
#include "gui/models/loader.hpp"

namespace ridge::gui {

class Session : public QObject {
    Q_OBJECT

 public:
    explicit Session(QObject* parent = nullptr);

    void open(const LoadRequest& request);
    /// These files instead of the open ones, with the figure of their plan.
    void openFiles(const QStringList& files);
    /// These files besides the open ones.
    void addFiles(const QStringList& files);
    void showFigure(const QString& nameOrPath);
    void showFromData();
    void showKind(catalog::ChartKind kind);
    void filter(const QString& where);
    /// Reads the files again.
    void reload();

    [[nodiscard]] const LoadRequest& request() const { return m_request; }
    /// null until a chart could be built.
    [[nodiscard]] ChartDataPtr chart() const { return m_chart; }
    [[nodiscard]] ResultSetPtr results() const { return m_results; }
    [[nodiscard]] bool busy() const { return m_busy; }

 signals:
    /// A worker has started on a request.
    void loading();
    /// chart() and results() are new.
    void chartChanged();
    /// Empty when the last request had none. A chart shown before stays.
    void problemsChanged(const std::vector<ridge::gui::LoadProblem>& problems);

 private:
    void start(ResultSetPtr cached);
    void take(const LoadOutcome& outcome);

    LoadRequest m_request;
    ResultSetPtr m_results;
    ChartDataPtr m_chart;
    FileWatch m_watch;
    bool m_busy = false;
    Loader m_loader;  // last: its destructor waits for the worker before the rest goes
};

}  // namespace ridge::gui
