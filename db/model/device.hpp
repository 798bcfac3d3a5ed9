// SPDX-License-Identifier: Apache-2.0
// A GPU as its driver or its device file names it, and the roofs known of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ridge::db {

struct Device {
    std::string name;  ///< as the driver reports it
    std::string uuid;  ///< empty when only modelled
    std::string chip;  ///< CUPTI's chip name: GA102, GH100, ...
    std::string host;
    std::string computeCapability;  ///< "8.6"
    std::optional<std::int64_t> smCount, memoryBytes, l2Bytes;
    std::optional<double> boostClockHz;
    std::optional<bool> ecc;
};

/// A memory or compute roof. `value` is in `unit`; `clockHz` is the SM clock the value holds at.
struct Ceiling {
    std::string kind;  ///< memory, compute
    std::string
        name;  ///< dram, dram_read, ..., l2_read, fp64, fp32, half2, tensor_bf16, tensor_fp16_acc16, ...
    double value = 0;
    std::string unit;    ///< byte/s, flop/s, op/s
    std::string origin;  ///< datasheet, measured
    std::string method;
    std::optional<double> spread, clockHz;
    std::string source, measuredAt;
    std::string kernel;  ///< of a measured one, as are:
    /// Bytes, FLOPs or operations of one launch, by the counters (none where they were not read) and by
    /// arithmetic.
    std::optional<double> counted, expected;
};

/// What share/devices/*.toml holds: a device and its datasheet ceilings, each with its public source.
struct DeviceSheet {
    Device device;
    std::vector<Ceiling> ceilings;
};

}  // namespace ridge::db
