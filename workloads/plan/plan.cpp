// SPDX-License-Identifier: Apache-2.0
#include "workloads/plan/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "db/catalog/share.hpp"
#include "db/model/error.hpp"
#include "workloads/plan/axis.hpp"
#include "workloads/plan/plan_file.hpp"

namespace ridge::plan {
namespace {

std::int64_t valueOf(std::string_view text, std::string_view assignment) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > largestValue) {
        throw Error(
            ExitCode::usage,
            fmt::format("--set {}: '{}' is not a whole number from 1 to {}", assignment, text, largestValue),
            "write AXIS=V1,V2, e.g. --set batch=1,8");
    }
    return value;
}

std::vector<std::int64_t> valuesOf(std::string_view list, std::string_view assignment) {
    std::vector<std::int64_t> values;
    while (true) {
        const auto comma = list.find(',');
        const std::int64_t value = valueOf(list.substr(0, comma), assignment);
        if (std::find(values.begin(), values.end(), value) != values.end()) {
            throw Error(ExitCode::usage, fmt::format("--set {}: {} stands there twice", assignment, value),
                        "name every value once");
        }
        values.push_back(value);
        if (comma == std::string_view::npos) return values;
        list.remove_prefix(comma + 1);
    }
}

/// Values the plan has too keep its order; new ones follow as given.
std::vector<std::int64_t> inPlanOrder(std::vector<std::int64_t> values,
                                      const std::vector<std::int64_t>& plan) {
    const auto place = [&](std::int64_t value) { return std::find(plan.begin(), plan.end(), value); };
    std::stable_sort(values.begin(), values.end(), [&](auto a, auto b) { return place(a) < place(b); });
    return values;
}

}  // namespace

Plan load(std::string_view nameOrPath) {
    return readPlan(catalog::fileOf("plans", "plan", nameOrPath));
}

void replaceAxis(Plan& plan, std::string_view assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos) {
        throw Error(ExitCode::usage, fmt::format("--set {}: there is no '='", assignment),
                    "write AXIS=V1,V2, e.g. --set batch=1,8");
    }
    const std::string axis(assignment.substr(0, equals));
    const auto values = valuesOf(assignment.substr(equals + 1), assignment);
    std::set<std::string> axes;
    bool found = false;
    for (Series& series : plan.series) {
        for (auto& [name, old] : series.axes) {
            axes.insert(name);
            if (name != axis) continue;
            old = inPlanOrder(values, old);
            found = true;
        }
    }
    if (!found) {
        throw Error(ExitCode::usage,
                    fmt::format("--set {}: plan '{}' has no axis '{}'", assignment, plan.name, axis),
                    fmt::format("its axes: {}", fmt::join(axes, ", ")));
    }
}

}  // namespace ridge::plan
