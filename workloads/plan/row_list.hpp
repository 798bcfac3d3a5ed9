// SPDX-License-Identifier: Apache-2.0
// The rows of a plan while it is expanded: costs, equal shapes and the sums of parents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/plan/expand.hpp"
#include "workloads/shape/gemm.hpp"

namespace ridge::plan {

/// Where a row hangs: below which parent, and how often that parent executes it.
struct Place {
    std::optional<std::size_t> parent = std::nullopt;
    std::int64_t repeats = 1;
};

/// `value` is JSON already; names and keys are plain words.
void addParam(db::Point& point, std::string_view key, std::string_view value);

class RowList {
 public:
    explicit RowList(std::int64_t elementBytes) : m_elementBytes(static_cast<double>(elementBytes)) {}

    /// A parent, whose FLOPs and bytes its children will add up to. Returns its index.
    std::size_t addParent(db::Point point, const Place& place);
    /// A row that executes `products`: M, N and K are those of the first. Where an earlier row has the same
    /// products, this one is measured as that one.
    void addProducts(db::Point point, const std::vector<shape::Gemm>& products, const Place& place);

    [[nodiscard]] db::Point& point(std::size_t index) { return m_rows[index].point; }
    /// The rows, sums made; useful FLOPs are the algorithmic ones where nothing else was said.
    [[nodiscard]] std::vector<PlannedPoint> take();

 private:
    std::size_t add(db::Point point, const Place& place);

    double m_elementBytes;
    std::map<std::string, std::size_t> m_measured;  ///< first row of each shape
    std::vector<PlannedPoint> m_rows;
};

}  // namespace ridge::plan
