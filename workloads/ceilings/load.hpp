// SPDX-License-Identifier: Apache-2.0
// Work that loads one unit of the device to its limit, ready to be launched again and again.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/gemm/gemm.hpp"

namespace ridge::workloads {

struct Load {
    std::string kernel;            ///< "own copy kernel", "cuBLASLt 8192 x 8192 x 8192, algorithm 2 of 8"
    double work = 0;               ///< of one launch by arithmetic: bytes, FLOPs, or operations of int8
    std::function<void()> launch;  ///< queues it; keeps its operands alive
};

struct LoadSite {
    GemmRunner& runner;  ///< whose stream everything runs on; outlives the loads
    std::size_t l2Bytes = 0, usableBytes = 0;
};

/// Every way there is to reach the ceiling `name` of db::measuredCeilings. Ways that are not there (a
/// type that cuBLAS does not take here) are left out with a line on stderr. Throws ridge::Error (failed) when
/// none is left, CudaError.
[[nodiscard]] std::vector<Load> loadsOf(std::string_view name, const LoadSite& site);

/// The work of the closed form `name` of shape::recordedForms(). Throws as loadsOf does.
[[nodiscard]] Load closedFormLoad(std::string_view name, const LoadSite& site);

}  // namespace ridge::workloads
