// SPDX-License-Identifier: Apache-2.0
// A libnvidia-ml.so.1 with one GPU, the fake injection's. FAKE_CLOCK_EVENTS: its clock event reasons, a
// number. The program is listed as in a container, under another number than its own, and so is one more
// where FAKE_OTHER_USER is set.
#include <cstdlib>
#include <cstring>

#include "collector/nvml/api.hpp"

using namespace ridge::nvml;

namespace {

int gpu = 0;

}  // namespace

// NVML's names.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
Status nvmlInit_v2() {
    return Status::success;
}
Status nvmlShutdown() {
    return Status::success;
}
const char* nvmlErrorString(Status) {
    return "the fake's reason";
}
Status nvmlDeviceGetHandleByUUID(const char* uuid, DeviceHandle* device) {
    if (std::strcmp(uuid, "GPU-fake") != 0) return Status::notFound;
    *device = reinterpret_cast<DeviceHandle>(&gpu);
    return Status::success;
}
Status nvmlDeviceGetClockInfo(DeviceHandle, Clock, unsigned int* mhz) {
    *mhz = 1410;
    return Status::success;
}
Status nvmlDeviceGetCurrentClocksEventReasons(DeviceHandle, unsigned long long* bits) {
    const char* events = std::getenv("FAKE_CLOCK_EVENTS");
    *bits = events == nullptr ? 0 : std::strtoull(events, nullptr, 0);
    return Status::success;
}
Status nvmlDeviceGetComputeRunningProcesses_v3(DeviceHandle, unsigned int* count, ProcessInfo* infos) {
    *count = 0;
    infos[(*count)++] = {1'000'000'001, 1, 0, 0};
    if (std::getenv("FAKE_OTHER_USER") != nullptr) infos[(*count)++] = {1'000'000'002, 1, 0, 0};
    return Status::success;
}
}
// NOLINTEND(readability-identifier-naming)
