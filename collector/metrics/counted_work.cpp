// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/counted_work.hpp"

#include <fmt/core.h>

namespace ridge::metrics {
namespace {

Quantity quantity(const Evaluation& evaluation, const std::string& name) {
    const auto found = evaluation.quantities.find(name);
    if (found != evaluation.quantities.end()) return found->second;
    return {std::nullopt, fmt::format("the metric set has no {}", name)};
}

Quantity pathOf(const Evaluation& evaluation, const std::string& name) {
    const auto found = evaluation.paths.find(name);
    if (found != evaluation.paths.end()) return found->second;
    return {std::nullopt, fmt::format("the chip has no counter for {}", name)};
}

/// The sum of what the chip counts of the two; none where it counts neither.
Quantity either(const Evaluation& evaluation, const std::string& first, const std::string& second) {
    Quantity one = pathOf(evaluation, first);
    Quantity other = pathOf(evaluation, second);
    if (!other.value) return one;
    if (!one.value) return other;
    return {*one.value + *other.value, {}};
}

}  // namespace

std::string metricSetFor(std::string_view path) {
    if (path.starts_with("dram")) return "bytes";
    if (path == "l2_read") return "hierarchy";
    return path == "tensor_int8" ? "int" : "roofline";
}

Quantity countedWork(const Evaluation& evaluation, std::string_view name) {
    if (name.starts_with("dram")) return evaluation.dramBytes;
    if (name == "flops") return evaluation.flops;
    if (name == "l2_read") return quantity(evaluation, "l1_l2_bytes");
    if (name == "tensor_fp16_acc16") return either(evaluation, "tensor_fp16_acc16", "tensor_fp16");
    if (name == "fp64") return either(evaluation, "fp64", "tensor_fp64");
    return pathOf(evaluation, std::string(name));
}

}  // namespace ridge::metrics
