// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/clock_lock.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "collector/nvml/error.hpp"

namespace ridge::nvml {
namespace {

/// SM clocks that go with the highest memory clock, the one that work runs at; empty where NVML does not
/// tell.
std::vector<unsigned int> supportedClocks(const Device& device) {
    const Api& api = device.api();
    if (api.supportedMemoryClocks == nullptr || api.supportedGraphicsClocks == nullptr) return {};
    std::vector<unsigned int> memory(128);
    auto count = static_cast<unsigned int>(memory.size());
    if (api.supportedMemoryClocks(device.handle(), &count, memory.data()) != Status::success || count == 0)
        return {};
    const unsigned int highest = *std::max_element(memory.begin(), memory.begin() + count);
    std::vector<unsigned int> clocks(1024);
    count = static_cast<unsigned int>(clocks.size());
    if (api.supportedGraphicsClocks(device.handle(), highest, &count, clocks.data()) != Status::success)
        return {};
    clocks.resize(count);
    return clocks;
}

[[noreturn]] void refuse(const Api& api, Status status, unsigned int mhz) {
    const NvmlError error(api, status, fmt::format("locking the SM clock at {} MHz", mhz));
    if (status != Status::noPermission) throw NvmlError(error);
    throw Error(
        ExitCode::notPermitted, error.what(),
        fmt::format("run as root, or leave out --lock-clocks and lock them yourself: sudo nvidia-smi -lgc "
                    "{0},{0} (and -rgc afterwards)",
                    mhz));
}

}  // namespace

unsigned int chooseClock(std::vector<unsigned int> supported, const ClockWish& wish) {
    std::sort(supported.begin(), supported.end());
    if (supported.empty()) {
        if (wish.mhz && *wish.mhz > 0) return static_cast<unsigned int>(std::lround(*wish.mhz));
        throw Error(ExitCode::failed, "NVML does not tell which clocks this GPU supports",
                    "name one: --lock-clocks=MHZ");
    }
    const double low = supported.front();
    const double high = supported.back();
    if (wish.mhz && *wish.mhz >= low && *wish.mhz <= high) {
        return *std::min_element(supported.begin(), supported.end(), [&](unsigned int a, unsigned int b) {
            return std::abs(a - *wish.mhz) < std::abs(b - *wish.mhz);
        });
    }
    if (wish.named)
        throw Error(ExitCode::usage,
                    fmt::format("--lock-clocks={}: the SM clock of this GPU reaches from {} to {} MHz",
                                wish.mhz.value_or(0), low, high));
    return supported[supported.size() / 2];
}

void resetClocks(const Device& device) {
    const Api& api = device.api();
    const Status status =
        api.resetLockedClocks == nullptr ? Status::functionNotFound : api.resetLockedClocks(device.handle());
    if (status != Status::success) throw NvmlError(api, status, "resetting the SM clock");
}

ClockLock::ClockLock(const Device& device, const ClockWish& wish)
    : m_device(device), m_mhz(chooseClock(supportedClocks(device), wish)) {
    const Api& api = device.api();
    const Status status = api.setLockedClocks == nullptr || api.resetLockedClocks == nullptr
                              ? Status::functionNotFound
                              : api.setLockedClocks(device.handle(), m_mhz, m_mhz);
    if (status != Status::success) refuse(api, status, m_mhz);
}

ClockLock::~ClockLock() {
    const Status status = m_device.api().resetLockedClocks(m_device.handle());
    if (status != Status::success)
        std::fprintf(
            stderr,
            "ridge-worker: the SM clock stays locked at %u MHz (%s); reset it: sudo nvidia-smi -rgc\n", m_mhz,
            m_device.api().errorString(status));
}

}  // namespace ridge::nvml
