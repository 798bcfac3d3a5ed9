// SPDX-License-Identifier: Apache-2.0
#include "collector/supervisor/recorded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace ridge::supervisor {
namespace {

std::string number(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "-";
}

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string textOf(const db::Cell& cell) {
    const auto* text = std::get_if<std::string>(&cell);
    return text != nullptr ? *text : std::string();
}

/// Uuids of the runs whose numbers may stand beside those of `run`.
std::set<std::string> comparableRuns(const db::Results& results, const db::Run& run) {
    const db::Table runs = results.table("v_runs", {}, {}, {"run_uuid", "clock_lock", "formula_version"});
    std::set<std::string> uuids;
    for (const auto& row : runs.rows) {
        const auto* version = std::get_if<std::int64_t>(&row[2]);
        if (version != nullptr && *version == run.formulaVersion && textOf(row[1]) == run.clockLock)
            uuids.insert(textOf(row[0]));
    }
    return uuids;
}

}  // namespace

std::string resumeKey(const db::Point& point, std::string_view device, std::string_view parentKey) {
    const std::array<std::string, 24> parts{point.plan,
                                            point.workload,
                                            point.series,
                                            point.op,
                                            point.phase,
                                            point.implementation,
                                            point.model,
                                            point.dtype,
                                            point.layout,
                                            number(point.batch),
                                            number(point.seq),
                                            number(point.spec),
                                            number(point.tokens),
                                            number(point.context),
                                            number(point.kvHeads),
                                            number(point.m),
                                            number(point.n),
                                            number(point.k),
                                            point.params,
                                            std::string(db::toText(point.provenance)),
                                            lowered(device),
                                            point.metricSet,
                                            point.cache,
                                            std::string(parentKey)};
    // The unit separator cannot occur in a name, so that no two lists of parameters read the same.
    return fmt::format("{}", fmt::join(parts, "\x1f"));
}

std::vector<std::string> resumeKeys(const PlannedWork& work, const db::Device& device,
                                    db::Provenance provenance) {
    const std::string& identity = provenance == db::Provenance::measured ? device.uuid : device.name;
    const std::vector<Links> links = linksOf(work);
    std::vector<std::string> keys(work.points.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (!work.selected[i]) continue;
        keys[i] = resumeKey(plannedPoint(work, i, provenance), identity,
                            links[i].parent ? keys[*links[i].parent] : std::string());
    }
    return keys;
}

Recorded::Recorded(const db::Results& results, const db::Run& run) {
    const std::set<std::string> runs = comparableRuns(results, run);
    std::map<std::int64_t, std::string> keys;  // parents come before their children
    for (const db::PointRow& row : results.points()) {
        if (runs.count(row.runUuid) == 0) continue;
        const db::Point& point = row.point;
        const std::string& device =
            point.provenance == db::Provenance::measured ? row.deviceUuid : row.device;
        const std::string parentKey = point.parentId ? keys[*point.parentId] : std::string();
        std::string key = resumeKey(point, device, parentKey);
        keys[point.id.value()] = key;
        const auto [found, isNew] = m_points.try_emplace(std::move(key), point);
        if (!isNew && found->second.status == db::Status::failed) found->second = point;
    }
}

const db::Point* Recorded::find(const std::string& key) const {
    const auto found = m_points.find(key);
    return found == m_points.end() ? nullptr : &found->second;
}

std::size_t Recorded::countLeft(const PlannedWork& work, const db::Device& device,
                                db::Provenance provenance) const {
    std::size_t left = 0;
    for (const std::string& key : resumeKeys(work, device, provenance)) {
        if (key.empty()) continue;
        const db::Point* there = find(key);
        if (there == nullptr || there->status == db::Status::failed) ++left;
    }
    return left;
}

}  // namespace ridge::supervisor
