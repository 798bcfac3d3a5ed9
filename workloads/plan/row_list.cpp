// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/row_list.hpp"

#include <fmt/format.h>

#include <utility>

#include "workloads/shape/operator.hpp"

namespace ridge::plan {
namespace {

/// Up and gate multiply the same shapes; every other operator differs in what its operands are.
std::string shapeKey(const db::Point& point, const std::vector<shape::Gemm>& gemms) {
    std::string key =
        fmt::format("{} {} {}", point.op == "gate" ? "up" : point.op, point.implementation, point.layout);
    for (const shape::Gemm& gemm : gemms) {
        key += fmt::format(" {}/{}x{}x{}x{}", gemm.count, gemm.sharing, gemm.m, gemm.n, gemm.k);
    }
    return key;
}

}  // namespace

void addParam(db::Point& point, std::string_view key, std::string_view value) {
    const bool first = point.params == "{}";
    point.params.insert(point.params.size() - 1, fmt::format("{}\"{}\":{}", first ? "" : ",", key, value));
}

std::size_t RowList::addParent(db::Point point, const Place& place) {
    point.flopsAlgorithmic = 0;
    point.compulsoryBytes = 0;
    return add(std::move(point), place);
}

std::size_t RowList::add(db::Point point, const Place& place) {
    if (place.repeats != 1) addParam(point, "repeats", std::to_string(place.repeats));
    PlannedPoint row;
    row.point = std::move(point);
    row.parent = place.parent;
    row.repeats = place.repeats;
    m_rows.push_back(std::move(row));
    return m_rows.size() - 1;
}

void RowList::addProducts(db::Point point, const std::vector<shape::Gemm>& products, const Place& place) {
    point.m = products.front().m;
    point.n = products.front().n;
    point.k = products.front().k;
    point.flopsAlgorithmic = shape::flops(products);
    point.compulsoryBytes = m_elementBytes * shape::compulsoryElements(products);
    const std::string key = shapeKey(point, products);
    const std::size_t index = add(std::move(point), place);
    m_rows[index].deviceBytes = m_elementBytes * shape::residentElements(products);
    const auto [first, isNew] = m_measured.emplace(key, index);
    if (!isNew) m_rows[index].measuredAs = first->second;
}

/// Children follow their parents, so that one walk from the end adds up whole trees.
std::vector<PlannedPoint> RowList::take() {
    for (std::size_t i = m_rows.size(); i-- > 0;) {
        PlannedPoint& row = m_rows[i];
        if (!row.point.flopsUseful) row.point.flopsUseful = row.point.flopsAlgorithmic;
        if (!row.parent) continue;
        PlannedPoint& parent = m_rows[*row.parent];
        const auto times = static_cast<double>(row.repeats);
        *parent.point.flopsAlgorithmic += times * *row.point.flopsAlgorithmic;
        *parent.point.compulsoryBytes += times * *row.point.compulsoryBytes;
        parent.deviceBytes += times * row.deviceBytes;
    }
    return std::move(m_rows);
}

}  // namespace ridge::plan
