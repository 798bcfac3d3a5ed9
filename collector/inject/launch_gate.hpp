// SPDX-License-Identifier: Apache-2.0
// Keeps other launches of a context out while one of them is measured: between Start and Stop CUPTI takes
// every launch for part of the measurement, and would replay it.
#pragma once

#include <atomic>

namespace ridge::inject {

/// pass() ... leave() around a launch that is not measured costs two atomic additions and never blocks unless
/// one is; close() ... open() around one that is. Whoever closes is alone (its caller holds a lock); neither
/// pair may be nested in a thread.
class LaunchGate {
 public:
    void pass() noexcept {
        for (;;) {
            m_inFlight.fetch_add(1);
            if (!m_closed.load()) return;
            leave();
            m_closed.wait(true);
        }
    }
    void leave() noexcept {
        if (m_inFlight.fetch_sub(1) == 1 && m_closed.load()) m_inFlight.notify_all();
    }

    /// Waits until no other launch is under way.
    void close() noexcept {
        m_closed.store(true);
        for (int others = m_inFlight.load(); others != 0; others = m_inFlight.load()) m_inFlight.wait(others);
    }
    void open() noexcept {
        m_closed.store(false);
        m_closed.notify_all();
    }

 private:
    std::atomic<int> m_inFlight{0};
    std::atomic<bool> m_closed{false};
};

}  // namespace ridge::inject
