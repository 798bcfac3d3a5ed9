// SPDX-License-Identifier: Apache-2.0
#include "collector/nvml/clock_events.hpp"

#include <array>
#include <cstddef>

namespace ridge::nvml {
namespace {

constexpr std::array<const char*, 9> names{"idle",        "applications_clock", "sw_power_cap",
                                           "hw_slowdown", "sync_boost",         "sw_thermal",
                                           "hw_thermal",  "hw_power_brake",     "display_clock"};
constexpr std::uint64_t harmless = 0x3;  // idle, applications_clock

}  // namespace

std::string clockEventText(std::uint64_t reasons) {
    std::string text;
    for (std::size_t bit = 0; bit < 64; ++bit) {
        if ((reasons >> bit & 1U) == 0) continue;
        if (!text.empty()) text += ',';
        text += bit < names.size() ? names[bit] : "bit_" + std::to_string(bit);
    }
    return text;
}

bool isThrottling(std::uint64_t reasons) noexcept {
    return (reasons & ~harmless) != 0;
}

}  // namespace ridge::nvml
