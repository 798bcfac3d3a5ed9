// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/interval.hpp"

#include <ctime>

namespace ridge::inject {

std::int64_t monotonicNs() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace ridge::inject
