// SPDX-License-Identifier: Apache-2.0
// Measures planned points through a worker a device and keeps every one at once, whatever becomes of the
// worker.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "collector/supervisor/bench.hpp"
#include "collector/supervisor/interruption.hpp"
#include "collector/supervisor/modeling.hpp"
#include "collector/supervisor/recorded.hpp"
#include "collector/supervisor/selection.hpp"
#include "db/store.hpp"

namespace ridge::supervisor {

/// One run into one file. measure() may be called by several threads at once, one a device: the file and
/// what is recorded are touched by one of them at a time.
class Measuring {
 public:
    Measuring(db::Store& store, std::int64_t run, const Recorded& recorded, std::chrono::milliseconds timeout,
              const Interruption& interruption, OnPoint onPoint);

    /// The selected points in order, until done or interrupted. A point that the worker cannot measure, or
    /// does not survive, is recorded as failed with the reason, and the next one gets a new worker.
    Tally measure(Bench& bench, std::span<const PlannedWork> works);

 private:
    void measurePlan(Bench& bench, std::int64_t device, const PlannedWork& work, Tally& tally);
    [[nodiscard]] std::optional<db::Record> take(Bench& bench, const PlannedWork& work,
                                                 std::size_t index) const;
    [[nodiscard]] db::Point keep(db::Record record, std::int64_t device, const std::string& key);

    db::Store& m_store;
    std::int64_t m_run;
    const Recorded& m_recorded;
    std::chrono::milliseconds m_timeout;
    const Interruption& m_interruption;
    OnPoint m_onPoint;
    std::mutex m_mutex;
};

}  // namespace ridge::supervisor
