// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/launch_gate.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <thread>

namespace ridge::inject {
namespace {

/// A launch takes about 2 us, and longer where the device's queue is full.
constexpr std::chrono::microseconds glance{10};

std::atomic<Passage*> passages{nullptr};

long membarrier(int command) noexcept {
    return syscall(SYS_membarrier, command, 0, 0);
}

}  // namespace

Passage::Passage() noexcept : m_next(passages.load()) {
    while (!passages.compare_exchange_weak(m_next, this)) {
    }
}

bool LaunchGate::kernelFences() noexcept {
    static const bool registered = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0;
    return registered;
}

void LaunchGate::waitAndPass(Passage& mine) noexcept {
    leave(mine);
    m_closed.wait(true);
    pass(mine);
}

bool LaunchGate::close() noexcept {
    m_closed.store(true);
    if (m_kernelFences) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    const auto deadline = std::chrono::steady_clock::now() + (m_gaveUp ? m_patience / 40 : m_patience);
    while (anyoneInside()) {
        m_gaveUp = std::chrono::steady_clock::now() >= deadline;
        if (m_gaveUp) {
            open();
            return false;
        }
        std::this_thread::sleep_for(glance);
    }
    m_gaveUp = false;
    return true;
}

bool LaunchGate::anyoneInside() const noexcept {
    for (const Passage* each = passages.load(); each != nullptr; each = each->m_next) {
        if (each->m_through.load() == this) return true;
    }
    return false;
}

}  // namespace ridge::inject
