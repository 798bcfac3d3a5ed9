// SPDX-License-Identifier: Apache-2.0
// NVML as a table of functions: declared here, because a toolkit need not bring nvml.h, and loaded at run
// time, because a program that links libnvidia-ml does not start without a driver.
#pragma once

#include <optional>
#include <string>

namespace ridge::nvml {

/// nvmlReturn_t; values without a name here are passed through.
enum class Status : int {
    success = 0,
    uninitialized = 1,
    invalidArgument = 2,
    notSupported = 3,
    noPermission = 4,
    notFound = 6,
    insufficientSize = 7,
    driverNotLoaded = 9,
    functionNotFound = 13,
    gpuIsLost = 15,
    resetRequired = 16,
    versionMismatch = 18,  ///< kernel module and library are of different releases
    unknown = 999,
};

enum class Clock : int { graphics = 0, sm = 1, memory = 2 };
enum class TemperatureSensor : int { gpu = 0 };
enum class Virtualization : int { none = 0, passthrough = 1, vgpu = 2, hostVgpu = 3, hostVsga = 4 };

struct DeviceObject;
using DeviceHandle = DeviceObject*;

struct MemoryInfo {
    unsigned long long total = 0, free = 0, used = 0;  ///< bytes
};

/// nvmlProcessInfo_t since R470 (functions ending in _v3).
struct ProcessInfo {
    unsigned int pid = 0;
    unsigned long long usedMemory = 0;  ///< bytes; all ones: not told
    unsigned int gpuInstance = 0, computeInstance = 0;
};
static_assert(sizeof(ProcessInfo) == 24);

struct ConfidentialState {
    unsigned int environment = 0, feature = 0, devToolsMode = 0;
};

/// Every NVML function this project calls, as NVIDIA's NVML API Reference Guide (R580) declares it. A driver
/// may lack any but the first four: the member is nullptr then. Tests fill one with their own.
struct Api {
    Status (*init)() = nullptr;
    Status (*shutdown)() = nullptr;
    const char* (*errorString)(Status) = nullptr;
    Status (*handleByUuid)(const char*, DeviceHandle*) = nullptr;

    Status (*handleByPciBusId)(const char*, DeviceHandle*) = nullptr;
    Status (*driverVersion)(char*, unsigned int) = nullptr;
    Status (*confidentialState)(ConfidentialState*) = nullptr;

    Status (*clockInfo)(DeviceHandle, Clock, unsigned int*) = nullptr;     ///< MHz
    Status (*maxClockInfo)(DeviceHandle, Clock, unsigned int*) = nullptr;  ///< MHz
    Status (*temperature)(DeviceHandle, TemperatureSensor, unsigned int*) = nullptr;
    Status (*powerUsage)(DeviceHandle, unsigned int*) = nullptr;          ///< mW
    Status (*enforcedPowerLimit)(DeviceHandle, unsigned int*) = nullptr;  ///< mW
    /// nvmlDeviceGetCurrentClocksEventReasons, or its name before R535.
    Status (*clockEventReasons)(DeviceHandle, unsigned long long*) = nullptr;
    Status (*totalEnergy)(DeviceHandle, unsigned long long*) = nullptr;  ///< mJ since the driver was loaded
    Status (*memoryInfo)(DeviceHandle, MemoryInfo*) = nullptr;
    Status (*computeProcesses)(DeviceHandle, unsigned int*, ProcessInfo*) = nullptr;
    Status (*graphicsProcesses)(DeviceHandle, unsigned int*, ProcessInfo*) = nullptr;
    Status (*displayActive)(DeviceHandle, int*) = nullptr;
    Status (*persistenceMode)(DeviceHandle, int*) = nullptr;
    Status (*eccMode)(DeviceHandle, int*, int*) = nullptr;                    ///< current, pending
    Status (*migMode)(DeviceHandle, unsigned int*, unsigned int*) = nullptr;  ///< current, pending
    Status (*virtualizationMode)(DeviceHandle, Virtualization*) = nullptr;

    Status (*supportedMemoryClocks)(DeviceHandle, unsigned int*, unsigned int*) = nullptr;  ///< count, MHz
    /// Memory clock in MHz, count, MHz.
    Status (*supportedGraphicsClocks)(DeviceHandle, unsigned int, unsigned int*, unsigned int*) = nullptr;
    Status (*setLockedClocks)(DeviceHandle, unsigned int, unsigned int) = nullptr;  ///< lowest, highest MHz
    Status (*resetLockedClocks)(DeviceHandle) = nullptr;
};

struct Library {
    std::optional<Api> api;
    std::string reason;  ///< why there is no api; empty when there is
};

/// The process's libnvidia-ml.so.1: opened at the first call, never closed.
[[nodiscard]] const Library& library();

}  // namespace ridge::nvml
