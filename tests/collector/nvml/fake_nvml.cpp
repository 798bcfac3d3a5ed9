// SPDX-License-Identifier: Apache-2.0
#include "tests/collector/nvml/fake_nvml.hpp"

#include <algorithm>
#include <cstring>

namespace ridge::test {
namespace {

using namespace nvml;

FakeNvml* active = nullptr;

Status called(const char* name) {
    active->calls.emplace_back(name);
    const auto failing = active->failing.find(name);
    return failing == active->failing.end() ? Status::success : failing->second;
}

/// A call on the device, which writes `value` when it succeeds.
template <class Value>
Status answer(const char* name, Value value, Value* target) {
    const auto all = active->failing.find("all");
    const Status status = called(name);
    if (all != active->failing.end()) return all->second;
    if (status == Status::success) *target = value;
    return status;
}

Status list(const char* name, const std::vector<ProcessInfo>& processes, unsigned int* count,
            ProcessInfo* infos) {
    const unsigned int room = *count;
    const auto needed = static_cast<unsigned int>(processes.size());
    if (const Status status = answer(name, needed, count); status != Status::success) return status;
    if (room < needed) return Status::insufficientSize;
    std::copy(processes.begin(), processes.end(), infos);
    return Status::success;
}

DeviceHandle theDevice() {
    static int object = 0;
    return reinterpret_cast<DeviceHandle>(&object);
}

Status find(const char* name, const std::string& wanted, const std::string& known, DeviceHandle* device) {
    if (const Status status = called(name); status != Status::success) return status;
    if (wanted != known) return Status::notFound;
    *device = theDevice();
    return Status::success;
}

void fillSystem(Api& api) {
    api.init = [] {
        const Status status = called("init");
        if (status == Status::success) ++active->opened;
        return status;
    };
    api.shutdown = [] {
        --active->opened;
        return called("shutdown");
    };
    api.errorString = [](Status) { return "the fake's reason"; };
    api.handleByUuid = [](const char* uuid, DeviceHandle* device) {
        return find("handleByUuid", uuid, active->uuid, device);
    };
    api.handleByPciBusId = [](const char* address, DeviceHandle* device) {
        return find("handleByPciBusId", address, active->pciBusId, device);
    };
    api.driverVersion = [](char* text, unsigned int length) {
        std::strncpy(text, "580.65.06", length);
        return called("driverVersion");
    };
    api.confidentialState = [](ConfidentialState* state) {
        return answer("confidentialState", ConfidentialState{1, 1, 0}, state);
    };
}

void fillReadings(Api& api) {
    api.clockInfo = [](DeviceHandle, Clock clock, unsigned int* mhz) {
        return answer("clockInfo", clock == Clock::memory ? active->memoryClockMHz : active->smClockMHz, mhz);
    };
    api.maxClockInfo = [](DeviceHandle, Clock clock, unsigned int* mhz) {
        return answer("maxClockInfo", clock == Clock::memory ? 1593U : 1980U, mhz);
    };
    api.temperature = [](DeviceHandle, TemperatureSensor, unsigned int* celsius) {
        return answer("temperature", active->temperatureC, celsius);
    };
    api.powerUsage = [](DeviceHandle, unsigned int* mw) { return answer("powerUsage", active->powerMw, mw); };
    api.enforcedPowerLimit = [](DeviceHandle, unsigned int* mw) {
        return answer("enforcedPowerLimit", 300'000U, mw);
    };
    api.clockEventReasons = [](DeviceHandle, unsigned long long* bits) {
        return answer("clockEventReasons", active->clockEvents, bits);
    };
    api.totalEnergy = [](DeviceHandle, unsigned long long* mj) {
        return answer("totalEnergy", active->energyMj, mj);
    };
    api.memoryInfo = [](DeviceHandle, MemoryInfo* memory) {
        return answer("memoryInfo", MemoryInfo{80'000, 60'000, 20'000}, memory);
    };
}

void fillModes(Api& api) {
    api.computeProcesses = [](DeviceHandle, unsigned int* count, ProcessInfo* infos) {
        return list("computeProcesses", active->compute, count, infos);
    };
    api.graphicsProcesses = [](DeviceHandle, unsigned int* count, ProcessInfo* infos) {
        return list("graphicsProcesses", active->graphics, count, infos);
    };
    api.displayActive = [](DeviceHandle, int* on) {
        return answer("displayActive", active->displayActive, on);
    };
    api.persistenceMode = [](DeviceHandle, int* on) { return answer("persistenceMode", 1, on); };
    api.eccMode = [](DeviceHandle, int* now, int* pending) {
        *pending = 0;
        return answer("eccMode", 1, now);
    };
    api.migMode = [](DeviceHandle, unsigned int* now, unsigned int* pending) {
        *pending = 0;
        return answer("migMode", 0U, now);
    };
    api.virtualizationMode = [](DeviceHandle, Virtualization* mode) {
        return answer("virtualizationMode", Virtualization::passthrough, mode);
    };
}

Status clocks(const char* name, const std::vector<unsigned int>& known, unsigned int* count,
              unsigned int* mhz) {
    const auto number = static_cast<unsigned int>(known.size());
    if (const Status status = answer(name, number, count); status != Status::success) return status;
    std::copy(known.begin(), known.end(), mhz);
    return Status::success;
}

void fillLocks(Api& api) {
    api.supportedMemoryClocks = [](DeviceHandle, unsigned int* count, unsigned int* mhz) {
        return clocks("supportedMemoryClocks", active->memoryClocks, count, mhz);
    };
    api.supportedGraphicsClocks = [](DeviceHandle, unsigned int memory, unsigned int* count,
                                     unsigned int* mhz) {
        if (memory != 1593) return Status::notFound;
        return clocks("supportedGraphicsClocks", active->smClocks, count, mhz);
    };
    api.setLockedClocks = [](DeviceHandle, unsigned int low, unsigned int high) {
        if (low != high) return Status::invalidArgument;
        return answer("setLockedClocks", low, &active->lockedMhz);
    };
    api.resetLockedClocks = [](DeviceHandle) { return answer("resetLockedClocks", 0U, &active->lockedMhz); };
}

}  // namespace

FakeNvml::FakeNvml() {
    active = this;
    fillSystem(api);
    fillReadings(api);
    fillModes(api);
    fillLocks(api);
}

FakeNvml::~FakeNvml() {
    active = nullptr;
}

}  // namespace ridge::test
