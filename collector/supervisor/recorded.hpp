// SPDX-License-Identifier: Apache-2.0
// What a results file already holds of a plan, so that a run can be resumed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/supervisor/selection.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"
#include "db/model/run.hpp"
#include "db/results.hpp"

namespace ridge::supervisor {

/// What makes two rows the same measurement: plan, every parameter, provenance, device (uuid when measured,
/// name when modelled), metric set, cache mode, and the same of the row it is a part of.
[[nodiscard]] std::string resumeKey(const db::Point& point, std::string_view device,
                                    std::string_view parentKey);

/// The keys of the selected points on `device`, empty for the others.
[[nodiscard]] std::vector<std::string> resumeKeys(const PlannedWork& work, const db::Device& device,
                                                  db::Provenance provenance);

class Recorded {
 public:
    /// Nothing: a new file, or a run that is not resumed.
    Recorded() = default;
    /// The rows of `results` that were taken with the clock lock and formula version of `run`.
    Recorded(const db::Results& results, const db::Run& run);

    /// nullptr when the file lacks it. Of several rows, one that does not have to be tried again.
    [[nodiscard]] const db::Point* find(const std::string& key) const;
    /// Selected points that the file lacks or that failed.
    [[nodiscard]] std::size_t countLeft(const PlannedWork& work, const db::Device& device,
                                        db::Provenance provenance) const;

 private:
    std::map<std::string, db::Point> m_points;
};

}  // namespace ridge::supervisor
