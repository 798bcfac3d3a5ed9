// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/silent_zero.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ridge::metrics {
namespace {

double valueOf(const std::map<std::string, double>& values, const std::string& metric) {
    const auto found = values.find(metric);
    return found != values.end() ? found->second : 0;
}

bool isDenseFlop(const TensorLeaf& leaf) {
    return leaf.axis == Axis::flop && !leaf.sparse;
}

}  // namespace

std::string tensorPipeOf(const Resolution& resolution) {
    return resolution.probe ? resolution.probe->metric : tensorPipeMetric;
}

std::string silentZero(const Evaluation& evaluation, const Resolution& resolution,
                       const std::map<std::string, double>& values) {
    if (evaluation.flops.value != 0.0) return {};
    const auto counted = [&](const TensorLeaf& leaf) { return valueOf(values, leaf.metric) > 0; };
    const auto& leaves = resolution.leaves;
    const auto dense = std::find_if(leaves.begin(), leaves.end(), [&](const TensorLeaf& leaf) {
        return isDenseFlop(leaf) && counted(leaf);
    });
    if (dense != leaves.end()) {
        return fmt::format("0 FLOPs, but {} is {:.6g}: no compute path takes it", dense->metric,
                           valueOf(values, dense->metric));
    }
    const bool otherWork = std::any_of(leaves.begin(), leaves.end(), counted);
    const std::string metric = tensorPipeOf(resolution);
    const double pipe = valueOf(values, metric);
    if (otherWork || pipe <= 0) return {};
    return fmt::format("0 FLOPs, but {} is {:.6g}: the tensor cores worked and nothing counted it", metric,
                       pipe);
}

}  // namespace ridge::metrics
