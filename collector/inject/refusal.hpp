// SPDX-License-Identifier: Apache-2.0
// Why a process gives up measuring, as it is told to `ridge`.
#pragma once

#include <exception>

#include "collector/inject/event.hpp"

namespace ridge::inject {

/// With the code and the hint of a ridge::Error; of any other, that doctor looks into it. Another profiler,
/// no usable GPU or driver and counters that are not permitted hold everywhere; whatever befalls one context,
/// launch or kind of device does not.
[[nodiscard]] Refusal refusalFor(const std::exception& error);

}  // namespace ridge::inject
