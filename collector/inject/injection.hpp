// SPDX-License-Identifier: Apache-2.0
// The measurement inside a foreign process: begun when its driver is initialized, ended when the process is.
#pragma once

namespace ridge::inject {

/// Reads what `ridge profile` asks for from the environment, subscribes and listens. Whatever stands in the
/// way is told on the channel; the program goes on as if nothing were there. Does nothing in a process that
/// `ridge profile` did not start, and nothing the second time.
void startInjection() noexcept;

}  // namespace ridge::inject
