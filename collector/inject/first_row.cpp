// SPDX-License-Identifier: Apache-2.0
#include "collector/inject/first_row.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "collector/metrics/flags.hpp"

namespace ridge::inject {
namespace {

/// As if nobody had counted its FLOPs.
void takeFlopsBack(db::Record& record, const metrics::Resolution& resolution) {
    record.point.flopsExecuted.reset();
    record.point.computePath.clear();
    std::erase_if(record.computed, [&](const db::ComputedValue& computed) {
        return computed.kind == "path" &&
               std::any_of(resolution.leaves.begin(), resolution.leaves.end(),
                           [&](const metrics::TensorLeaf& leaf) { return leaf.path == computed.name; });
    });
}

}  // namespace

void FirstRow::keep(MeasuredRecord sent) {
    m_row = std::move(sent);
}

std::optional<MeasuredRecord> FirstRow::amend(const metrics::Judgement& judgement,
                                              const metrics::Resolution& resolution) {
    if (!m_row || judgement.first == metrics::FirstLaunch::open) return std::nullopt;
    const bool isTrusted = judgement.first == metrics::FirstLaunch::trusted;
    MeasuredRecord amended = *m_row;
    amended.revision->isLast = isTrusted;
    metrics::removeFlag(amended.record.point.flags, metrics::unprovenFlopsFlag);
    if (isTrusted) {
        m_row.reset();
        return amended;
    }
    takeFlopsBack(amended.record, resolution);
    amended.record.point.statusReason =
        "executed FLOPs unknown: the tensor pipe worked at a later launch of this kernel, and nobody looked "
        "at it at this one";
    return amended;
}

}  // namespace ridge::inject
