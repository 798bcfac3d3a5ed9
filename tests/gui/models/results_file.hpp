// SPDX-License-Identifier: GPL-3.0-or-later
// Results files with a few points whose coordinates can be worked out by hand.
#pragma once

#include <QTemporaryDir>
#include <filesystem>
#include <string>
#include <vector>

#include "db/model/device.hpp"
#include "db/model/point.hpp"

namespace ridge::gui::test {

/// A folder that goes away with its files.
class Folder {
 public:
    [[nodiscard]] std::filesystem::path file(const std::string& name) const {
        return std::filesystem::path(m_directory.path().toStdString()) / name;
    }

 private:
    QTemporaryDir m_directory;
};

/// 1e12 FLOPs over 1e10 compulsory bytes in 10 ms: 100 FLOP/byte, 1e14 FLOP/s; measured ones have an interval
/// of 8 to 12.5 ms and counters of 2e12 FLOPs and 4e10 bytes: 50 FLOP/byte, 2e14 FLOP/s executed.
[[nodiscard]] db::Point point(const std::string& series, db::Provenance provenance);

/// Writes the points of one device and run. An existing file gets a second run.
void writeResults(const std::filesystem::path& file, const std::string& deviceName,
                  const std::vector<db::Point>& points, const std::vector<db::Ceiling>& ceilings = {});

/// A ceiling with the unit of its kind.
[[nodiscard]] db::Ceiling ceiling(const std::string& kind, const std::string& name, double value,
                                  const std::string& origin);

}  // namespace ridge::gui::test
