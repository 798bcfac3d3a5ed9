// SPDX-License-Identifier: Apache-2.0
#include "collector/cupti/planner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "collector/cupti/error.hpp"
#include "collector/cupti/host_profiler.hpp"
#include "collector/metrics/metric_set.hpp"

namespace ridge::cupti {
namespace {

/// A new object with metrics that CUPTI took before.
std::unique_ptr<HostProfiler> hostWith(const Api& api, const std::string& chip,
                                       std::span<const std::uint8_t> availability,
                                       const std::vector<std::string>& metrics) {
    auto host = std::make_unique<HostProfiler>(api, chip, availability);
    if (!metrics.empty() && !host->addMetrics(metrics)) {
        throw Error(ExitCode::failed,
                    fmt::format("CUPTI refuses metrics of {} that it took before: {}", chip,
                                fmt::join(metrics, ", ")),
                    "choose a smaller metric set: ridge list metrics");
    }
    return host;
}

/// Adds the names one by one; after a refusal the names that were taken go into a new object.
void sortOutRefused(const Api& api, const std::string& chip, std::span<const std::uint8_t> availability,
                    CollectionPlan& plan) {
    std::vector<std::string> taken;
    auto host = hostWith(api, chip, availability, taken);
    for (const std::string& metric : plan.metrics) {
        if (host->addMetrics({metric})) {
            taken.push_back(metric);
            continue;
        }
        plan.refused.push_back(metric);
        host = hostWith(api, chip, availability, taken);
    }
    plan.metrics = std::move(taken);
}

/// Without case.
bool sameName(std::string_view a, std::string_view b) {
    const auto lower = [](char letter) { return std::tolower(static_cast<unsigned char>(letter)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char left, char right) { return lower(left) == lower(right); });
}

metrics::MetricPlan planOn(const Api& api, const std::string& chip, const metrics::MetricSet& set) {
    metrics::MetricPlan result{chip, set.name, 0, {}, {}};
    try {
        const metrics::Resolution resolution = resolveOn(api, chip, set);
        const CollectionPlan collection = planCollection(api, chip, resolution.metrics);
        result.passes = static_cast<int>(collection.passes);
        result.metrics = collection.metrics;
        result.missing = resolution.missing;
        result.missing.insert(result.missing.end(), collection.refused.begin(), collection.refused.end());
    } catch (const CuptiError& error) {
        if (error.result() != CUPTI_ERROR_NOT_SUPPORTED) throw;
        result.missing = {"every metric: CUPTI knows this chip by name only"};
    }
    return result;
}

}  // namespace

CollectionPlan planCollection(const Api& api, const std::string& chip,
                              const std::vector<std::string>& metrics,
                              std::span<const std::uint8_t> availability) {
    CollectionPlan plan;
    plan.metrics = metrics;
    if (metrics.empty()) return plan;
    auto host = std::make_unique<HostProfiler>(api, chip, availability);
    if (!host->addMetrics(metrics)) {
        sortOutRefused(api, chip, availability, plan);
        if (plan.metrics.empty()) return plan;
        host = hostWith(api, chip, availability, plan.metrics);
    }
    plan.configImage = host->configImage();
    plan.passes = host->passes(plan.configImage);
    return plan;
}

metrics::Resolution resolveOn(const Api& api, const std::string& chip, const metrics::MetricSet& set,
                              std::span<const std::uint8_t> availability) {
    return metrics::resolve(set, HostProfiler(api, chip, availability).counters());
}

metrics::MetricPlan planMetrics(std::string_view chip, std::string_view set) {
    const metrics::MetricSet loaded = metrics::loadSet(set);
    const Api& api = library().api;
    const std::vector<std::string> known = chips(api);
    const auto named = std::find_if(known.begin(), known.end(),
                                    [&](const std::string& name) { return sameName(name, chip); });
    if (named == known.end()) {
        throw Error(ExitCode::usage, fmt::format("no chip '{}' in CUPTI {}", chip, library().versionText()),
                    fmt::format("it knows {}", fmt::join(known, ", ")));
    }
    return planOn(api, *named, loaded);
}

std::vector<metrics::MetricPlan> planMetricsOfAllChips(std::string_view set) {
    const metrics::MetricSet loaded = metrics::loadSet(set);
    const Api& api = library().api;
    std::vector<metrics::MetricPlan> plans;
    for (const std::string& chip : chips(api)) plans.push_back(planOn(api, chip, loaded));
    return plans;
}

}  // namespace ridge::cupti
