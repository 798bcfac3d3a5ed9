// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/range_round.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "collector/metrics/repeated_work.hpp"
#include "collector/metrics/silent_zero.hpp"

namespace ridge::inject {
namespace {

using Kernels = std::vector<db::Kernel>;

std::map<std::string, std::int64_t> launchesOf(const Kernels& kernels) {
    std::map<std::string, std::int64_t> launches;
    for (const db::Kernel& kernel : kernels) launches[kernel.name] += kernel.launches;
    return launches;
}

bool sameGrids(const Kernels& a, const Kernels& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const db::Kernel& x, const db::Kernel& y) {
        return x.name == y.name && x.grid == y.grid && x.block == y.block && x.launches == y.launches;
    });
}

bool isAnyKnown(const std::map<std::string, metrics::Quantity>& quantities) {
    return std::any_of(quantities.begin(), quantities.end(),
                       [](const auto& named) { return named.second.value.has_value(); });
}

/// What a pass was to bring and did not; empty where all is there.
std::string undelivered(const std::vector<std::string>& metrics,
                        const std::map<std::string, double>& values) {
    const auto isAbsent = [&](const std::string& metric) { return !values.contains(metric); };
    const auto first = std::find_if(metrics.begin(), metrics.end(), isAbsent);
    if (first == metrics.end()) return {};
    const auto others = std::count_if(std::next(first), metrics.end(), isAbsent);
    return fmt::format("CUPTI gave no value of {}{}", *first,
                       others > 0 ? fmt::format(" and {} more", others) : "");
}

}  // namespace

RangeRound::RangeRound(std::size_t passes) : m_passes(std::max<std::size_t>(passes, 1)) {}

bool RangeRound::isSameWork(const Kernels& kernels) const {
    return m_collected == 0 || launchesOf(m_kernels) == launchesOf(kernels);
}

void RangeRound::add(RangePass pass) {
    if (m_collected == 0) {
        m_during.beginNs = pass.during.beginNs;
    } else {
        m_hasSameGrids = m_hasSameGrids && sameGrids(m_kernels, pass.kernels);
    }
    ++m_collected;
    m_during.endNs = pass.during.endNs;
    m_isCold = m_isCold && pass.isCold;
    m_kernels = std::move(pass.kernels);
    m_values.merge(std::move(pass.values));
}

std::string RangeRound::incomplete(const std::string& why) const {
    return fmt::format("{} of {} passes collected, executed FLOPs and all else of the rest unknown: {}",
                       m_collected, m_passes, why);
}

RangeVerdict RangeRound::judge(metrics::Evaluation evaluation, const metrics::Resolution& resolution,
                               bool canAskPipe) const {
    RangeVerdict verdict{db::Status::ok, {}, std::move(evaluation), true};
    metrics::Evaluation& told = verdict.evaluation;
    if (!isWhole()) {
        verdict.isLast = false;
        verdict.reason = incomplete(
            "each takes an occurrence of the range, let there be more (or a larger --count), or choose "
            "--metrics bytes");
        metrics::makeFlopsUnknown(told, resolution);
        if (!isAnyKnown(told.quantities) && !isAnyKnown(told.paths)) verdict.status = db::Status::failed;
        return verdict;
    }
    const auto zero = metrics::silentZero(told, resolution, m_values);
    if (zero && zero->isCertain) {
        verdict.status = db::Status::failed;
        verdict.reason = zero->text;
        return verdict;
    }
    std::string doubt = zero ? zero->text : std::string();
    if (canAskPipe && metrics::isUnproven(told, resolution, m_values)) {
        verdict.isLast = m_collected > m_passes;
        doubt =
            "no tensor work was counted, and no further occurrence with the same kernels could look at the "
            "tensor pipe";
    }
    if (doubt.empty()) {
        verdict.reason = undelivered(resolution.metrics, m_values);
        return verdict;
    }
    metrics::makeFlopsUnknown(told, resolution);
    verdict.reason = "executed FLOPs unknown: " + doubt;
    return verdict;
}

}  // namespace ridge::inject
