// SPDX-License-Identifier: Apache-2.0
// Counters of a piece of work by CUPTI's range profiler: user range, user replay, as many passes as it takes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collector/cupti/api.hpp"
#include "collector/cupti/counter_backend.hpp"
#include "collector/cupti/driver.hpp"
#include "collector/cupti/fixture.hpp"
#include "collector/cupti/gate.hpp"
#include "collector/cupti/leases.hpp"
#include "collector/cupti/planner.hpp"
#include "collector/cupti/range_session.hpp"

namespace ridge::cupti {

/// One device and its primary context; use it from one thread at a time, the one that launches the work.
class RangeProfilerBackend : public CounterBackend {
 public:
    /// Passes the gate, retains the primary context and reads the chip's name and its counter availability.
    /// Throws ridge::Error (noGpu, notPermitted) or CuptiError. `api` and `driver` must outlive this.
    RangeProfilerBackend(const Api& api, const Driver* driver, int device);
    RangeProfilerBackend(const RangeProfilerBackend&) = delete;
    RangeProfilerBackend& operator=(const RangeProfilerBackend&) = delete;
    ~RangeProfilerBackend() override = default;

    /// Replays `work` once a pass. Throws CuptiError, ridge::Error (failed) when ranges were dropped or the
    /// passes do not end, and whatever the work throws; the profiler is disabled again in every case. Metrics
    /// that this device does not take, or delivers as NaN, are in `refused`.
    [[nodiscard]] CounterReading read(const std::vector<std::string>& metrics,
                                      const RangeWork& work) override;

    /// A read with everything that it was evaluated from; chip and images filled, the rest is the caller's.
    /// Throws as read does.
    [[nodiscard]] Fixture record(const std::vector<std::string>& metrics, const RangeWork& work);

    /// Everything that a read does up to the end of its first pass, of no work, and nothing of it is decoded:
    /// throws what this machine would refuse a read with. Of that pass only refusals that say something of
    /// the machine count: a read may do where an empty range does not.
    void probe(const std::vector<std::string>& metrics);

    /// CUPTI's name of the device's chip: "GH100".
    [[nodiscard]] const std::string& chip() const noexcept { return m_chip; }
    /// What a set's rules become on this very device; the resolution that metrics::evaluate needs.
    [[nodiscard]] metrics::Resolution resolve(const metrics::MetricSet& set) const;
    /// Passes the metrics take here.
    [[nodiscard]] std::size_t passes(const std::vector<std::string>& metrics);

 private:
    /// The decoded counter data image of all passes.
    [[nodiscard]] std::vector<std::uint8_t> collect(const CollectionPlan& plan, const RangeWork& work,
                                                    int& passes) const;
    [[nodiscard]] std::vector<double> evaluate(const CollectionPlan& plan,
                                               std::span<const std::uint8_t> counterData) const;
    [[nodiscard]] std::size_t runPasses(const RangeSession& session, const RangeWork& work,
                                        std::size_t planned) const;
    const CollectionPlan& planOf(const std::vector<std::string>& metrics);

    const Api& m_api;
    const Driver* m_driver;
    Gate m_gate;
    PrimaryContext m_context;
    std::string m_chip;
    std::vector<std::uint8_t> m_availability;
    std::map<std::vector<std::string>, CollectionPlan> m_plans;
};

/// On the process's libcupti and driver. Throws as the constructor does, or ridge::Error (failed) without
/// libcupti.
[[nodiscard]] std::unique_ptr<RangeProfilerBackend> makeRangeProfilerBackend(int device);

}  // namespace ridge::cupti
