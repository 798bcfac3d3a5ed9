// SPDX-License-Identifier: GPL-3.0-or-later
// The results files a window has open, read once and never changed.
#pragma once

#include <QString>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "db/model/error.hpp"
#include "db/results.hpp"

namespace ridge::gui {

struct ResultFile {
    std::filesystem::path path;
    std::vector<db::PointRow> points;  ///< by point_id
    std::vector<db::CeilingRow> ceilings;

    /// The row of this point_id; nullptr where the file had none when it was read.
    [[nodiscard]] const db::PointRow* find(std::int64_t pointId) const;
    /// The rows for which `where` holds. Asks the file again, on the calling thread; rows written since it
    /// was read are left out. Throws ridge::Error as db::Results does.
    [[nodiscard]] std::vector<const db::PointRow*> matching(std::string_view where) const;
};

struct ResultSet {
    std::vector<ResultFile> files;
};
using ResultSetPtr = std::shared_ptr<const ResultSet>;

/// Why a file, a figure or an expression could not be shown.
struct LoadProblem {
    ExitCode code = ExitCode::failed;
    QString what, hint;
};

/// Throws ridge::Error as db::Results does.
[[nodiscard]] ResultFile readFile(const std::filesystem::path& path);

}  // namespace ridge::gui
