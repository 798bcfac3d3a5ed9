// SPDX-License-Identifier: Apache-2.0
#include "collector/worker/fixture_check.hpp"

#include <map>
#include <string>

#include "collector/metrics/counted_work.hpp"

namespace ridge::worker {

shape::Verdict judgeFixture(const cupti::Fixture& fixture, const metrics::Resolution& resolution,
                            const std::vector<double>& values) {
    const shape::ClosedForm& form = shape::closedForm(fixture.work);
    std::map<std::string, double> byName;
    for (std::size_t i = 0; i < values.size(); ++i) byName[fixture.metrics[i]] = values[i];
    const metrics::Evaluation evaluation =
        metrics::evaluate(metrics::loadSet(fixture.metricSet), resolution, byName);
    const metrics::Quantity counted = metrics::countedWork(evaluation, form.path);
    return shape::judge(form, fixture.expected, counted.value, counted.reason);
}

}  // namespace ridge::worker
