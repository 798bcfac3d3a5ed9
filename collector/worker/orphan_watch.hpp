// SPDX-License-Identifier: Apache-2.0
// A worker whose supervisor was killed must not keep the GPU.
#pragma once

namespace ridge::worker {

/// From now on this process ends by SIGTERM, and where that does not end it by SIGKILL, some seconds after
/// the process that started it is gone: also in the middle of a measurement, also when it hangs. Until then
/// it costs nothing: the watching thread sleeps for as long as standard input is open.
void endWithSupervisor();

}  // namespace ridge::worker
