// SPDX-License-Identifier: GPL-3.0-or-later
// Loads charts on one worker thread; a newer request makes an older one's answer go unheard.
#pragma once

#include <QObject>
#include <QThreadPool>

#include "gui/models/loading.hpp"

namespace ridge::gui {

class Loader : public QObject {
    Q_OBJECT

 public:
    explicit Loader(QObject* parent = nullptr);
    /// Waits for the request that is being worked on.
    ~Loader() override;
    Q_DISABLE_COPY_MOVE(Loader)

    /// `cached` as for load().
    void start(const LoadRequest& request, ResultSetPtr cached = nullptr);

 signals:
    void finished(const ridge::gui::LoadOutcome& outcome);

 private:
    void deliver(int generation, const LoadOutcome& outcome);

    QThreadPool m_pool;
    int m_generation = 0;
};

}  // namespace ridge::gui
