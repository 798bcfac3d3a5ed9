// SPDX-License-Identifier: GPL-3.0-or-later
// Which roofs stand above the points: the published device's, or those of the devices the data comes from.
#pragma once

#include <QStringList>
#include <vector>

#include "gui/charts/chart_data.hpp"
#include "gui/models/result_set.hpp"

namespace ridge::gui {

/// A point that is drawn, with the file it came from.
struct DrawnRow {
    const ResultFile* file = nullptr;
    const db::PointRow* row = nullptr;
};

/// True where two names mean the same device: as the driver reports them, without case.
[[nodiscard]] bool sameDevice(const std::string& left, const std::string& right);
/// Names of the devices of these rows, each once, in order of appearance; rows without a device give none.
[[nodiscard]] std::vector<std::string> devicesOf(const std::vector<DrawnRow>& rows);

/// Datasheet roofs (from the file, else from share/devices) and measured ones, one entry a device and
/// origin; without rows, the figure's published device alone. Roofs nobody knows are said in `notes`. Empty
/// for figures without roofs. Throws ridge::Error (usage) when the published device is unknown.
[[nodiscard]] std::vector<ChartRoof> chooseRoofs(const catalog::Figure& figure,
                                                 const std::vector<DrawnRow>& rows, QStringList& notes);

}  // namespace ridge::gui
