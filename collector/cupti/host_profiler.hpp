// SPDX-License-Identifier: Apache-2.0
// Owner of one CUPTI host object: metrics of a chip, config images and their passes. Needs no driver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"

namespace ridge::cupti {

/// Names of every chip CUPTI knows, also those it cannot plan for.
[[nodiscard]] std::vector<std::string> chips(const Api& api);

class HostProfiler {
 public:
    /// `availability`: the counter availability image of a device (kept by the caller while this lives), or
    /// empty for all that the chip can do. Throws CuptiError; NOT_SUPPORTED for a chip that CUPTI knows by
    /// name only.
    HostProfiler(const Api& api, const std::string& chip, std::span<const std::uint8_t> availability = {});
    HostProfiler(const HostProfiler&) = delete;
    HostProfiler& operator=(const HostProfiler&) = delete;
    ~HostProfiler();

    /// Base names of all counters ("dram__bytes_read").
    [[nodiscard]] std::vector<std::string> counters() const;

    /// False when CUPTI refuses one of the names; this object is then of no further use. Throws CuptiError
    /// for what is no matter of names.
    [[nodiscard]] bool addMetrics(const std::vector<std::string>& metrics);

    [[nodiscard]] std::vector<std::uint8_t> configImage() const;
    [[nodiscard]] std::size_t passes(std::vector<std::uint8_t>& configImage) const;

    /// One value a name, in the order of the names, for the range at `rangeIndex` of a decoded counter data
    /// image.
    [[nodiscard]] std::vector<double> evaluate(std::span<const std::uint8_t> counterData,
                                               std::size_t rangeIndex,
                                               const std::vector<std::string>& metrics) const;

 private:
    const Api& m_api;
    CUpti_Profiler_Host_Object* m_object = nullptr;
};

}  // namespace ridge::cupti
