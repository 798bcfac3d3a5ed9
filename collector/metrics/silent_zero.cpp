// SPDX-License-Identifier: Apache-2.0
#include "collector/metrics/silent_zero.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ridge::metrics {
namespace {

using Values = std::map<std::string, double>;

std::optional<double> valueOf(const Values& values, const std::string& metric) {
    const auto found = values.find(metric);
    if (found == values.end()) return std::nullopt;
    return found->second;
}

bool isCounted(const Values& values, const std::string& metric) {
    return valueOf(values, metric).value_or(0) > 0;
}

bool isDenseFlop(const TensorLeaf& leaf) {
    return leaf.axis == Axis::flop && !leaf.sparse;
}

/// The total is zero, or every dense leaf that the pipe executes is; what was not delivered is neither.
bool isZero(const Evaluation& evaluation, const Resolution& resolution, const Values& values) {
    if (evaluation.flops.value == 0.0) return true;
    bool any = false;
    for (const TensorLeaf& leaf : resolution.leaves) {
        if (!isDenseFlop(leaf) || !isOnPipe(resolution, leaf.metric)) continue;
        if (valueOf(values, leaf.metric) != 0.0) return false;
        any = true;
    }
    return any;
}

bool isOtherWork(const Resolution& resolution, const Values& values) {
    const auto explains = [&](const std::string& metric) {
        return isCounted(values, metric) && isOnPipe(resolution, metric);
    };
    return std::any_of(resolution.leaves.begin(), resolution.leaves.end(),
                       [&](const TensorLeaf& leaf) { return explains(leaf.metric); }) ||
           std::any_of(resolution.unseen.begin(), resolution.unseen.end(), explains);
}

bool isIntegerLeaf(const std::string& leaf) {
    return leaf.find("_src_int") != std::string::npos;
}

/// What to do about operations that were not counted; empty where all were.
std::string adviceOn(const Resolution& resolution, const Values& values) {
    const auto isOpen = [&](const std::string& metric) { return !values.contains(metric); };
    if (std::none_of(resolution.unseen.begin(), resolution.unseen.end(), isOpen)) return {};
    const std::vector<std::string> integers = unseenIntegersOf(resolution);
    const bool mayBeInteger = std::any_of(integers.begin(), integers.end(), isOpen);
    return fmt::format(
        "; {}--metrics all counts every operation they have",
        mayBeInteger ? "integer work as int8 would explain it, which --metrics int counts; " : "");
}

/// "COUNTER is N", or "COUNTER less COUNTER is N".
std::string pipeText(const TensorPipe& pipe, const Values& values, double instructions) {
    const std::string less = isCounted(values, pipe.half) ? " less " + pipe.half : std::string();
    return fmt::format("{}{} is {:.6g}", pipe.metric, less, instructions);
}

}  // namespace

std::vector<std::string> tensorPipeOf(const Resolution& resolution) {
    if (!resolution.pipe) return {};
    if (resolution.pipe->half.empty()) return {resolution.pipe->metric};
    return {resolution.pipe->metric, resolution.pipe->half};
}

std::vector<std::string> unseenIntegersOf(const Resolution& resolution) {
    std::vector<std::string> integers;
    std::copy_if(resolution.unseen.begin(), resolution.unseen.end(), std::back_inserter(integers),
                 isIntegerLeaf);
    return integers;
}

bool isOnPipe(const Resolution& resolution, const std::string& leaf) {
    return !resolution.pipe || !resolution.pipe->isWithoutFp64 || leaf.find("src_fp64") == std::string::npos;
}

std::optional<double> tensorInstructions(const Resolution& resolution, const Values& values) {
    if (!resolution.pipe) return std::nullopt;
    const auto all = valueOf(values, resolution.pipe->metric);
    if (!all || *all == 0 || resolution.pipe->half.empty()) return all;
    const auto half = valueOf(values, resolution.pipe->half);
    if (!half) return std::nullopt;
    return *all - *half;
}

std::optional<SilentZero> silentZero(const Evaluation& evaluation, const Resolution& resolution,
                                     const Values& values) {
    if (!isZero(evaluation, resolution, values)) return std::nullopt;
    const auto& leaves = resolution.leaves;
    const auto dense = std::find_if(leaves.begin(), leaves.end(), [&](const TensorLeaf& leaf) {
        return evaluation.flops.value == 0.0 && isDenseFlop(leaf) && isCounted(values, leaf.metric);
    });
    if (dense != leaves.end()) {
        return SilentZero{fmt::format("0 FLOPs, but {} is {:.6g}: no compute path takes it", dense->metric,
                                      *valueOf(values, dense->metric)),
                          true};
    }
    const double instructions = tensorInstructions(resolution, values).value_or(0);
    if (isOtherWork(resolution, values) || instructions <= 0) return std::nullopt;
    const std::string advice = adviceOn(resolution, values);
    return SilentZero{fmt::format("0 {}FLOPs, but {}: the tensor cores worked and nothing counted it{}",
                                  evaluation.flops.value == 0.0 ? "" : "tensor ",
                                  pipeText(*resolution.pipe, values, instructions), advice),
                      advice.empty()};
}

bool isUnproven(const Evaluation& evaluation, const Resolution& resolution, const Values& values) {
    return resolution.pipe && isZero(evaluation, resolution, values) && !isOtherWork(resolution, values) &&
           !tensorInstructions(resolution, values);
}

}  // namespace ridge::metrics
