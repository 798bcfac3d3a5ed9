// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/loader.hpp"

#include <QMetaObject>
#include <utility>

namespace ridge::gui {

Loader::Loader(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

Loader::~Loader() {
    m_pool.clear();
    m_pool.waitForDone();
}

void Loader::start(const LoadRequest& request, ResultSetPtr cached) {
    m_pool.clear();
    const int generation = ++m_generation;
    m_pool.start([this, generation, request, cached = std::move(cached)] {
        LoadOutcome outcome = load(request, cached);
        QMetaObject::invokeMethod(
            this, [this, generation, outcome = std::move(outcome)] { deliver(generation, outcome); },
            Qt::QueuedConnection);
    });
}

void Loader::deliver(int generation, const LoadOutcome& outcome) {
    if (generation == m_generation) emit finished(outcome);
}

}  // namespace ridge::gui
