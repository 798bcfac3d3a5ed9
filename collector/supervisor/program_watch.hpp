// SPDX-License-Identifier: Apache-2.0
// Watches the GPUs that a profiled program uses, beside it and without a CUDA context of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "collector/nvml/device.hpp"
#include "collector/supervisor/gpu_log.hpp"
#include "collector/supervisor/own_processes.hpp"

namespace ridge::supervisor {

/// A GPU is looked at from the moment that a process of the program names it: seven quick NVML calls, every
/// 50 ms and when a measurement arrives, but never twice within 5 ms. Nothing here throws for an NVML that is
/// not there or fails: nothing is seen then. One thread.
class ProgramWatch {
 public:
    using Clock = std::function<std::int64_t()>;  ///< inject::monotonicNs()

    /// NVML is opened with the first GPU; both must outlive this.
    explicit ProgramWatch(std::function<const nvml::Library&()> library = nvml::library,
                          Clock clock = inject::monotonicNs);

    /// A run of the program begins.
    void begin(pid_t program);
    void addProcess(pid_t process) { m_own.add(process); }
    /// A process of the program uses the GPU with this UUID, or does so no more; `pciBusId` as for
    /// nvml::Nvml.
    void use(const std::string& uuid, const std::string& pciBusId = {});
    void leave(const std::string& uuid);

    /// Until the next look, -1 ms: none is due as long as nothing is used.
    [[nodiscard]] std::chrono::milliseconds untilDue() const;
    /// Looks where the last look is 50 ms ago.
    void lookIfDue();
    /// Looks where the last look is 5 ms ago.
    void lookNow();

    /// Empty for a GPU that is not watched and where it is not known when.
    [[nodiscard]] GpuSight during(const std::string& uuid,
                                  const std::optional<inject::Interval>& interval) const;

 private:
    struct Gpu {
        std::optional<nvml::Device> device;  ///< nullopt: NVML does not know it
        std::size_t processes = 0;           ///< of the program
        GpuLog log;
    };
    [[nodiscard]] std::optional<nvml::Device> find(const std::string& uuid, const std::string& pciBusId);
    void look(std::int64_t apartNs);
    [[nodiscard]] GpuReading read(const Gpu& gpu, std::int64_t now);

    std::function<const nvml::Library&()> m_library;
    Clock m_clock;
    std::optional<nvml::Nvml> m_nvml;
    OwnProcesses m_own;
    std::map<std::string, Gpu> m_gpus;
};

}  // namespace ridge::supervisor
