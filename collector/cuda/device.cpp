// SPDX-License-Identifier: Apache-2.0
#include "collector/cuda/device.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "collector/cuda/error.hpp"
#include "db/model/device_uuid.hpp"

namespace ridge::cuda {
namespace {

std::string hostName() {
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string();
}

std::string versionText(int version) {
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

}  // namespace

void useDevice(int ordinal) {
    int count = 0;
    check(cudaGetDeviceCount(&count));
    if (count == 0) check(cudaErrorNoDevice);
    if (ordinal < 0 || ordinal >= count) {
        throw Error(ExitCode::usage, fmt::format("no device {}: this machine has {}", ordinal, count),
                    fmt::format("choose one of 0 to {}", count - 1));
    }
    check(cudaSetDevice(ordinal));
    check(cudaFree(nullptr));  // creates the context now, so that its failure is reported here
}

db::Device describeDevice(int ordinal) {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, ordinal));
    int clockKHz = 0;
    check(cudaDeviceGetAttribute(&clockKHz, cudaDevAttrClockRate, ordinal));

    std::array<unsigned char, 16> uuid{};
    for (std::size_t i = 0; i < uuid.size(); ++i)
        uuid[i] = static_cast<unsigned char>(properties.uuid.bytes[i]);
    db::Device device;
    device.name = properties.name;
    device.uuid = db::uuidText(uuid, device.name);
    device.host = hostName();
    device.computeCapability = fmt::format("{}.{}", properties.major, properties.minor);
    device.smCount = properties.multiProcessorCount;
    device.memoryBytes = static_cast<std::int64_t>(properties.totalGlobalMem);
    device.l2Bytes = properties.l2CacheSize;
    if (clockKHz > 0) device.boostClockHz = 1e3 * clockKHz;
    device.ecc = properties.ECCEnabled != 0;
    return device;
}

std::string pciBusId(int ordinal) {
    std::array<char, 32> address{};
    check(cudaDeviceGetPCIBusId(address.data(), static_cast<int>(address.size()), ordinal));
    return address.data();
}

std::size_t usableBytes() {
    constexpr std::size_t reserved = std::size_t{512} << 20;
    std::size_t free = 0;
    std::size_t total = 0;
    check(cudaMemGetInfo(&free, &total));
    return free > reserved ? free - reserved : 0;
}

std::size_t l2Bytes(int ordinal) {
    int bytes = 0;
    check(cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, ordinal));
    return static_cast<std::size_t>(bytes);
}

std::string driverVersion() {
    std::string release;
    if (std::getline(std::ifstream("/sys/module/nvidia/version"), release) && !release.empty())
        return release;
    int version = 0;
    if (cudaDriverGetVersion(&version) != cudaSuccess || version == 0) return {};
    return "CUDA " + versionText(version);
}

std::string runtimeVersion() {
    int version = 0;
    check(cudaRuntimeGetVersion(&version));
    return versionText(version);
}

}  // namespace ridge::cuda
