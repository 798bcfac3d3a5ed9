// SPDX-License-Identifier: Apache-2.0
// How far a collecting command is: a bar on a terminal, lines elsewhere, JSON events where they are asked
// for.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "collector/supervisor/modeling.hpp"
#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::cli {

/// "up/gate/down ar: up, b=4 s=1024", what people call a point.
[[nodiscard]] std::string pointName(const db::Point& point);

/// One thread at a time.
class Progress {
 public:
    enum class Detail { quiet, eachPoint };  ///< modelled points come too fast to be told one by one
    Progress(std::size_t total, Detail detail, bool json);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    void plan(const std::string& plan, std::size_t points, const db::Device& device,
              const std::string& file) const;
    void point(const db::Point& point, const db::Device& device);
    void done(const std::string& state, const supervisor::Tally& tally, const std::string& file);
    [[nodiscard]] double seconds() const;

 private:
    void line(const db::Point& point);
    void bar(const db::Point& point) const;
    void clear() const;

    std::size_t m_total, m_seen = 0;
    Detail m_detail;
    bool m_json, m_terminal, m_color;
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

}  // namespace ridge::cli
