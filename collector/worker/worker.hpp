// SPDX-License-Identifier: Apache-2.0
// Answers one request line with one reply line; what goes wrong costs one point.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collector/supervisor/protocol.hpp"
#include "collector/worker/ceiling_bench.hpp"
#include "collector/worker/clock_holder.hpp"
#include "collector/worker/measurement.hpp"

namespace ridge::worker {

class Worker {
 public:
    /// Touches no device before the first request that needs one.
    explicit Worker(int device) : m_device(device) {}

    /// The reply to `line`, without its line end; never throws for a request that fails.
    [[nodiscard]] std::string answer(const std::string& line);

    /// True once the CUDA context is lost: nothing more can be measured in this process.
    [[nodiscard]] bool lost() const noexcept { return m_lost; }

 private:
    [[nodiscard]] std::string dispatch(const protocol::Request& request);
    [[nodiscard]] protocol::DescribeReply describe();
    [[nodiscard]] protocol::Preflight preflight(int gpu, const std::string& uuid);
    [[nodiscard]] Measurement& measurement();
    [[nodiscard]] CeilingBench& ceilings();
    [[nodiscard]] double setClock(const protocol::Request& request);

    int m_device;
    bool m_lost = false;
    std::optional<Measurement> m_measurement;
    std::optional<CeilingBench> m_ceilings;
    std::optional<ClockHolder> m_clocks;
};

}  // namespace ridge::worker
