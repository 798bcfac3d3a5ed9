// SPDX-License-Identifier: Apache-2.0
// Holds a GPU's SM clock at one value and gives it back.
#pragma once

#include <optional>
#include <vector>

#include "collector/nvml/device.hpp"

namespace ridge::nvml {

/// What somebody wants the SM clock to be: MHz they named, or MHz that would be best, or nothing at all.
struct ClockWish {
    std::optional<double> mhz;
    bool named = false;
};

/// The clock of `supported` (MHz, any order) nearest to the wish where that lies between the lowest and the
/// highest, else the middle one, which a power limit is least likely to pull down. Where nothing is known of
/// what is supported, the wish itself. Throws ridge::Error: usage for a named clock out of range, failed when
/// there is nothing to choose from.
[[nodiscard]] unsigned int chooseClock(std::vector<unsigned int> supported, const ClockWish& wish);

/// Ends a lock, whoever set it: NVML does not tell which one was there before. Throws NvmlError.
void resetClocks(const Device& device);

/// The SM clock is at hz() until this ends. A process that is killed leaves it there.
class ClockLock {
 public:
    /// Throws ridge::Error as chooseClock does, notPermitted where only an administrator may, or failed.
    ClockLock(const Device& device, const ClockWish& wish);
    ClockLock(const ClockLock&) = delete;
    ClockLock& operator=(const ClockLock&) = delete;
    /// Says on standard error what to do when the clock cannot be reset.
    ~ClockLock();

    [[nodiscard]] double hz() const noexcept { return 1e6 * m_mhz; }

 private:
    Device m_device;
    unsigned int m_mhz;
};

}  // namespace ridge::nvml
