// SPDX-License-Identifier: Apache-2.0
// Keeps other launches of a context out while one of them is measured: between Start and Stop CUPTI takes
// every launch for part of the measurement, and would replay it.
#pragma once

#include <atomic>
#include <chrono>

namespace ridge::inject {

class LaunchGate;

/// Where a thread is: which gate it passed and has not left. Must live until the process ends, because a gate
/// looks at all of them.
class Passage {
 public:
    Passage() noexcept;
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;
    ~Passage() = default;

 private:
    friend class LaunchGate;
    std::atomic<const LaunchGate*> m_through{nullptr};
    Passage* m_next = nullptr;
};

/// pass() ... leave() around a launch that is not measured never blocks unless one is; close() ... open()
/// around one that is. Whoever closes is alone (its caller holds a lock); neither pair may be nested in a
/// thread.
///
/// Either the one who passes sees that the gate is closed, or the one who closes sees who passed: that needs
/// a full fence on both sides between writing one's own and reading the other's. Launches are many and
/// measurements few, so the kernel puts the fence into every thread when a gate is closed (membarrier(2)).
class LaunchGate {
 public:
    /// Whether this kernel, and what else filters system calls here, lets it.
    [[nodiscard]] static bool kernelFences() noexcept;
    /// How long close() waits for launches under way. One that takes longer may not return at all before
    /// another thread goes on: with a full queue, in front of kernels that wait for each other.
    static constexpr std::chrono::milliseconds patience{2000};
    explicit LaunchGate(bool kernelFences = LaunchGate::kernelFences(),
                        std::chrono::milliseconds atMost = patience) noexcept
        : m_kernelFences(kernelFences), m_patience(atMost) {}

    void pass(Passage& mine) noexcept {
        if (m_kernelFences) {
            mine.m_through.store(this, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_seq_cst);
        } else {
            mine.m_through.store(this);
        }
        if (m_closed.load()) waitAndPass(mine);
    }
    static void leave(Passage& mine) noexcept { mine.m_through.store(nullptr, std::memory_order_release); }

    /// Waits until no other launch is under way. False: one did not return in time, and the gate is open
    /// again. Until a close() succeeds, the next ones wait a fortieth of the time: it may be stuck for good.
    [[nodiscard]] bool close() noexcept;
    void open() noexcept {
        m_closed.store(false);
        m_closed.notify_all();
    }

 private:
    void waitAndPass(Passage& mine) noexcept;
    [[nodiscard]] bool anyoneInside() const noexcept;

    const bool m_kernelFences;
    const std::chrono::milliseconds m_patience;
    bool m_gaveUp = false;  ///< whoever closes
    std::atomic<bool> m_closed{false};
};

}  // namespace ridge::inject
